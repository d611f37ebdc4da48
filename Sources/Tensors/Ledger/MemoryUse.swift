/// What memory is held for.
package enum MemoryUse: String, Codable, CaseIterable, Sendable {
    /// Weights in memory of their own: laid out anew for their kernels, in half or in 8 bits.
    case weights
    /// Weights that lie in a file, as far as products have read them and they were not let go.
    case mapped
    case activations
    /// Keys and values as attention lays them out, and its scratch.
    case attention
    /// What is kept from step to step or from frame to frame: a prompt's keys and values, frames that convolutions
    /// remember.
    case caches
    /// Pictures on their way to the file, and latents.
    case frames
    /// What threads hold while they compute.
    case scratch
    /// Blocks without a tensor that wait for the next one of their size.
    case waiting

    /// Whether it is for one kernel's call and given back before the next.
    var isBrief: Bool { self == .scratch || self == .attention }
}
