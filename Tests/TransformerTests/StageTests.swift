import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// Every stage against what it is in diffusers, with weights in fp32, fp16, bf16 and in shards.
@Suite struct StageTests {
    private static let bound = 1e-4  // relative; fp32 with sums in another order is near 1e-6

    @Test(arguments: GoldenTransformer.names)
    func velocityMatchesDiffusers(name: String) throws {
        let golden = try GoldenTransformer(name)
        #expect(relativeError(try golden.velocity(), try golden.expected("velocity")) <= Self.bound)
    }

    /// What skip guidance leads away from, in diffusers by its own layer skipping.
    @Test func velocityWithoutABlockMatchesDiffusers() throws {
        let golden = try GoldenTransformer("patch-1x2x2")
        var compression = TokenCompression()
        compression.skippedBlocks = IndexRange(first: 0, last: 0)
        let (found, expected) = (
            try golden.velocity(leavingOut: compression), try golden.expected("velocity_without.0")
        )
        #expect(relativeError(found, expected) <= Self.bound)
        #expect(relativeError(expected, try golden.expected("velocity")) > 0.01)
    }

    @Test(arguments: GoldenTransformer.names)
    func conditionsMatchDiffusers(name: String) throws {
        let golden = try GoldenTransformer(name)
        let embedder = golden.model.conditionEmbedder
        let (time, image) = (embedder.time(golden.timestep), embedder.image(golden.image))
        let stages = [
            ("time_embedding", time.embedding), ("time_projection", time.projection),
            ("text_embedding", embedder.text(golden.context)),
        ]
        for (stage, tensor) in stages + (image.map { [("image_embedding", $0)] } ?? []) {
            #expect(relativeError(tensor, try golden.expected(stage)) <= Self.bound, "\(stage)")
        }
        #expect((image == nil) == (golden.image == nil))
    }

    @Test(arguments: GoldenTransformer.names)
    func blocksMatchDiffusers(name: String) throws {
        let golden = try GoldenTransformer(name)
        let model = golden.model
        let time = model.conditionEmbedder.time(golden.timestep)
        let memory = try golden.memory()
        var x = model.ends(of: golden.patch).embed(golden.patchifier.patchify(golden.latent))
        #expect(relativeError(x, try golden.expected("patch_embedding")) <= Self.bound)
        for (index, block) in model.blocks.enumerated() {
            try block(&x, at: time, over: memory.blocks[index], rope: golden.rope)
            #expect(relativeError(x, try golden.expected("block.\(index)")) <= Self.bound, "block \(index)")
        }
        let normed = model.headNorm(x, at: time.embedding)
        #expect(relativeError(normed, try golden.expected("norm_out")) <= Self.bound)
    }

    @Test(arguments: GoldenTransformer.names)
    func partsOfABlockMatchDiffusers(name: String) throws {
        let golden = try GoldenTransformer(name)
        let block = golden.model.blocks[0]
        let time = golden.model.conditionEmbedder.time(golden.timestep)
        let (first, last) = block.modulation(time.projection)
        var x = try golden.expected("patch_embedding")
        try block.selfAttention(
            block.norm1(x, by: first), rope: golden.rope, addedTo: &x, gatedBy: first.gate)
        #expect(relativeError(x, try golden.expected("block.0.after_self_attention")) <= Self.bound)
        try block.crossAttention(block.norm2(x), over: golden.memory().blocks[0], addedTo: &x)
        #expect(relativeError(x, try golden.expected("block.0.after_cross_attention")) <= Self.bound)
        try block.feedForward(block.norm3(x, by: last), addedTo: &x, gatedBy: last.gate)
        #expect(relativeError(x, try golden.expected("block.0")) <= Self.bound)
    }
}
