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
    ///   - tokens: as many as a grid of frames, rows and columns can have; see ``grid(of:)``
    ///   - contextRows: of the 512 text slots, those that are not zeros
    ///   - includesPrompt: whether the prompt's keys and values are made anew each time
    func forward(tokens: Int, contextRows: Int, includesPrompt: Bool) throws -> () throws -> Void {
        let config = transformer.config
        let cut = Self.grid(of: tokens)
        let patchifier = Patchifier(
            config.patch, frames: cut.frames * config.patch.time, height: cut.side * config.patch.height,
            width: cut.columns * config.patch.width)
        let layout = TokenLayout(
            patchifier.grid,
            rope: RotaryTable(patchifier.grid, base: config.patch, headWidth: config.headWidth))
        let values = noise([tokens, config.inputChannels * config.patch.cells])
        let context = Tensor.concatenated([
            noise([contextRows, config.textWidth]), Tensor(shape: [512 - contextRows, config.textWidth]),
        ])
        let remembered = includesPrompt ? nil : try transformer.remember(context)
        return { [transformer] in
            let memory = try remembered ?? transformer.remember(context)
            _ = try transformer(values, in: layout, at: 500, given: memory)
        }
    }

    /// Square frames of 8, 16 or 32 tokens a side, larger for more tokens; 320 is 5 x 8 x 8, 1,280 is 5 x 16 x 16.
    static func grid(of tokens: Int) -> (frames: Int, side: Int, columns: Int) {
        let side = tokens < 1024 ? 8 : tokens < 4096 ? 16 : 32
        let columns = tokens % (side * side) == 0 ? side : 1
        return (tokens / (side * columns), side, columns)
    }
}
