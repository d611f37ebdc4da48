internal import Tensors

/// Takes frames out of a latent and puts them back: channels last or first, and as the autoencoder or the
/// sampler scales them.
///
/// - Source: diffusers 0.42.1 `pipeline_wan.py`, the lines before `vae.decode`
struct LatentStatistics: Sendable {
    let mean: [Float]
    let deviation: [Float]

    /// - Parameter latent: `[z, f, h, w]`, normalised
    /// - Returns: one frame `latent * deviation + mean`, `[h, w, z]`
    func frame(_ index: Int, of latent: Tensor) -> Tensor {
        let (channels, frames, pixels) = (latent.shape[0], latent.shape[1], latent.shape[2] * latent.shape[3])
        var result = Tensor(uninitialized: [latent.shape[2], latent.shape[3], channels])
        guard latent.isFilled, result.isFilled else { return result }
        result.withMutableValues { target in
            latent.withValues { source in
                for channel in 0..<channels {
                    let first = (channel * frames + index) * pixels
                    for pixel in 0..<pixels {
                        target[pixel * channels + channel] =
                            source[first + pixel] * deviation[channel] + mean[channel]
                    }
                }
            }
        }
        return result
    }

    /// - Parameter frames: each `[h, w, z or more]`; channels from z on are left out
    /// - Returns: `(frame - mean) / deviation`, `[z, f, h, w]`
    func latent(of frames: [Tensor]) -> Tensor {
        let (shape, channels) = (frames[0].shape, mean.count)
        let pixels = shape[0] * shape[1]
        var result = Tensor(uninitialized: [channels, frames.count, shape[0], shape[1]])
        guard result.isFilled, frames.allSatisfy(\.isFilled) else { return result }
        result.withMutableValues { target in
            for (index, frame) in frames.enumerated() {
                frame.withValues { source in
                    for channel in 0..<channels {
                        let first = (channel * frames.count + index) * pixels
                        for pixel in 0..<pixels {
                            let value = source[pixel * shape[2] + channel]
                            target[first + pixel] = (value - mean[channel]) / deviation[channel]
                        }
                    }
                }
            }
        }
        return result
    }
}
