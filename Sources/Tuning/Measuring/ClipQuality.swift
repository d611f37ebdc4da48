/// How near a clip comes to the baseline's of the same prompt and seed.
package struct ClipQuality: Codable, Equatable, Sendable {
    /// L2 norm of the difference of the clean latents over that of the baseline's; nil where a trial makes clips of
    /// another size.
    package var latentRelativeL2: Double?
    /// The same of the latents behind each step; nil where a trial has another number of steps, and for the baseline.
    package var stepRelativeL2: [Double]?
    /// Decibels over all values of all frames; 120 where no value differs. Nil where sizes differ.
    package var psnr: Double?
    /// Structural similarity, mean over frames; 1 where no value differs. Nil where sizes differ.
    package var ssim: Double?
    /// Mean absolute difference of successive frames, in byte values.
    package var flicker: Double
    /// The same over the baseline's: above 1, the clip is less steady. Nil where the baseline stands still.
    package var flickerRatio: Double?

    package init(
        latentRelativeL2: Double?, psnr: Double?, ssim: Double?, flicker: Double, flickerRatio: Double?
    ) {
        self.latentRelativeL2 = latentRelativeL2
        self.psnr = psnr
        self.ssim = ssim
        self.flicker = flicker
        self.flickerRatio = flickerRatio
    }

    /// Whether the latents were numbers at each step.
    var isFinite: Bool { ((stepRelativeL2 ?? []) + [latentRelativeL2 ?? 0]).allSatisfy(\.isFinite) }

    /// What is said of frames without any difference.
    package static let identical = 120.0
}
