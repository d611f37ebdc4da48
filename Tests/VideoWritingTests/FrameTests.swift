import Pictures
import Tensors
import Testing
import VideoWriting

struct FrameTests {
    /// Values that lie on 64.5, 65.5, 66.5, 67.5, 127.5 and 190.5 in fp32; numpy rounds halves to even.
    @Test func roundsHalvesToEven() throws {
        let picture = Tensor(
            [
                -0.4941176176071167, -0.48627448081970215, -0.4784313440322876, -0.47058820724487305, 0,
                0.4941176176071167,
            ],
            shape: [1, 2, 3])
        #expect(try Frame(decoded: picture).pixels == [64, 66, 66, 68, 128, 190])
    }

    /// Sums that PyTorch 2.13 and numpy 2.4.6 give for `((x * 0.5 + 0.5).clamp(0, 1).numpy() * 255).round()`
    /// with `x = torch.arange(-9000, 9000, dtype=torch.float32) / 8192`.
    @Test func roundsAsDiffusersDoesOverTheWholeRange() throws {
        let values = (-9000..<9000).map { Float($0) / 8192 }
        let pixels = try Frame(decoded: Tensor(values, shape: [60, 100, 3])).pixels
        #expect(pixels.reduce(0) { $0 + Int($1) } == 2_294_873)
        #expect(pixels.enumerated().reduce(0) { $0 + Int($1.element) * ($1.offset % 251) } == 286_557_350)
    }

    @Test func cutsOffWhatIsOutside() throws {
        let picture = Tensor([-1, 0, 1, -1.5, 3, -0.0, 1e30, -1e30, 0.999], shape: [3, 1, 3])
        let frame = try Frame(decoded: picture)
        #expect(frame.pixels == [0, 128, 255, 0, 255, 128, 255, 0, 255])
        #expect(frame.width == 1)
        #expect(frame.height == 3)
    }

    @Test(arguments: [Float.infinity, -.infinity])
    func infinityIsAnError(value: Float) throws {
        let picture = Tensor([0, 0, 0, 0, value, 0], shape: [2, 1, 3])
        #expect(throws: VideoError.notFinite(value: value, row: 1, column: 0)) { try Frame(decoded: picture) }
    }

    @Test func notANumberIsAnErrorAndNotBlack() throws {
        var values = [Float](repeating: 0, count: 2 * 4 * 3)
        values[1 * 12 + 2 * 3 + 1] = .nan
        let error = #expect(throws: VideoError.self) { try Frame(decoded: Tensor(values, shape: [2, 4, 3])) }
        #expect(
            error?.description
                == "The decoder gave nan at row 1, column 2 of a frame, so the picture is broken. "
                + "Check the weights, or run with the portable kernels to find the layer.")
    }
}
