package import Zoetrope

/// What was run.
package struct ProfileSubject: Codable, Equatable, Sendable {
    /// The prompt, or the file of the latents.
    package var title: String
    package var width: Int
    package var height: Int
    package var frames: Int
    /// Of a run that made its latents itself.
    package var settings: GenerationSettings?
    /// Tokens that the transformer works on at each step; empty where there are none.
    package var stepTokens: [Int] = []

    package init(_ plan: RunPlan) {
        settings = plan.settings
        title = plan.settings.prompt.isEmpty ? "(empty prompt)" : plan.settings.prompt
        (width, height, frames) = (plan.settings.width, plan.settings.height, plan.settings.frames)
        stepTokens = plan.stepTokens
    }

    package init(_ plan: DecodingPlan) {
        title = "decode \(plan.latents)"
        (width, height, frames) = (plan.width, plan.height, plan.frames)
    }
}
