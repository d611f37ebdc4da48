extension Tensor {
    /// `Σ factor * tensor`, element by element; all of one shape. For latents, which are small.
    ///
    /// - Precondition: at least one term, all of the same shape
    package static func sum(_ terms: [(factor: Float, tensor: Tensor)]) -> Tensor {
        precondition(
            Set(terms.map(\.tensor.shape)).count == 1, "terms of one shape: \(terms.map(\.tensor.shape))")
        var total = Tensor(shape: terms[0].tensor.shape)
        guard total.isFilled else { return total }
        for (factor, tensor) in terms {
            total.withMutableValues { sums in
                tensor.withValues { values in
                    for index in values.indices { sums[index] += factor * values[index] }
                }
            }
        }
        return total
    }

    /// Tensors of one shape one after another along the first axis.
    package static func concatenated(_ parts: [Tensor]) -> Tensor {
        precondition(
            Set(parts.map { Array($0.shape.dropFirst()) }).count == 1, "parts differ beyond the first axis")
        let rows = parts.reduce(0) { $0 + $1.shape[0] }
        var whole = Tensor(uninitialized: [rows] + parts[0].shape.dropFirst())
        guard whole.isFilled else { return whole }
        whole.withMutableValues { target in
            var position = 0
            for part in parts {
                part.withValues { values in
                    _ = target[position..<position + values.count].update(fromContentsOf: values)
                    position += values.count
                }
            }
        }
        return whole
    }
}
