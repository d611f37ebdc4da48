import Foundation
import Kernels
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Bounds on what a run asks of memory, so that nobody makes it ask for more unawares.
@Suite(.serialized) struct AllocationGateTests {
    /// A change that is meant to move these numbers says so in its message, and pastes the entry that the failing test
    /// prints; one that lowers allocations should lower them here too. 64x64 is the model's own size; at 256x256 most tensors are large blocks, which the system gives.
    static let bounds = Machine.kernelSet == "amx" ? boundsOfTiles : boundsOfVectors

    /// Tiles take scratch for the sums of 8-bit products, and lay out three parts of an fp32 weight.
    private static let boundsOfTiles: [AllocationBound] = [
        AllocationBound(
            precision: .fp32, side: 64,
            firstStep: 797, step: 702, firstFrame: 99, frame: 218,
            peaks: [.load: 7471296, .encode: 1622032, .sample: 20925740, .decode: 16141904]),
        AllocationBound(
            precision: .int8, side: 64,
            firstStep: 989, step: 894, firstFrame: 99, frame: 218,
            peaks: [.load: 8298752, .encode: 1622032, .sample: 11046508, .decode: 16141904]),
        AllocationBound(
            precision: .fp32, side: 256,
            firstStep: 925, step: 830, firstFrame: 99, frame: 218,
            peaks: [.load: 7778496, .encode: 1929232, .sample: 31616300, .decode: 77135440],
            history: 655360, fourthFrame: 262144),
        AllocationBound(
            precision: .int8, side: 256,
            firstStep: 1245, step: 1150, firstFrame: 99, frame: 218,
            peaks: [.load: 8605952, .encode: 1929232, .sample: 21206188, .decode: 77135440],
            history: 655360, fourthFrame: 262144),
    ]

    private static let boundsOfVectors: [AllocationBound] = [
        AllocationBound(
            precision: .fp32, side: 64,
            firstStep: 797, step: 702, firstFrame: 99, frame: 218,
            peaks: [.load: 7471296, .encode: 1585168, .sample: 18607404, .decode: 16141904]),
        AllocationBound(
            precision: .int8, side: 64,
            firstStep: 861, step: 766, firstFrame: 99, frame: 218,
            peaks: [.load: 8298752, .encode: 1585168, .sample: 10456364, .decode: 16141904]),
        AllocationBound(
            precision: .fp32, side: 256,
            firstStep: 925, step: 830, firstFrame: 99, frame: 218,
            peaks: [.load: 7778496, .encode: 1892368, .sample: 33394988, .decode: 77200976],
            samplePeakOfStored: 30397740, history: 655360, fourthFrame: 262144),
        AllocationBound(
            precision: .int8, side: 256,
            firstStep: 1053, step: 958, firstFrame: 99, frame: 218,
            peaks: [.load: 8605952, .encode: 1892368, .sample: 22039724, .decode: 77200976],
            history: 655360, fourthFrame: 262144),
    ]

    let directory = TemporaryDirectory()

    /// - Parameter onEvent: is told of the run as it goes on, in its scope
    private func figures(
        of bound: AllocationBound, onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
    ) async throws -> AllocationFigures {
        let generator = try VideoGenerator(model: "sprites")
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps) = (7, 17, 5)
        (request.width, request.height, request.precision) = (bound.side, bound.side, bound.precision)
        let log = AllocationLog()
        let options = RunOptions(threads: 2, recorder: log.recorder)
        let report = try await generator.generate(
            try generator.resolve(request), to: directory["clip.mp4"].path, options: options
        ) {
            onEvent($0)
            log.add($0)
        }
        return log.figures(framesPerLatent: 4, report.memory)
    }

    @Test(arguments: bounds) func aRunKeepsWithinItsBounds(bound: AllocationBound) async throws {
        let found = try await figures(of: bound)
        let violations = bound.violations(of: found)
        let text = violations.joined(separator: "\n")
        #expect(violations.isEmpty, "\(text)\nIf that is meant:\n\(bound.entry(for: found))")
        #expect(found.steps.count == 5 && found.frames.count == 5)
        #expect(Set(found.steps.dropFirst()).count == 1 && Set(found.frames.dropFirst()).count == 1)
    }

    /// One tensor more in a step and in a latent frame, and a large one that nothing waits for.
    @Test func theGateSeesWhatIsAdded() async throws {
        let bound = Self.bounds[0]
        let found = try await figures(of: bound) { event in
            switch event {
            case .step(index: 1, _, _, _), .frame(index: 7, _): _ = Tensor(uninitialized: [1])
            case .step(index: 3, _, _, _): _ = Tensor(uninitialized: [1 << 22])
            default: break
            }
        }
        let violations = bound.violations(of: found)
        for expected in [
            "step 2: \(bound.step + 1) allocations, \(bound.step) allowed",
            "step 4: \(bound.step + 1) allocations, \(bound.step) allowed",
            "step 4: \(16 << 20) bytes of fresh memory, 0 allowed",
            "latent frame 3: \(bound.frame + 1) allocations, \(bound.frame) allowed",
        ] { #expect(violations.contains(expected), "\(expected) in \(violations)") }
        #expect(violations.contains { $0.hasPrefix("sample: peak of ") })
        #expect(violations.count == 5, "\(violations)")
    }
}
