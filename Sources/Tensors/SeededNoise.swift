import Foundation

/// The normal noise that PyTorch's CPU generator gives for a seed, so that a seed means the same clip here
/// and there.
///
/// - Source: PyTorch 2.13 `aten/src/ATen/native/cpu/DistributionTemplates.h` (`normal_fill`, `normal_kernel`)
///   and `aten/src/ATen/core/{MT19937RNGEngine,DistributionsHelper}.h`. PyTorch takes vectorised logarithms
///   and sines, so values agree to about 1e-7, not to the bit.
package struct SeededNoise {
    private var engine: MersenneTwister
    private var cachedSample: Double?

    /// - Parameter seed: any 64-bit seed; as in PyTorch only its low 32 bits matter
    package init(seed: UInt64) {
        engine = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
    }

    /// The next values of the stream, mean 0 and deviation 1; same as `torch.randn(shape, generator=...)` in
    /// fp32.
    package mutating func normal(shape: [Int]) -> Tensor {
        var noise = Tensor(uninitialized: shape)
        noise.withMutableValues { values in
            if values.count >= 16 { fillBlocks(values) } else { fillOneByOne(values) }
        }
        return noise
    }

    /// Box-Muller over blocks of 16: the first half gives radii, the second half angles. When the size is no
    /// multiple of 16, the last 16 values are drawn anew.
    private mutating func fillBlocks(_ values: UnsafeMutableBufferPointer<Float>) {
        for index in values.indices { values[index] = uniform() }
        for block in stride(from: 0, to: values.count - 15, by: 16) { transform(values, block) }
        guard values.count % 16 != 0 else { return }
        let last = values.count - 16
        for index in last..<values.count { values[index] = uniform() }
        transform(values, last)
    }

    // Not 2 * Float.pi, which Swift rounds towards zero: the largest values would be off by 2e-6.
    private static let fullTurn = Float(2 * Double.pi)

    private func transform(_ values: UnsafeMutableBufferPointer<Float>, _ block: Int) {
        for index in block..<block + 8 {
            let radius = (-2 * log(1 - values[index])).squareRoot()
            let angle = Self.fullTurn * values[index + 8]
            values[index] = radius * cos(angle)
            values[index + 8] = radius * sin(angle)
        }
    }

    private mutating func fillOneByOne(_ values: UnsafeMutableBufferPointer<Float>) {
        for index in values.indices { values[index] = Float(doubleSample()) }
    }

    private mutating func doubleSample() -> Double {
        if let sample = cachedSample {
            cachedSample = nil
            return sample
        }
        let angle = 2 * Double.pi * uniformDouble()
        let radius = (-2 * log1p(-uniformDouble())).squareRoot()
        cachedSample = radius * sin(angle)
        return radius * cos(angle)
    }

    /// 24 random bits in `[0, 1)`.
    private mutating func uniform() -> Float { Float(engine.next() & 0xFF_FFFF) * 0x1p-24 }

    /// 53 random bits in `[0, 1)`.
    private mutating func uniformDouble() -> Double {
        let high = UInt64(engine.next())
        let low = UInt64(engine.next())
        return Double((high << 32 | low) & (1 << 53 - 1)) * 0x1p-53
    }
}

/// The 32-bit Mersenne Twister, MT19937.
///
/// - Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998
struct MersenneTwister {
    private static let size = 624
    private static let middle = 397
    private var state: [UInt32]
    private var position = MersenneTwister.size

    init(seed: UInt32) {
        state = [seed]
        for index in 1..<UInt32(Self.size) {
            let last = state[Int(index) - 1]
            state.append(1_812_433_253 &* (last ^ last >> 30) &+ index)
        }
    }

    mutating func next() -> UInt32 {
        if position == Self.size { renew() }
        var word = state[position]
        position += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9D2C_5680
        word ^= word << 15 & 0xEFC6_0000
        return word ^ word >> 18
    }

    private mutating func renew() {
        for index in 0..<Self.size {
            let mixed = state[index] & 0x8000_0000 | state[(index + 1) % Self.size] & 0x7FFF_FFFF
            let twist: UInt32 = mixed & 1 == 0 ? 0 : 0x9908_B0DF
            state[index] = state[(index + Self.middle) % Self.size] ^ mixed >> 1 ^ twist
        }
        position = 0
    }
}
