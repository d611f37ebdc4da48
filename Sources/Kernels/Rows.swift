internal import CKernels
import Foundation
package import Tensors

// Work on the rows of `[rows, width]` (any leading axes count as rows), one row after another, rows spread
// over threads.

/// Rows that one task takes: about 64 KiB of values.
func rowsPerTask(width: Int) -> Int { max(1, 16_384 / max(1, width)) }

extension Tensor {
    /// Length of the last axis.
    package var width: Int { shape.last ?? 1 }

    /// A tensor of the same shape whose rows `body` writes: (row of self, row of the result).
    func mapRows(
        on workers: Workers, _ body: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        var result = Tensor(uninitialized: shape)
        let width = width
        let rows = width == 0 ? 0 : count / width
        let timer = RunScope.begin(.rows, count)
        defer { timer.end() }
        read { source in
            result.write { target in
                workers.run(over: rows, grain: rowsPerTask(width: width)) { part in
                    for row in part { body(source.pointer + row * width, target.pointer + row * width) }
                }
            }
        }
        return result
    }

    /// Changes each row in place: (index of the row, row).
    mutating func changeRows(
        on workers: Workers, _ body: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        let width = width
        let rows = width == 0 ? 0 : count / width
        let timer = RunScope.begin(.rows, count)
        defer { timer.end() }
        write { target in
            workers.run(over: rows, grain: rowsPerTask(width: width)) { part in
                for row in part { body(row, target.pointer + row * width) }
            }
        }
    }
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + shift`, mean and variance of each row.
///
/// - Parameters:
///   - scale: `[width]`; nil means 1
///   - shift: `[width]`; nil means 0
package func layerNorm(_ x: Tensor, epsilon: Float, scale: Tensor?, shift: Tensor?, on workers: Workers)
    -> Tensor
{
    let width = x.width
    return withOptional(scale) { scale in
        withOptional(shift) { shift in
            x.mapRows(on: workers) { simd.layer_norm($0, $1, width, epsilon, scale.pointer, shift.pointer) }
        }
    }
}

/// `x / sqrt(mean(x²) + epsilon) * weight`, the mean over each row.
package func rmsNorm(_ x: Tensor, epsilon: Float, weight: Tensor, on workers: Workers) -> Tensor {
    let width = x.width
    return weight.read { weight in
        x.mapRows(on: workers) { simd.rms_norm($0, $1, width, epsilon, weight.pointer) }
    }
}

/// `x / max(|x|, 1e-12) * gain`, the length over each row.
package func l2Norm(_ x: Tensor, gain: Tensor, on workers: Workers) -> Tensor {
    let width = x.width
    return gain.read { gain in
        x.mapRows(on: workers) { simd.l2_norm($0, $1, width, gain.pointer) }
    }
}

/// `silu(x / max(|x|, 1e-12) * gain)`, the length over each row: one pass for what stands between two convolutions.
package func activated(_ x: Tensor, gain: Tensor, on workers: Workers) -> Tensor {
    let width = x.width
    precondition(gain.count == width, "gain \(gain.shape) for \(x.shape)")
    return gain.read { gain in
        x.mapRows(on: workers) {
            simd.l2_norm($0, $1, width, gain.pointer)
            simd.silu($1, width)
        }
    }
}

/// `x * sigmoid(x)`, in place.
package func silu(_ x: inout Tensor, on workers: Workers) {
    let width = x.width
    x.changeRows(on: workers) { _, row in simd.silu(row, width) }
}

/// GELU in its tanh form, in place.
package func gelu(_ x: inout Tensor, on workers: Workers) {
    let width = x.width
    x.changeRows(on: workers) { _, row in simd.gelu_tanh(row, width) }
}

/// GELU with the error function itself, `x * Φ(x)`, in place; for the few tokens of a picture.
package func exactGELU(_ x: inout Tensor, on workers: Workers) {
    let width = x.width
    let scale = Float(0.5).squareRoot()
    x.changeRows(on: workers) { _, row in
        for column in 0..<width { row[column] *= 0.5 * (1 + erf(row[column] * scale)) }
    }
}

/// `x * sigmoid(1.702 x)`, in place: what CLIP's first models have for GELU.
package func quickGELU(_ x: inout Tensor, on workers: Workers) {
    let width = x.width
    x.changeRows(on: workers) { _, row in
        for column in 0..<width { row[column] /= 1 + exp(-1.702 * row[column]) }
    }
}

extension Tensor {
    /// `self += other * gate`, the gate `[width]` being the same for every row; nil means 1.
    package mutating func add(_ other: Tensor, gatedBy gate: Tensor? = nil, on workers: Workers) {
        precondition(
            other.count == count && other.width == width, "\(other.shape) cannot be added to \(shape)")
        let width = width
        other.read { other in
            withOptional(gate) { gate in
                changeRows(on: workers) { row, target in
                    simd.add_gated(target, other.pointer + row * width, gate.pointer, width)
                }
            }
        }
    }

    /// `self *= other`, element by element.
    package mutating func multiply(by other: Tensor, on workers: Workers) {
        precondition(other.count == count, "\(other.shape) cannot multiply \(shape)")
        let width = width
        other.read { other in
            changeRows(on: workers) { row, target in
                let factors = other.pointer + row * width
                for column in 0..<width { target[column] *= factors[column] }
            }
        }
    }

    /// Turns neighbouring pairs of each head of each row by the row's angles (rotary position embedding).
    ///
    /// - Parameters:
    ///   - cosine: `[rows, headWidth / 2]`
    ///   - sine: the same
    package mutating func rotate(heads: Int, cosine: Tensor, sine: Tensor, on workers: Workers) {
        let headWidth = width / heads
        let angles = headWidth / 2
        precondition(
            cosine.count == count / width * angles && sine.count == cosine.count, "angles for \(shape)")
        cosine.read { cosine in
            sine.read { sine in
                changeRows(on: workers) { row, target in
                    simd.rotate(
                        target, heads, headWidth, cosine.pointer + row * angles, sine.pointer + row * angles)
                }
            }
        }
    }
}
