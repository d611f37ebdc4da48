/// What the program and its libraries hold beside tensors and weights, measured where it can be and else estimated from
/// measurements (docs/memory.md).
struct LibraryMemory {
    /// The program before a run: code, Swift's and FFmpeg's libraries, configurations.
    let program: Int
    /// OpenBLAS' buffers, and what malloc keeps for a thread.
    let threads: Int
    /// Tokenizer and other small things that a run reads.
    let reading: Int
    /// Pictures that the encoder keeps to look ahead.
    let encoder: Int

    var bytes: Int { program + threads + reading + encoder }

    /// As it was at the first plan of the process: what earlier plans and runs left is taken again by the next.
    private static let programBytes = residentBytes() ?? 50 << 20
    private static let perThread = 2 << 20
    private static let anyRun = 8 << 20
    private static let anyEncoder = 4 << 20
    /// x264 looks 40 frames ahead and keeps 3 more; half-resolution copies included, about four bytes a pixel.
    private static let framesAhead = 50
    private static let bytesPerPixel = 4

    /// For a run in this process, which has not begun.
    init(threads: Int, width: Int, height: Int, frames: Int) {
        program = Self.programBytes
        self.threads = threads * Self.perThread
        reading = Self.anyRun
        encoder = Self.anyEncoder + min(frames, Self.framesAhead) * width * height * Self.bytesPerPixel
    }
}
