import Foundation
import Patching
import Tensors
import Transformer

/// A transformer of a model directory with random tokens and a random context.
struct TransformerBench {
    let transformer: DiT
    let loadSeconds: Double

    init(_ model: URL, precision: Precision, on workers: Workers) throws {
        (transformer, _, loadSeconds) = try load("transformer", of: model) { weights, config in
            try DiT(
                weights, config: config, settings: TransformerSettings(precision: precision), on: workers)
        }
    }

    /// One forward.
    ///
    /// - Parameters:
    ///   - contextRows: of the 512 text slots, those that are not zeros
    ///   - includesPrompt: whether the prompt's keys and values are made anew each time
    ///   - compression: what is left out
    func forward(
        _ box: TokenBox, contextRows: Int, includesPrompt: Bool,
        leavingOut compression: TokenCompression = TokenCompression()
    ) throws -> () throws -> Void {
        let config = transformer.config
        let grid = box.grid(of: config.patch)
        let layout = TokenLayout(
            grid, rope: RotaryTable(grid, base: config.patch, headWidth: config.headWidth))
        let values = noise([grid.tokens, config.inputChannels * config.patch.cells])
        let text = noise([contextRows, config.textWidth])
        let remembered = includesPrompt ? nil : try transformer.remember(text, slots: 512)
        return { [transformer] in
            let memory = try remembered ?? transformer.remember(text, slots: 512)
            _ = try transformer(values, in: layout, at: 500, given: memory, leavingOut: compression)
        }
    }
}
