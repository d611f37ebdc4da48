internal import Checkpoints
package import Foundation
internal import Tensors

/// How far two runs are apart behind each sampling step.
package enum StepDifferences {
    /// - Parameters: files with `step.0`, `step.1` and so on, each `[z, f, h, w]`
    /// - Returns: L2 norm of the difference of the latents over that of the expected one, for each step; nil where the
    ///   runs have another number of steps, or latents of another size
    /// - Throws: an error that names a file which cannot be read
    package static func between(_ found: URL, _ expected: URL) throws -> [Double]? {
        let (found, expected) = (try SafetensorsFile(found).tensors, try SafetensorsFile(expected).tensors)
        guard found.count == expected.count else { return nil }
        var differences: [Double] = []
        for step in 0..<expected.count {
            guard let a = found["step.\(step)"], let b = expected["step.\(step)"], a.shape == b.shape else {
                return nil
            }
            differences.append(relativeDifference(a.widened(), b.widened()))
        }
        return differences
    }
}
