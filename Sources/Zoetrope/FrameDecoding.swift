internal import Checkpoints
internal import LatentDecoding
internal import Layers
internal import Tensors

/// Clean latent to frames: the last stage of a run, and all of one that decodes kept latents.
struct FrameDecoding: Sendable {
    let directory: ModelDirectory
    /// Where the decoder remembers frames; nil is in memory.
    let file: FrameFile?
    let workers: Workers
    let onEvent: @Sendable (GenerationEvent) -> Void

    /// - Parameters:
    ///   - latent: `[z, f, h, w]`
    ///   - frames: that come of it
    ///   - write: takes each frame as it comes, `[H, W, 3]` in `-1 ... 1`
    /// - Throws: `CancellationError`; errors that name the file for weights; what `write` throws
    func run(_ latent: Tensor, frames: Int, _ log: RunLog, _ write: (Tensor) throws -> Void) throws {
        onEvent(.stage(.load))
        let decoder = try log.load("vae") {
            try LatentDecoder(
                WeightScope(try directory.checkpoint(of: "vae")), config: directory.autoencoder, on: workers)
        }
        onEvent(.stage(.decode))
        try log.measure(.decode) {
            var index = 0
            try decoder.decode(latent, rememberingIn: file) { picture in
                try RunScope.during("write frame") { try write(picture) }
                onEvent(.frame(index: index, count: frames))
                index += 1
            }
            try workers.checkCancellation()
        }
    }
}
