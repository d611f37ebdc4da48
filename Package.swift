// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A Swift module under Sources; `imports` names every module of this package that it may import.
func module(_ name: String, imports: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: swift)
}

/// The tests of one module; TestSupport compares tensors and finds goldens.
func tests(of name: String, imports: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + imports,
        swiftSettings: swift)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let ffmpeg: [SystemPackageProvider] = [
    .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev", "libswresample-dev"]),
    .brew(["ffmpeg"]),
]

// Data flows down this list; a module imports only modules above it (Scripts/check).
let package = Package(
    name: "zoetrope",
    products: [
        .library(name: "Zoetrope", targets: ["Zoetrope"]),
        .executable(name: "zoetrope", targets: ["ZoetropeCLI"]),
    ],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")],
    targets: [
        // Ground: numbers and files; knows no stage.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CFFmpeg", pkgConfig: "libavformat", providers: ffmpeg),
        .target(name: "CSentencePiece", linkerSettings: [.linkedLibrary("sentencepiece")]),
        .target(name: "CKernels"),
        module("Tensors", imports: []),
        module("Kernels", imports: ["Tensors", "COpenBLAS", "CKernels"]),
        module("Checkpoints", imports: ["Tensors"]),
        module("Layers", imports: ["Tensors", "Kernels", "Checkpoints"]),
        module("Pictures", imports: ["CFFmpeg"]),

        // Stages: prompt to video; no stage imports another.
        module("TextEncoding", imports: ["Tensors", "Kernels", "Checkpoints", "Layers", "CSentencePiece"]),
        module("Patching", imports: ["Tensors"]),
        module("Transformer", imports: ["Tensors", "Kernels", "Checkpoints", "Layers"]),
        module("Sampling", imports: ["Tensors"]),
        module("LatentDecoding", imports: ["Tensors", "Kernels", "Checkpoints", "Layers"]),
        module("PictureReading", imports: ["Tensors", "CFFmpeg", "Pictures"]),
        module("ImageEncoding", imports: ["Tensors", "Kernels", "Checkpoints", "Layers", "Pictures"]),
        module("Conditioning", imports: ["Tensors"]),
        module("VideoWriting", imports: ["Tensors", "CFFmpeg", "Pictures"]),

        // Run: the only place where stages meet.
        .target(
            name: "EmbeddedModel", path: "Weights",
            exclude: [
                "README.md", "keys", "pictures", "sprites-contact-sheet.png", "world-contact-sheet.png",
            ],
            sources: ["EmbeddedModel.swift"], resources: [.copy("sprites"), .copy("world")],
            swiftSettings: swift),
        module(
            "Zoetrope",
            imports: [
                "Tensors", "Kernels", "Checkpoints", "Layers", "TextEncoding", "Patching", "Transformer",
                "Sampling", "LatentDecoding", "Pictures", "PictureReading", "ImageEncoding", "Conditioning",
                "VideoWriting", "EmbeddedModel",
            ]),

        // Tools.
        module("Tuning", imports: ["Tensors", "Checkpoints", "Pictures", "VideoWriting", "Zoetrope"]),
        module("Profiling", imports: ["Kernels", "Zoetrope"]),
        .executableTarget(
            name: "ZoetropeCLI", dependencies: ["Zoetrope", "Tuning", "Profiling", argumentParser],
            swiftSettings: swift),
        .target(name: "Ceiling", path: "Benchmarks/Ceiling"),
        .executableTarget(
            name: "zoetrope-bench",
            dependencies: [
                "Tensors", "Kernels", "Checkpoints", "TextEncoding", "Patching", "Transformer",
                "LatentDecoding", "Zoetrope", "Ceiling", argumentParser,
            ],
            path: "Benchmarks/Program", swiftSettings: swift),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["Tensors", "Checkpoints"], path: "Tests/TestSupport",
            swiftSettings: swift),
        tests(of: "Tensors", imports: ["Checkpoints"]),
        tests(of: "Kernels", imports: ["Tensors", "CKernels"]),
        tests(of: "Checkpoints", imports: ["Tensors"]),
        tests(of: "Layers", imports: ["Tensors", "Kernels", "Checkpoints"]),
        tests(of: "TextEncoding", imports: ["Tensors", "Checkpoints"]),
        tests(of: "Patching", imports: ["Tensors", "Checkpoints"]),
        tests(of: "Transformer", imports: ["Tensors", "Checkpoints", "Patching"]),
        tests(of: "Sampling", imports: ["Tensors", "Checkpoints"]),
        tests(of: "LatentDecoding", imports: ["Tensors", "Checkpoints", "Layers"]),
        tests(of: "Pictures", imports: ["Tensors"]),
        tests(of: "PictureReading", imports: ["Tensors", "Checkpoints", "Pictures"]),
        tests(of: "ImageEncoding", imports: ["Tensors", "Checkpoints", "Pictures"]),
        tests(of: "Conditioning", imports: ["Tensors"]),
        tests(of: "VideoWriting", imports: ["Tensors", "Pictures"]),
        tests(
            of: "Zoetrope",
            imports: [
                "Tensors", "Kernels", "Checkpoints", "Patching", "Conditioning", "Pictures", "VideoWriting",
                "EmbeddedModel", "PictureReading", "Transformer", "Sampling", "TextEncoding",
            ]),
        tests(of: "Tuning", imports: ["Tensors", "Checkpoints", "Pictures", "VideoWriting", "Zoetrope"]),
        tests(of: "Profiling", imports: ["Tensors", "Zoetrope"]),
        tests(of: "ZoetropeCLI", imports: ["Tensors", "Checkpoints"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17,
    cxxLanguageStandard: .cxx17
)
