import TestSupport
import Zoetrope

extension SmallImageModel {
    /// The run that the goldens were made with, without pictures.
    var request: GenerationRequest {
        var request = GenerationRequest(prompt: "a red cat runs over the sea")
        request.negativePrompt = "dark"
        request.seed = 11
        (request.width, request.height, request.frames) = (48, 32, 9)
        (request.steps, request.guidance, request.shift) = (3, 3, 3)
        return request
    }
}
