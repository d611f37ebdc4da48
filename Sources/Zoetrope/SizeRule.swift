package import Tensors

/// Which clip sizes a model can make: multiples of what its autoencoder and its patches take together.
package struct SizeRule: Equatable, Sendable {
    /// Pixels of one step in width and in height.
    package let widthStep: Int
    package let heightStep: Int
    /// Frames are `frameStep * k + frameOffset`, `k` from 0.
    package let frameStep: Int
    package let frameOffset: Int
    /// Positions along each axis that the rotary table of the checkpoint has.
    package let positions: Int

    /// - Parameters:
    ///   - compression: pixels per latent cell over time, height and width
    ///   - patch: latent cells per token over time, height and width
    package init(compression: (time: Int, space: Int), patch: PatchSize, positions: Int) {
        widthStep = compression.space * patch.width
        heightStep = compression.space * patch.height
        frameStep = compression.time * patch.time
        // The first latent frame is one frame, each further one `compression.time` frames.
        frameOffset = compression.time * (patch.time - 1) + 1
        self.positions = positions
    }

    /// - Throws: ``SettingsError`` that names the nearest sizes
    package func check(width: Int, height: Int, frames: Int) throws {
        try check("width", width, step: widthStep)
        try check("height", height, step: heightStep)
        guard frames >= frameOffset, (frames - frameOffset) % frameStep == 0 else {
            let below = max(0, frames - frameOffset) / frameStep * frameStep + frameOffset
            let nearest = frames < frameOffset ? [frameOffset] : [below, below + frameStep]
            throw SettingsError.frames(found: frames, step: frameStep, offset: frameOffset, nearest: nearest)
        }
        let mostFrames = (positions - 1) * frameStep + frameOffset
        if frames > mostFrames {
            throw SettingsError.tooLarge(name: "frames", found: frames, largest: mostFrames)
        }
    }

    private func check(_ name: String, _ found: Int, step: Int) throws {
        guard found >= step, found % step == 0 else {
            let below = max(0, found / step * step)
            let nearest = [below, below + step].filter { $0 > 0 }
            throw SettingsError.size(name: name, found: found, multiple: step, nearest: nearest)
        }
        if found / step > positions {
            throw SettingsError.tooLarge(name: name, found: found, largest: positions * step)
        }
    }
}
