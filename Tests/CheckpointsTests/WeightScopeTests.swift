import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Taking tensors by name and shape, and the account of what did not fit.
@Suite struct WeightScopeTests {
    private let directory = TemporaryDirectory()
    private let advice =
        ". The checkpoint belongs to another model or model size; compare it with the config.json beside it."

    private func checkpoint(_ entries: [(String, [Int])], type: String = "F32") throws -> Checkpoint {
        let list = KeyList(tensors: entries.map { KeyList.Entry(name: $0.0, shape: $0.1, type: type) })
        try list.writeSparse(to: directory.url)
        return try Checkpoint(component: directory.url)
    }

    private func weights(_ entries: [(String, [Int])]) throws -> WeightScope {
        WeightScope(try checkpoint(entries))
    }

    @Test func pathsJoin() throws {
        let weights = try weights([("blocks.0.attn1.to_q.weight", [2, 3])])
        for scope in [
            weights["blocks"][0]["attn1"]["to_q"], weights["blocks.0.attn1.to_q"],
            weights["blocks.0"]["attn1.to_q"],
        ] {
            #expect(scope.prefix == "blocks.0.attn1.to_q")
            #expect(scope.contains("weight"))
            #expect(!scope.contains("bias"))
            #expect(try scope.tensor("weight", shape: [2, 3]).shape == [2, 3])
        }
        #expect(weights.prefix == "")
        #expect(weights.contains("blocks.0.attn1.to_q.weight"))
        try weights.checkAllUsed()
    }

    @Test func valuesAreWidened() throws {
        let expected = try Goldens.tensor("checkpoints/every-type/expected.safetensors", "floats.bf16")
        let checkpoint = try Checkpoint(files: [Goldens.url("checkpoints/every-type/model.safetensors")])
        let found = try WeightScope(checkpoint)["floats"].values("bf16", shape: [4, 128])
        #expect(found.values == expected.values)
    }

    @Test func nothingWrongWhenAllIsTaken() throws {
        let weights = try weights([("a", [1]), ("b.c", [2])])
        _ = try weights.tensor("a", shape: [1])
        _ = try weights["b"].values("c", shape: [2])
        _ = try weights.tensor("a", shape: [1])
        try weights.checkAllUsed()
    }

    @Test func allProblemsAreNamedAtOnce() throws {
        let checkpoint = try checkpoint([("a", [2, 3]), ("b", [4]), ("unused.2", [1]), ("unused.1", [1])])
        let weights = WeightScope(checkpoint)
        #expect(try weights.tensor("a", shape: [3, 2]).shape == [3, 2])
        #expect(try weights.values("b", shape: [5]).values == [0, 0, 0, 0, 0])
        #expect(try weights["x"].values("missing", shape: [2]).values == [0, 0])
        #expect(try weights["x"].values("missing", shape: [2]).values == [0, 0])
        let error = #expect(throws: CheckpointError.self) { try weights.checkAllUsed() }
        var problems = KeyProblems()
        problems.missing = ["x.missing"]
        problems.wrongShape = [
            .init(name: "a", found: [2, 3], expected: [3, 2]), .init(name: "b", found: [4], expected: [5]),
        ]
        problems.unused = ["unused.1", "unused.2"]
        #expect(error == .keys(checkpoint.path, problems))
        #expect(
            error?.description
                == "\(checkpoint.path): 1 tensor missing: 'x.missing'; 2 tensors of the wrong shape: "
                + "'a' has shape [2, 3], but this model needs [3, 2], "
                + "'b' has shape [4], but this model needs [5]; "
                + "2 tensors unused: 'unused.1', 'unused.2'" + advice)
    }

    @Test func integersAreNoWeights() throws {
        let weights = WeightScope(try checkpoint([("a", [2])], type: "I64"))
        #expect(try weights.values("a", shape: [2]).values == [0, 0])
        #expect(
            complaint { try weights.checkAllUsed() }
                == "1 tensor of the wrong type: 'a' is I64, but this model needs floating point" + advice)
    }

    @Test func longListsAreCut() throws {
        let weights = try weights((1...9).map { ("layer.\($0)", [1]) })
        let listed = (1...6).map { "'layer.\($0)'" }.joined(separator: ", ")
        #expect(
            complaint { try weights.checkAllUsed() } == "9 tensors unused: \(listed) and 3 more" + advice)
    }

    @Test func ignoredTensorsAreNotMissed() throws {
        let weights = try weights([
            ("shared.weight", [1]), ("encoder.a", [1]), ("encoder.b.c", [1]), ("encoder2.a", [1]),
        ])
        weights.ignore("encoder")
        weights["shared"].ignore("weight")
        weights.ignore("not.there")
        #expect(complaint { try weights.checkAllUsed() } == "1 tensor unused: 'encoder2.a'" + advice)
    }

    @Test func aScopeChecksWhatIsBelowIt() throws {
        let checkpoint = try checkpoint([("model.a", [1]), ("model.b", [1]), ("model2.c", [1])])
        let weights = WeightScope(checkpoint, prefix: "model")
        #expect(weights.prefix == "model")
        _ = try weights.tensor("a", shape: [1])
        #expect(complaint { try weights.checkAllUsed() } == "1 tensor unused: 'model.b'" + advice)
        _ = try weights.tensor("b", shape: [1])
        try weights.checkAllUsed()
    }

    /// A config may ask for anything; zeros for all of it must cost nothing.
    @Test func hugeShapesAreReported() throws {
        let weights = try weights([("a", [1])])
        for _ in 0..<100 { #expect(try weights.tensor("b", shape: [1 << 20, 1 << 11]).count == 1 << 31) }
        for shape in [[1 << 32], [Int.max], [1 << 62, 4], [1 << 40, 1 << 40, 0], [-1]] {
            let error = #expect(throws: CheckpointError.self) {
                try weights.tensor("a", shape: shape)
            }
            guard case .keys(_, let problems) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(problems.missing == ["b"])
            #expect(problems.wrongShape.last?.expected == shape)
        }
    }

    @Test func scopesOfTwoLoadingsAreApart() throws {
        let checkpoint = try checkpoint([("a", [1])])
        _ = try WeightScope(checkpoint).tensor("a", shape: [1])
        #expect(throws: CheckpointError.self) { try WeightScope(checkpoint).checkAllUsed() }
    }
}
