internal import PictureReading
internal import Pictures

/// The pictures of a run as frames of its clip.
struct PictureInput: Sendable {
    let first: Frame
    let last: Frame?
    /// What was done to pictures of another size, to be shown.
    let notes: [String]

    /// - Returns: nil where the settings name no picture
    /// - Throws: an error that names the file
    init?(_ settings: GenerationSettings) throws {
        guard let image = settings.image else { return nil }
        var notes: [String] = []
        func fitted(_ source: PictureSource, _ option: String) throws -> Frame {
            let frame = try source.frame(option: option)
            notes += Self.note(source.path, frame, settings)
            return frame.fitted(width: settings.width, height: settings.height)
        }
        first = try fitted(image, "--image")
        last = try settings.lastImage.map { try fitted($0, "--last-image") }
        self.notes = notes
    }

    private static func note(_ path: String, _ frame: Frame, _ settings: GenerationSettings) -> [String] {
        let fitting = Fitting((frame.width, frame.height), to: (settings.width, settings.height))
        guard frame.width != settings.width || frame.height != settings.height else { return [] }
        let isCut = fitting.width != frame.width || fitting.height != frame.height
        return [
            "\(path): \(frame.width)x\(frame.height)"
                + (isCut ? ", cut around the centre to \(fitting.width)x\(fitting.height)" : "")
                + ", scaled to \(settings.width)x\(settings.height)"
        ]
    }
}

extension VideoGenerator {
    /// The size of a clip: what the request says and, where it leaves a side open, the model's default. Where it
    /// leaves both open and the model has no sizes of its own, a picture gives its proportions, for about as many
    /// pixels as the default has.
    ///
    /// - Source: diffusers 0.42.1 `pipeline_wan_i2v.py`, `EXAMPLE_DOC_STRING`
    func size(of request: GenerationRequest, showing picture: Frame?) -> (width: Int, height: Int) {
        let defaults = directory.defaults
        guard let picture, !directory.statesDefaults, request.width == nil, request.height == nil else {
            return (request.width ?? defaults.width, request.height ?? defaults.height)
        }
        let area = Double(defaults.width * defaults.height)
        let ratio = Double(picture.height) / Double(picture.width)
        let rule = directory.sizeRule
        func side(_ length: Double, step: Int) -> Int {
            min(max(1, Int(length.rounded()) / step), rule.positions) * step
        }
        return (
            side((area / ratio).squareRoot(), step: rule.widthStep),
            side((area * ratio).squareRoot(), step: rule.heightStep)
        )
    }
}
