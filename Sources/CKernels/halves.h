// IEEE half: to fp32 and back, and the scales under which values are rounded to it. Included by kernels.h.

#if defined(AVX512)
INLINE vector widened(halves h) { return (vector)_mm512_cvtph_ps((__m256i)h); }
INLINE halves narrowed(vector x) {
    return (halves)_mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#elif defined(AVX2)
INLINE vector widened(halves h) {
    __m256i bits = (__m256i)h;
    vector wide;
    _mm256_storeu_ps((float *)&wide, _mm256_cvtph_ps(_mm256_castsi256_si128(bits)));
    _mm256_storeu_ps((float *)&wide + 8, _mm256_cvtph_ps(_mm256_extracti128_si256(bits, 1)));
    return wide;
}
INLINE halves narrowed(vector x) {
    const float *p = (const float *)&x;
    __m128i low = _mm256_cvtps_ph(_mm256_loadu_ps(p), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m128i high = _mm256_cvtps_ph(_mm256_loadu_ps(p + 8), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return (halves)_mm256_set_m128i(high, low);
}
#else
// Shifts exponent and fraction into place and multiplies by 2^112, which is exact for subnormal numbers too.
INLINE vector widened(halves h) {
    words wide = __builtin_convertvector(h, words);
    words magnitude = (wide & 0x7FFFu) << 13;
    words infinite = (words)((integers)magnitude >= 0x0F800000) & 0x7F800000u;
    words value = (words)((vector)magnitude * 0x1p112f) | infinite;
    return (vector)(value | (wide & 0x8000u) << 16);
}
// To the nearest, ties to even: normal numbers by adding just below half a unit and the last bit that stays, subnormal
// ones by adding 0.5, whose own last bit is the unit that they have. From 65520 on it is infinity.
INLINE halves narrowed(vector x) {
    words bits = (words)x, magnitude = bits & 0x7FFFFFFFu;
    words normal = (magnitude + 0xC8000FFFu + (magnitude >> 13 & 1u)) >> 13;
    words small = (words)((vector)magnitude + 0.5f) - 0x3F000000u;
    vector half = choose((integers)magnitude < 0x38800000, (vector)small, (vector)normal);
    half = choose((integers)magnitude >= 0x47800000, (vector)((words){0} + 0x7C00u), half);
    half = choose((integers)magnitude > 0x7F800000, (vector)((words){0} + 0x7E00u), half);
    return __builtin_convertvector((words)half | (bits >> 16 & 0x8000u), halves);
}
#endif
INLINE vector widened_bfloat16(halves h) { return (vector)(__builtin_convertvector(h, words) << 16); }

#define WIDEN(name, function)                                              \
    static void name(const void *source, float *target, size_t count) {    \
        const uint16_t *p = source;                                        \
        size_t i = 0;                                                      \
        for (; i + LANES <= count; i += LANES) {                           \
            halves h;                                                      \
            memcpy(&h, p + i, sizeof h);                                   \
            store(target + i, function(h));                                \
        }                                                                  \
        if (i < count) {                                                   \
            halves h = {0};                                                \
            memcpy(&h, p + i, (count - i) * sizeof *p);                    \
            store_part(target + i, function(h), count - i);                \
        }                                                                  \
    }
WIDEN(widen_float16, widened)
WIDEN(widen_bfloat16, widened_bfloat16)
#undef WIDEN

// The power of two that values of some rows are divided by before they are rounded to half: the largest finite one comes
// to 8 ... 16. Nothing becomes infinite, division costs no digit, what is lost of small values lies 2^28 below the largest,
// and sums of 128 products of two such values, 2^8 each at the most, stay finite in half too. Zeros give the smallest scale,
// so that the scale of all rows is the largest of those of some.
static float half_scale(const float *x, size_t rows, size_t width, size_t stride) {
    vector top = {0};
    for (size_t row = 0; row < rows; row++, x += stride) {
        expect(x + ROWS_AHEAD * stride, width);
        for (size_t i = 0; i < width; i += LANES) {
            vector v = i + LANES <= width ? load(x + i) : load_part(x + i, width - i, 0);
            v = (vector)((integers)v & 0x7FFFFFFF);
            top = choose((v > top) & (v <= FLT_MAX), v, top);
        }
    }
    float largest = largest_of(top);
    int exponent;
    frexpf(largest, &exponent);
    return ldexpf(1.f, (largest == 0 || exponent < -100 ? -100 : exponent) - 4);
}

// Values of the left side of a product, rounded to half: 4 bytes each, which a tile loads into all lanes. Where halves are
// multiplied natively that is the half twice, because loading 16 bits into all lanes takes a slot of the multiplications;
// elsewhere it is the half as fp32.
INLINE vector operand(vector x) {
#if defined(AVX512FP16)
    words half = __builtin_convertvector(narrowed(x), words);
    return (vector)(half | half << 16);
#else
    return widened(narrowed(x));
#endif
}
INLINE void round_operands(const float *x, size_t count, float factor, float *target) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(target + i, operand(load(x + i) * factor));
    if (i < count) store_part(target + i, operand(load_part(x + i, count - i, 0) * factor), count - i);
}

// Values divided by `scale` and rounded to places `pitch` halves apart.
INLINE void narrow_values(const float *x, size_t count, float scale, uint16_t *target, size_t pitch) {
    float factor = 1.f / scale;
    for (size_t i = 0; i < count; i += LANES) {
        size_t part = count - i < LANES ? count - i : LANES;
        halves h = narrowed((part == LANES ? load(x + i) : load_part(x + i, part, 0)) * factor);
        uint16_t lanes[LANES];
        memcpy(lanes, &h, sizeof lanes);
        for (size_t lane = 0; lane < part; lane++) target[(i + lane) * pitch] = lanes[lane];
    }
}
