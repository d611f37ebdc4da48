#pragma once
#include <stddef.h>

// SIMD kernels on single rows and tiles; Swift cuts the work and calls them from its threads.
// Each is compiled once per instruction set; ckernels_best() gives the fastest set that this CPU runs.
typedef struct {
    const char *name;  // "avx512", "avx2" or "portable"

    void (*widen_bfloat16)(const void *source, float *target, size_t count);
    void (*widen_float16)(const void *source, float *target, size_t count);

    // In place: x = gelu(x), the tanh form; x = silu(x).
    void (*gelu_tanh)(float *x, size_t count);
    void (*silu)(float *x, size_t count);

    // y = (x - mean) / sqrt(variance + epsilon) * scale + shift over one row; scale and shift may be NULL (1 and 0).
    void (*layer_norm)(const float *x, float *y, size_t width, float epsilon, const float *scale, const float *shift);
    // y = x / sqrt(mean of squares + epsilon) * weight over one row.
    void (*rms_norm)(const float *x, float *y, size_t width, float epsilon, const float *weight);
    // y = x / max(|x|, 1e-12) * gain over one row.
    void (*l2_norm)(const float *x, float *y, size_t width, const float *gain);

    // Turns neighbouring pairs of one row of `heads` heads by the angles of `cosine` and `sine` [head_width / 2].
    void (*rotate)(float *row, size_t heads, size_t head_width, const float *cosine, const float *sine);

    // x += y * gate; gate may be NULL (1).
    void (*add_gated)(float *x, const float *y, const float *gate, size_t count);
    // x *= factor.
    void (*scale)(float *x, float factor, size_t count);

    // One row of attention scores under a running maximum: scores become exp(factor * score + bias - maximum), `maximum`
    // and `sum` go on from their old values, and the return value is what earlier sums must be multiplied by.
    // bias may be NULL.
    float (*softmax_step)(float *scores, const float *bias, size_t count, float factor, float *maximum, float *sum);
} ckernels_table;

const ckernels_table *ckernels_best(void);

// The set for any CPU; the tests compare the chosen one with it, and both with plain loops in Swift.
const ckernels_table *ckernels_portable(void);

// 1 where OpenBLAS' kernels for this instruction set would run.
int ckernels_cpu_has_avx512(void);
int ckernels_cpu_has_avx2(void);
