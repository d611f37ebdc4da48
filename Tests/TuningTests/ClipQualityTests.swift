import Foundation
import Pictures
import Tensors
import TestSupport
import Testing
import Tuning

struct ClipQualityTests {
    private func frames(_ name: String, of size: String) throws -> [Frame] {
        let clip = try Goldens.tensor("clip_quality/\(size)/expected.safetensors", name)
        let (count, height, width) = (clip.shape[0], clip.shape[1], clip.shape[2])
        let pixels = clip.values.map { UInt8($0) }
        return (0..<count).map { frame in
            let size = height * width * 3
            return Frame(
                width: width, height: height, pixels: Array(pixels[frame * size..<(frame + 1) * size]))
        }
    }

    private func value(_ name: String, of size: String) throws -> Double {
        Double(try Goldens.tensor("clip_quality/\(size)/expected.safetensors", name).values[0])
    }

    @Test(arguments: ["larger-than-the-window", "as-the-window", "smaller-than-the-window", "line"])
    func measuresAreThoseOfNumpyAndOpenCV(size: String) throws {
        let latent = Tensor([1, 2], shape: [1, 1, 1, 2])
        let expected = MeasuredClip(frames: try frames("expected", of: size), latent: latent)
        let found = MeasuredClip(frames: try frames("found", of: size), latent: latent)
        let quality = found.quality(against: expected, on: Workers(threads: 2))
        #expect(abs(try #require(quality.psnr) - (try value("psnr", of: size))) <= 1e-5)
        #expect(abs(try #require(quality.ssim) - (try value("ssim", of: size))) <= 1e-6)
        let (flicker, steady) = (try value("flicker", of: size), try value("expected_flicker", of: size))
        #expect(abs(quality.flicker - flicker) <= 1e-5)
        if steady == 0 {
            #expect(quality.flickerRatio == nil)
        } else {
            #expect(abs(try #require(quality.flickerRatio) - flicker / steady) <= 1e-5)
        }
        #expect(found.quality(against: expected, on: Workers(threads: 1)) == quality)
    }

    @Test func aClipIsIdenticalToItself() throws {
        let clip = MeasuredClip(
            frames: try frames("found", of: "as-the-window"), latent: seeded([2, 1, 3, 3]))
        let quality = clip.quality(against: clip, on: Workers(threads: 2))
        #expect(quality.psnr == 120 && quality.latentRelativeL2 == 0 && quality.flickerRatio == 1)
        #expect(abs(try #require(quality.ssim) - 1) <= 1e-12)
    }

    @Test func latentsAreComparedByTheirNorm() {
        let expected = Tensor([3, 0, 4, 0], shape: [1, 1, 2, 2])
        #expect(relativeDifference(Tensor([3, 0, 4, 1], shape: [1, 1, 2, 2]), expected) == 0.2)
        #expect(relativeDifference(Tensor([3, 0, .nan, 0], shape: [1, 1, 2, 2]), expected) == .infinity)
        let zero = Tensor([0, 0, 0, 0], shape: [1, 1, 2, 2])
        #expect(relativeDifference(zero, zero) == 0)
        #expect(relativeDifference(expected, zero) == .infinity)
    }

    @Test func clipsOfOtherSizesHaveNoPictureMeasures() {
        func clip(width: Int, frames: Int) -> MeasuredClip {
            let frame = Frame(width: width, height: 1, pixels: Array(repeating: 9, count: width * 3))
            return MeasuredClip(
                frames: Array(repeating: frame, count: frames), latent: Tensor([1], shape: [1, 1, 1, 1]))
        }
        for other in [clip(width: 3, frames: 2), clip(width: 2, frames: 3)] {
            let quality = other.quality(against: clip(width: 2, frames: 2), on: Workers(threads: 1))
            #expect(quality.psnr == nil && quality.ssim == nil && quality.latentRelativeL2 == 0)
            #expect(quality.flicker == 0 && quality.flickerRatio == nil)
        }
    }

    /// The window in two dimensions at once, as the paper writes it.
    @Test func similarityIsThatOfTheDefinition() {
        let (width, height) = (13, 9)
        let noise = seeded([2, height * width * 3], seed: 5).values.map { UInt8(($0 + 1) * 127) }
        let a = Frame(width: width, height: height, pixels: Array(noise[..<(width * height * 3)]))
        let b = Frame(width: width, height: height, pixels: Array(noise[(width * height * 3)...]))
        #expect(abs(StructuralSimilarity.mean(a, b) - plainSimilarity(a, b)) <= 1e-10)
    }

    private func plainSimilarity(_ a: Frame, _ b: Frame) -> Double {
        func mirrored(_ place: Int, _ size: Int) -> Int {
            place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place
        }
        var sum = 0.0
        for color in 0..<3 {
            for row in 0..<a.height {
                for column in 0..<a.width {
                    var (weights, x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
                    for down in -5...5 {
                        for across in -5...5 {
                            let weight = exp(-Double(down * down + across * across) / 4.5)
                            let pixel =
                                mirrored(row + down, a.height) * a.width + mirrored(column + across, a.width)
                            let p = Double(a.pixels[pixel * 3 + color]),
                                q = Double(b.pixels[pixel * 3 + color])
                            weights += weight
                            x += weight * p
                            y += weight * q
                            xx += weight * p * p
                            yy += weight * q * q
                            xy += weight * p * q
                        }
                    }
                    (x, y, xx, yy, xy) = (x / weights, y / weights, xx / weights, yy / weights, xy / weights)
                    sum +=
                        (2 * x * y + 6.5025) * (2 * (xy - x * y) + 58.5225)
                        / ((x * x + y * y + 6.5025) * (xx - x * x + yy - y * y + 58.5225))
                }
            }
        }
        return sum / Double(a.pixels.count)
    }
}
