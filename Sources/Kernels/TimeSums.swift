package import Tensors

// A convolution in time, taken apart: what one frame adds to its own result and to later ones.

/// The taps in time as further channels of the result, oldest first.
///
/// - Parameter weight: `[times * taps, channels, outputChannels]`, as ``tapsFirst(_:on:)`` lays it out
/// - Returns: `[taps, channels, times * outputChannels]`
package func timeAsChannels(_ weight: Tensor, times: Int, on workers: Workers) -> Tensor {
    let (taps, channels, outputs) = (weight.shape[0] / times, weight.shape[1], weight.shape[2])
    precondition(taps * times == weight.shape[0], "\(weight.shape) has no \(times) times")
    var result = RunScope.with(use: .weights) {
        Tensor(uninitialized: [taps, channels, times * outputs])
    }
    weight.read { source in
        result.changeRows(on: workers) { row, target in
            for time in 0..<times {
                (target + time * outputs).update(
                    from: source.pointer + (time * taps * channels + row) * outputs, count: outputs)
            }
        }
    }
    return result
}

/// Adds up what frames add to one result, frame after frame.
///
/// - Parameters:
///   - sums: `[..., times * channels]`, what this frame adds through each tap in time, oldest tap first
///   - owed: `[..., (times - 1) * channels]`, what earlier frames add to the results of this frame and of later ones, in
///     their order; nil before the first
/// - Returns: this frame's result `[..., channels]`, and what is owed to the frames after it
package func sumOverTime(_ sums: Tensor, owed: Tensor?, channels: Int, on workers: Workers) -> (
    result: Tensor, owed: Tensor
) {
    let (whole, axes) = (sums.width, Array(sums.shape.dropLast()))
    let later = whole - channels
    precondition(later >= 0 && whole % channels == 0, "\(sums.shape) in parts of \(channels)")
    precondition(owed.map { $0.shape == axes + [later] } ?? true, "\(sums.shape) after \(owed?.shape ?? [])")
    var result = Tensor(uninitialized: axes + [channels])
    var owing = Tensor(uninitialized: axes + [later])
    sums.read { sums in
        withOptional(owed) { owed in
            owing.changeRows(on: workers) { row, target in
                for start in stride(from: 0, to: later, by: channels) {
                    let own = sums.pointer + row * whole + later - channels - start
                    let isOwed = start + channels < later
                    for channel in 0..<channels {
                        let before = isOwed ? owed.pointer?[row * later + start + channels + channel] ?? 0 : 0
                        target[start + channel] = before + own[channel]
                    }
                }
            }
            result.changeRows(on: workers) { row, target in
                let own = sums.pointer + row * whole + later
                for channel in 0..<channels {
                    target[channel] = (owed.pointer?[row * later + channel] ?? 0) + own[channel]
                }
            }
        }
    }
    return (result, owing)
}
