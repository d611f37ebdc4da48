import Foundation
package import Tensors

/// A small random image-to-video model of `Tests/Goldens/image_to_video`, put together as a directory.
package struct SmallImageModel {
    package static let names = ["image-encoder", "no-encoder", "two-images"]

    package let name: String
    package let directory = TemporaryDirectory()
    private let golden: URL

    package init(_ name: String) throws {
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

    package var path: String { directory.url.path }
    package var first: String { directory["first.png"].path }
    package var last: String { directory["last.png"].path }
    package var trajectory: String { directory["trajectory.json"].path }

    package func expected(_ tensor: String) throws -> Tensor {
        try Goldens.tensor("image_to_video/\(name)/expected.safetensors", tensor)
    }

    /// Says that the model has been trained with and without pictures.
    package func makeOptional() throws {
        let text = """
            {"width": 48, "height": 32, "frames": 9, "fps": 8, "steps": 3, "guidance": 3.0, "shift": 3.0,
             "sampler": "unipc", "negative_prompt": "", "image": "optional"}
            """
        try Data(text.utf8).write(to: directory["generation.json"])
    }
}
