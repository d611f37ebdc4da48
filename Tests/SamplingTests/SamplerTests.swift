import Sampling
import Tensors
import TestSupport
import Testing

@Suite struct SamplerTests {
    @Test(arguments: SchedulerCase.all)
    func scheduleIsThatOfDiffusers(test: SchedulerCase) throws {
        let schedule = NoiseSchedule(test.settings)
        #expect(schedule.sigmas == (try Goldens.tensor(test.file, "sigmas").values))
        let timesteps: [Float] =
            switch test.sampler {
            case .unipc: try Goldens.integers(test.file, "timesteps").map { Float($0) }
            case .euler: try Goldens.tensor(test.file, "timesteps").values
            }
        #expect(schedule.timesteps == timesteps)
    }

    @Test(arguments: SchedulerCase.all)
    func everyLatentIsThatOfDiffusers(test: SchedulerCase) throws {
        var worst = 0.0
        let noise = try SchedulerCase.latent(0, in: test.file)
        let clean = try Sampler(test.settings).denoise(SamplingState(noise: noise)) { latent, step in
            worst = max(worst, relativeError(latent, try SchedulerCase.latent(step.index, in: test.file)))
            #expect(step.count == test.steps)
            return SchedulerCase.velocity(of: latent, at: step.timestep)
        }
        worst = max(worst, relativeError(clean, try SchedulerCase.latent(test.steps, in: test.file)))
        #expect(worst <= 1e-5)
    }

    @Test func eulerStepsAlongLevelsThatAreGiven() throws {
        let file = "sampling/euler-explicit-shift-3-steps-20/expected.safetensors"
        let timesteps = try Goldens.tensor(file, "timesteps").values
        var solver = EulerSolver(sigmas: try Goldens.tensor(file, "sigmas").values)
        var latent = try SchedulerCase.latent(0, in: file)
        for (step, timestep) in timesteps.enumerated() {
            let velocity = SchedulerCase.velocity(of: latent, at: timestep)
            latent = solver.next(after: latent, velocity: velocity, step: step)
            #expect(relativeError(latent, try SchedulerCase.latent(step + 1, in: file)) <= 1e-5)
        }
    }

    @Test(arguments: SamplerKind.allCases)
    func aConstantVelocityLeadsToTheCleanLatent(sampler: SamplerKind) throws {
        let noise = seeded([2, 3])
        let clean = seeded([2, 3], seed: 2)
        let direction = Tensor.sum([(1, noise), (-1, clean)])
        let settings = SamplingSettings(sampler: sampler, steps: 7, shift: 3)
        let found = try Sampler(settings).denoise(SamplingState(noise: noise)) { _, _ in direction }
        #expect(largestDifference(found, clean) <= 3e-6)
    }

    @Test func theModelsErrorEndsTheRun() {
        struct Broken: Error {}
        let sampler = Sampler(SamplingSettings(sampler: .unipc, steps: 3, shift: 1))
        #expect(throws: Broken.self) {
            try sampler.denoise(SamplingState(noise: seeded([4]))) { _, _ in throw Broken() }
        }
    }

    @Test func guidanceGoesAwayFromTheUnconditional() {
        let conditional = Tensor([1, 2], shape: [2])
        let unconditional = Tensor([3, -2], shape: [2])
        #expect(guide(conditional, awayFrom: unconditional, scale: 1).values == [1, 2])
        #expect(guide(conditional, awayFrom: unconditional, scale: 0).values == [3, -2])
        #expect(guide(conditional, awayFrom: unconditional, scale: 6).values == [-9, 22])
    }
}
