internal import Kernels
package import Tensors

extension DiT {
    /// The velocity as without a cache, or, where `rule` allows it, with what the blocks after the first added at an
    /// earlier step.
    ///
    /// - Parameters:
    ///   - cache: of earlier steps of the same prompt; `skipped` counts up where blocks were skipped, and is 0 where
    ///     all were computed
    ///   - rule: whether blocks may be skipped at this step
    /// - Returns: `[L, P]`; exactly the plain forward's where all blocks are computed
    /// - Throws: `CancellationError`
    package func callAsFunction(
        _ tokens: Tensor, in layout: TokenLayout, at timestep: Float, given memory: PromptMemory,
        leavingOut compression: TokenCompression = TokenCompression(), keeping cache: inout BlockCache,
        skipping rule: BlockSkipping
    ) throws -> Tensor {
        try velocity(of: tokens, in: layout, at: timestep, leavingOut: compression) { x, time, plan in
            let start = x
            try compute(blocks.prefix(1).indices, on: &x, at: time, given: memory, leavingOut: plan)
            let first = x.difference(from: start, on: workers)
            try workers.checkCancellation()
            if let others = cache.standIn(for: first, among: plan.tokens, rule, on: workers) {
                x.add(others, on: workers)
                cache.skipped += 1
            } else {
                cache.letGo()
                let middle = x
                try compute(blocks.dropFirst().indices, on: &x, at: time, given: memory, leavingOut: plan)
                cache.keep(
                    first: first, others: x.difference(from: middle, on: workers), tokens: plan.tokens)
            }
        }
    }
}
