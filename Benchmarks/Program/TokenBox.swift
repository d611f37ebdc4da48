import ArgumentParser
import Tensors

/// How the tokens of a measurement lie.
struct TokenBox {
    let window: TokenWindow

    /// Square frames of 8, 16 or 32 tokens a side, larger for more tokens; 320 is 5 x 8 x 8, 1,280 is 5 x 16 x 16.
    init(of tokens: Int) {
        let side = tokens < 1024 ? 8 : tokens < 4096 ? 16 : 32
        let columns = tokens % (side * side) == 0 ? side : 1
        window = TokenWindow(frames: tokens / (side * columns), rows: side, columns: columns)
    }

    init(_ window: TokenWindow?, or tokens: Int) {
        self = window.map { TokenBox(window: $0) } ?? TokenBox(of: tokens)
    }

    private init(window: TokenWindow) { self.window = window }

    func grid(of patch: PatchSize) -> TokenGrid {
        TokenGrid(
            of: patch, frames: window.frames * patch.time, height: window.rows * patch.height,
            width: window.columns * patch.width)
    }
}

extension TokenWindow: ExpressibleByArgument {}
