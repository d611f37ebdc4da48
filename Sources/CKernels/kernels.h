// The bodies of all kernels, compiled once per level: the file that includes this one defines SET and what the level has
// (AVX2, AVXVNNI, AVX512, AVX512VNNI, AVX512FP16, AMX), and the compiler turns the 16-wide vectors into that.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

// Wide vectors pass only between functions that are inlined here, so their calling convention never matters.
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))

#define LANES 16
typedef float vector __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t integers __attribute__((vector_size(4 * LANES), aligned(4)));
typedef uint16_t halves __attribute__((vector_size(2 * LANES), aligned(2)));
typedef uint32_t words __attribute__((vector_size(4 * LANES), aligned(4)));

INLINE vector load(const float *p) {
    vector v;
    memcpy(&v, p, sizeof v);
    return v;
}
INLINE void store(float *p, vector v) { memcpy(p, &v, sizeof v); }
INLINE vector load_part(const float *p, size_t count, float rest) {
    float lanes[LANES];
    for (size_t i = 0; i < LANES; i++) lanes[i] = i < count ? p[i] : rest;
    return load(lanes);
}
INLINE void store_part(float *p, vector v, size_t count) { memcpy(p, &v, count * sizeof *p); }
INLINE vector load_some(const float *p, size_t count) { return count >= LANES ? load(p) : load_part(p, count, 0); }
INLINE void store_some(float *p, vector v, size_t count) {
    if (count >= LANES) store(p, v);
    else store_part(p, v, count);
}
INLINE vector splat(float value) { return value - (vector){0}; }
INLINE vector choose(integers condition, vector yes, vector no) {
    return (vector)((condition & (integers)yes) | (~condition & (integers)no));
}
INLINE vector larger(vector a, vector b) { return choose(a > b, a, b); }
// Lanes are joined by halves, quarters and so on: from lane to lane each step would wait for the last.
INLINE float sum_of(vector v) {
    typedef float eight __attribute__((vector_size(32)));
    typedef float four __attribute__((vector_size(16)));
    eight a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
              __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    four b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}
INLINE float largest_of(vector v) {
    v = larger(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    v = larger(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    v = larger(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    return v[0] > v[1] ? v[0] : v[1];
}

// p * 2^power for whole powers from -126 to 128, with AVX-512 also for others, of which it takes the whole number below; NaN
// stays NaN.
INLINE vector scaled(vector p, vector power) {
#if defined(AVX512)
    return (vector)_mm512_scalef_ps((__m512)p, (__m512)power);
#else
    integers exponent = __builtin_convertvector(choose(power == power, power, splat(0)), integers);
    // Two factors, so that 2^128 at the upper end does not overflow before the product does.
    integers half = exponent >> 1;
    vector low = (vector)((half + 127) << 23), high = (vector)((exponent - half + 127) << 23);
    return p * low * high;
#endif
}
// a / b for finite a and 1 <= b < infinity; an infinite a gives NaN with AVX-512. What follows the estimate is six
// operations instead of the sixteen cycles of a division and rounds as that does, but for 2 of 480,000,000 random pairs.
INLINE vector quotient(vector a, vector b) {
#if defined(AVX512)
    vector inverse = (vector)_mm512_rcp14_ps((__m512)b);
    inverse *= 2.f - b * inverse;
    vector q = a * inverse;
    return q + (a - q * b) * inverse;
#else
    return a / b;
#endif
}

// Added to a number below 2^22 and taken away again it rounds to the nearest integer, which stands in the low bits meanwhile.
#define ROUNDING 12582912.f  // 1.5 * 2^23
#define LOG2_E 1.44269504088896341f

// exp to 2 units in the last place inside [-87.3, 88.7], clamped outside; NaN stays NaN. Cody-Waite reduction by ln 2
// and the polynomial of Cephes' expf (netlib, cephes/single/expf.c).
INLINE vector exponential(vector x) {
    x = choose(x < -87.3f, splat(-87.3f), x);
    x = choose(x > 88.7f, splat(88.7f), x);
    vector power = x * LOG2_E + ROUNDING;
    power = power - ROUNDING;
    vector r = x - power * 0.693359375f;
    r = r + power * 2.12194440e-4f;
    vector p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.f;
    return scaled(p, power);
}
INLINE vector gelu_of(vector x) {
    vector inner = 1.5957691216057308f * (x + 0.044715f * x * x * x);
    return quotient(x, 1.f + exponential(-inner));
}
INLINE vector silu_of(vector x) { return quotient(x, 1.f + exponential(-x)); }

#define IN_PLACE(name, function)                                       \
    static void name(float *x, size_t count) {                         \
        size_t i = 0;                                                  \
        for (; i + LANES <= count; i += LANES) store(x + i, function(load(x + i))); \
        if (i < count) store_part(x + i, function(load_part(x + i, count - i, 0)), count - i); \
    }
IN_PLACE(gelu_tanh, gelu_of)
IN_PLACE(silu, silu_of)

INLINE float row_sum(const float *x, size_t width) {
    vector total = {0};
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) total += load(x + i);
    if (i < width) total += load_part(x + i, width - i, 0);
    return sum_of(total);
}
INLINE float square_sum(const float *x, size_t width, float mean) {
    vector total = {0};
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) {
        vector d = load(x + i) - mean;
        total += d * d;
    }
    if (i < width) {
        vector d = load_part(x + i, width - i, mean) - mean;
        total += d * d;
    }
    return sum_of(total);
}

static void layer_norm(const float *x, float *y, size_t width, float epsilon, const float *scale, const float *shift) {
    float mean = row_sum(x, width) / (float)width;
    float factor = 1.f / sqrtf(square_sum(x, width, mean) / (float)width + epsilon);
    if (scale && shift) {
        for (size_t i = 0; i < width; i++) y[i] = (x[i] - mean) * factor * scale[i] + shift[i];
    } else if (scale) {
        for (size_t i = 0; i < width; i++) y[i] = (x[i] - mean) * factor * scale[i];
    } else {
        for (size_t i = 0; i < width; i++) y[i] = (x[i] - mean) * factor + (shift ? shift[i] : 0.f);
    }
}
static void rms_norm(const float *x, float *y, size_t width, float epsilon, const float *weight) {
    float factor = 1.f / sqrtf(square_sum(x, width, 0) / (float)width + epsilon);
    for (size_t i = 0; i < width; i++) y[i] = x[i] * factor * weight[i];
}
static void l2_norm(const float *x, float *y, size_t width, const float *gain) {
    float norm = sqrtf(square_sum(x, width, 0));
    float factor = 1.f / (norm < 1e-12f ? 1e-12f : norm);
    for (size_t i = 0; i < width; i++) y[i] = x[i] * factor * gain[i];
}

static void rotate(float *row, size_t heads, size_t head_width, const float *cosine, const float *sine) {
    for (size_t head = 0; head < heads; head++, row += head_width) {
        for (size_t pair = 0; pair < head_width / 2; pair++) {
            float a = row[2 * pair], b = row[2 * pair + 1];
            row[2 * pair] = a * cosine[pair] - b * sine[pair];
            row[2 * pair + 1] = a * sine[pair] + b * cosine[pair];
        }
    }
}

static void add_gated(float *x, const float *y, const float *gate, size_t count) {
    if (gate) {
        for (size_t i = 0; i < count; i++) x[i] += y[i] * gate[i];
    } else {
        for (size_t i = 0; i < count; i++) x[i] += y[i];
    }
}
static void scale(float *x, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] *= factor;
}
static float cosine(const float *x, const float *y, size_t count) {
    vector both = {0}, one = {0}, other = {0};
    for (size_t i = 0; i < count; i += LANES) {
        size_t part = count - i;
        vector a = part < LANES ? load_part(x + i, part, 0) : load(x + i);
        vector b = part < LANES ? load_part(y + i, part, 0) : load(y + i);
        both += a * b;
        one += a * a;
        other += b * b;
    }
    return sum_of(both) / (sqrtf(sum_of(one)) * sqrtf(sum_of(other)));
}

enum { CACHE_LINE = 64 };
// Rows of one head lie apart, where no prefetcher of a CPU looks for them.
INLINE void expect(const float *row, size_t width) {
    for (size_t d = 0; d < width; d += CACHE_LINE / sizeof *row) __builtin_prefetch(row + d, 0, 3);
}
enum { ROWS_AHEAD = 3 };

#include "softmax.h"
#include "halves.h"
#include "parts.h"
#include "packing.h"
#include "panels.h"
#include "dots.h"
#if defined(AMX)
#include "squares.h"
#include "split_squares.h"
#endif
#include "stored_products.h"
#include "tiles.h"
#include "endings.h"
#include "int8_products.h"
#include "half_products.h"
#include "attention.h"
#include "int8_heads.h"
#include "attention_int8.h"
#include "winograd.h"

#if defined(AVX512)
#define BLAS_CORE "SkylakeX"
#elif defined(AVX2)
#define BLAS_CORE "Haswell"
#else
#define BLAS_CORE NULL
#endif

// OpenBLAS 0.3.21 wants weights widened, lays them out once more, and on a Zen CPU takes three to four times as long where a
// call has no more than 320 outputs, as tiles for many threads have. On an Emerald Rapids a forward of 320 or 1,280 rows was
// up to 9 percent quicker by an earlier kernel of ours.
#if defined(AVX2) || defined(AVX512)
#define MOST_STORED_ROWS PTRDIFF_MAX
#else
#define MOST_STORED_ROWS 256
#endif

#if defined(AVX512VNNI) || defined(AVX2)
#define MULTIPLIES_INT8 1
#else
#define MULTIPLIES_INT8 0
#endif

#if defined(AVX512FP16)
#define MULTIPLIES_HALF 1
#else
#define MULTIPLIES_HALF 0
#endif

static const ckernels_table table = {
    .name = SET,
    .blas_core = BLAS_CORE,
    .multiplies_int8 = MULTIPLIES_INT8,
    .multiplies_half = MULTIPLIES_HALF,
    .widens_int8 = WIDER > 1,
    .int8_panel = INT8_PANEL,
    .int8_group = INT8_GROUP,
    .int8_rows = INT8_ROWS,
    .keeps_int8_sums = KEEPS_SUMS,
    .widen_bfloat16 = widen_bfloat16,
    .widen_float16 = widen_float16,
    .gelu_tanh = gelu_tanh,
    .silu = silu,
    .layer_norm = layer_norm,
    .rms_norm = rms_norm,
    .l2_norm = l2_norm,
    .rotate = rotate,
    .add_gated = add_gated,
    .scale = scale,
    .cosine = cosine,
    .softmax_step = softmax_step,
    .most_stored_rows = MOST_STORED_ROWS,
    .dot_rows_bfloat16 = DOT_ROWS_BFLOAT16,
    .stored_columns = STORED_COLUMNS,
    .stored_scratch = STORED_SCRATCH,
    .multiply_stored_float32 = multiply_stored_float32,
    .multiply_stored_bfloat16 = multiply_stored_bfloat16,
    .multiply_stored_float16 = multiply_stored_float16,
    .quantise_row = quantise_row,
    .quantise_column = quantise_column,
    .multiply_int8 = multiply_int8,
    .half_scale = half_scale,
    .narrow_column = narrow_column,
    .multiply_half = multiply_half,
    .attend_rows = ATTEND_ROWS,
    .attend_depth = ATTEND_DEPTH,
    .packed_bytes = PACKED_BYTES,
    .pack_keys = pack_keys,
    .pack_values = pack_values,
    .attend = attend,
    .pack_half_keys = pack_half_keys,
    .pack_half_values = pack_half_values,
    .attend_half = attend_half,
    .pack_int8 = pack_int8,
    .attend_int8 = attend_int8,
    .winograd_window = winograd_window,
    .winograd_taps = winograd_taps,
    .winograd_sums = winograd_sums,
    .multiply_panels = multiply_panels,
};
