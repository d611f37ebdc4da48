import Foundation

/// Why an image encoder cannot be used.
package enum ImageEncoderError: Error, Equatable, Sendable {
    case cropDoesNotFit(crop: Int, image: Int)
}

extension ImageEncoderError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case let .cropDoesNotFit(crop, image):
            "image_processor/preprocessor_config.json cuts pictures to \(crop)x\(crop) pixels, but the image encoder "
                + "takes \(image)x\(image). The two belong to different models; copy both from the same one."
        }
    }

    package var errorDescription: String? { description }
}
