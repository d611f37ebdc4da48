/// One picture: RGB, 8 bits a channel, row-major, `[height, width, 3]`, 0 black to 255 full.
package struct Frame: Sendable, Equatable {
    package let width: Int
    package let height: Int
    package var pixels: [UInt8] {
        didSet { precondition(pixels.count == width * height * 3, "\(pixels.count) bytes are no frame") }
    }

    /// - Precondition: width and height are at least 1 and `pixels` fills them
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width >= 1 && height >= 1, "a frame has at least one pixel, not \(width)x\(height)")
        precondition(pixels.count == width * height * 3, "\(pixels.count) bytes are no frame")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
