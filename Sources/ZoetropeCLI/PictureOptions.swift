import ArgumentParser
import Zoetrope

struct PictureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Picture that is the first frame: PNG, JPEG, WebP, GIF, BMP, TIFF or PNM; laid over white where it is "
                + "not opaque, and turned as a camera says.", valueName: "picture"))
    var image: String?

    @Option(help: ArgumentHelp("Picture that is the last frame; needs --image.", valueName: "picture"))
    var lastImage: String?

    @Flag(
        help: ArgumentHelp(
            "Make the clip twice: the first frame of the first one is the picture of the second, which is kept. Things that "
                + "turn hold together better; takes twice the sampling, and a model with which pictures are optional, such "
                + "as world (docs/own-image.md)."))
    var ownImage = false

    @Option(
        help: ArgumentHelp(
            "JSON file of tracks along which things of the first frame move, in shares of the picture as it was cut "
                + "(docs/trajectories.md); needs --image.", valueName: "file"))
    var trajectory: String?

    func add(to request: inout GenerationRequest) throws {
        request.image = image
        request.lastImage = lastImage
        request.ownImage = ownImage
        request.trajectory = try trajectory.map { try Trajectory(path: $0) }
    }
}

/// Where the pictures of a recipe lie now.
struct MovedPictures: ParsableArguments {
    @Option(help: ArgumentHelp("New place of the clip's first frame.", valueName: "picture"))
    var image: String?

    @Option(help: ArgumentHelp("New place of the clip's last frame.", valueName: "picture"))
    var lastImage: String?

    func move(in settings: inout GenerationSettings) throws {
        for (option, place, isThere) in [
            ("--image", image, settings.image != nil), ("--last-image", lastImage, settings.lastImage != nil),
        ] where place != nil && !isThere {
            throw ValidationError("\(option): the clip was made without such a picture. Leave it out.")
        }
        if let image { settings.image?.path = image }
        if let lastImage { settings.lastImage?.path = lastImage }
    }
}
