package import Pictures
package import Tensors

/// Makes of a picture what the image encoder was trained with, as `preprocessor_config.json` states it.
///
/// - Source: transformers 5.23.0 `models/clip/image_processing_pil_clip.py` and `image_transforms.py`
package struct ImageProcessor: Decodable, Equatable, Sendable {
    /// Pixels of the shorter side after scaling.
    package let shortestSide: Int
    /// Pixels of each side of the square that is cut out of the middle.
    package let cropSide: Int
    package let factor: Float
    package let mean: [Float]
    package let deviation: [Float]

    enum CodingKeys: String, CodingKey {
        case size
        case crop = "crop_size"
        case factor = "rescale_factor"
        case mean = "image_mean"
        case deviation = "image_std"
        case filter = "resample"
    }

    /// - Parameter frame: of any size
    /// - Returns: `[S, S, 3]`, normalised
    /// - Precondition: the square is not larger than the shortest side
    package func callAsFunction(_ frame: Frame) -> Tensor {
        let shorter = min(frame.width, frame.height)
        let scaled = frame.resampled(
            width: shortestSide * frame.width / shorter, height: shortestSide * frame.height / shorter,
            by: .bicubic)
        let square = scaled.cropped(
            left: (scaled.width - cropSide) / 2, top: (scaled.height - cropSide) / 2, width: cropSide,
            height: cropSide)
        let values = square.pixels.enumerated().map { index, pixel in
            (Float(pixel) * factor - mean[index % 3]) / deviation[index % 3]
        }
        return Tensor(values, shape: [cropSide, cropSide, 3])
    }
}

extension ImageProcessor {
    private struct Size: Decodable {
        let shortestSide: Int

        enum CodingKeys: String, CodingKey { case shortestSide = "shortest_edge" }
    }
    private struct Crop: Decodable {
        let height: Int
        let width: Int
    }

    /// What Pillow calls its bicubic filter, the only one that is supported.
    private static let bicubic = 3

    /// - Throws: `DecodingError` with the key when a value is missing or asks for something else
    package init(from decoder: any Decoder) throws {
        let json = try decoder.container(keyedBy: CodingKeys.self)
        shortestSide = try json.decode(Size.self, forKey: .size).shortestSide
        let crop = try json.decode(Crop.self, forKey: .crop)
        cropSide = crop.width
        factor = try json.decode(Float.self, forKey: .factor)
        mean = try json.decode([Float].self, forKey: .mean)
        deviation = try json.decode([Float].self, forKey: .deviation)
        try json.require(.size, (1...4096).contains(shortestSide), "The side is from 1 to 4096.")
        try json.require(
            .crop, crop.height == crop.width && (1...shortestSide).contains(cropSide),
            "It is a square of at most the shortest side, \(shortestSide).")
        try json.require(.mean, mean.count == 3 && mean.allSatisfy(\.isFinite), "It takes three numbers.")
        try json.require(
            .deviation, deviation.count == 3 && deviation.allSatisfy { $0 > 0 && $0.isFinite },
            "It takes three numbers above 0.")
        let filter = try json.decodeIfPresent(Int.self, forKey: .filter) ?? Self.bicubic
        try json.require(.filter, filter == Self.bicubic, "Only \(Self.bicubic), bicubic, is supported.")
    }
}

extension KeyedDecodingContainer<ImageProcessor.CodingKeys> {
    fileprivate func require(_ key: Key, _ isFulfilled: Bool, _ rule: String) throws {
        guard !isFulfilled else { return }
        throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: rule)
    }
}
