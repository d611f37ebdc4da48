// Softmax of one row of attention scores under a running maximum, in powers of two. Included by kernels.h.

// What y is above a whole number, from 0 to 1; 2^y is `scaled` of 2^that by *power.
INLINE vector fraction(vector y, vector *power) {
#if defined(AVX512)
    *power = y;
    return (vector)_mm512_reduce_ps((__m512)y, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
#else
    *power = y - .5f + ROUNDING - ROUNDING;
    return y - *power;
#endif
}
// 2^y for y not above 0, to 8e-8 of it and rounding, below -126 clamped; NaN stays NaN. Of all polynomials that are 1 at 0 the
// one whose largest error is the smallest.
INLINE vector power_of_two(vector y) {
    vector power, f = fraction(choose(y < -126.f, splat(-126.f), y), &power);
    vector p = 1.8671302e-3f * f + 9.0170301e-3f;
    p = p * f + 5.5799913e-2f;
    p = p * f + 2.4016445e-1f;
    p = p * f + 6.9315131e-1f;
    p = p * f + 1.f;
    return scaled(p, power);
}

// Scores in powers of 2: factor * score + bias, of which `bias` counts in powers of e; from the last one on, none. They are
// rounded before the largest is taken from them, so that none is above 0 afterwards: in one expression the compiler would fuse
// multiplication and subtraction.
INLINE vector powers(const float *scores, const float *bias, size_t count, float factor) {
    vector y = load_some(scores, count);
    y = bias ? y * factor + load_some(bias, count) * LOG2_E : y * factor;
    if (count >= LANES) return y;
    integers lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return choose(lane < (int32_t)count, y, splat(-FLT_MAX));
}
// The largest of them. `factor` is not below 0.
INLINE float highest_power(const float *scores, const float *bias, size_t count, float factor) {
    enum { AT_ONCE = 4 };  // with one maximum, each comparison would wait for the last
    vector top[AT_ONCE];
    for (size_t j = 0; j < AT_ONCE; j++) top[j] = splat(-FLT_MAX);
    size_t i = 0;
    for (; i + AT_ONCE * LANES <= count; i += AT_ONCE * LANES) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < AT_ONCE; j++) {
            size_t place = i + j * LANES;
            top[j] = larger(top[j], bias ? powers(scores + place, bias + place, LANES, factor) : load(scores + place));
        }
    }
    vector most = larger(larger(top[0], top[1]), larger(top[2], top[3]));
    if (!bias) most = most * factor;
    for (; i < count; i += LANES) most = larger(most, powers(scores + i, bias ? bias + i : NULL, count - i, factor));
    return largest_of(most);
}
// Scores become weights under the highest so far, which is a power of 2.
INLINE vector weigh(float *scores, const float *bias, size_t count, float factor, float highest) {
    vector weights = power_of_two(powers(scores, bias, count, factor) - highest);
    store_some(scores, weights, count);
    return weights;
}
static float softmax_step(float *scores, const float *bias, size_t count, float factor, float *maximum, float *sum) {
    factor *= LOG2_E;
    float top = highest_power(scores, bias, count, factor), highest = top > *maximum ? top : *maximum;
    vector total = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) total += weigh(scores + i, bias ? bias + i : NULL, LANES, factor, highest);
    if (i < count) {
        vector rest = weigh(scores + i, bias ? bias + i : NULL, count - i, factor, highest);
        for (size_t lane = 0; lane < count - i; lane++) total[lane] += rest[lane];
    }
    float rescale = exp2f(*maximum - highest);
    *maximum = highest;
    *sum = *sum * rescale + sum_of(total);
    return rescale;
}
