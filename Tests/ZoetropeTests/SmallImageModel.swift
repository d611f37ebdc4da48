import Foundation
import Tensors
import TestSupport
import Zoetrope

/// A small random image-to-video model of `Tests/Goldens/image_to_video`, put together as a directory.
struct SmallImageModel {
    static let names = ["image-encoder", "no-encoder", "two-images"]

    let name: String
    let directory = TemporaryDirectory()
    private let golden: URL

    init(_ name: String) throws {
        self.name = name
        golden = Goldens.url("image_to_video/\(name)")
        for source in [Self.shared, golden] {
            for part in try FileManager.default.contentsOfDirectory(atPath: source.path)
            where !part.contains("expected") && !part.contains("provenance") {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent(part), to: directory[part])
            }
        }
    }

    private static var shared: URL { Goldens.url("image_to_video/shared") }

    var path: String { directory.url.path }
    var first: String { directory["first.png"].path }
    var last: String { directory["last.png"].path }
    var trajectory: String { directory["trajectory.json"].path }

    func expected(_ tensor: String) throws -> Tensor {
        try Goldens.tensor("image_to_video/\(name)/expected.safetensors", tensor)
    }

    /// The run that the goldens were made with, without pictures.
    var request: GenerationRequest {
        var request = GenerationRequest(prompt: "a red cat runs over the sea")
        request.negativePrompt = "dark"
        request.seed = 11
        (request.width, request.height, request.frames) = (48, 32, 9)
        (request.steps, request.guidance, request.shift) = (3, 3, 3)
        return request
    }

    /// Says that the model has been trained with and without pictures.
    func makeOptional() throws {
        let text = """
            {"width": 48, "height": 32, "frames": 9, "fps": 8, "steps": 3, "guidance": 3.0, "shift": 3.0,
             "sampler": "unipc", "negative_prompt": "", "image": "optional"}
            """
        try Data(text.utf8).write(to: directory["generation.json"])
    }
}
