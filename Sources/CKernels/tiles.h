// A panel of 12 rows meets blocks of 32 columns, in fp32 or in half. Included by kernels.h.

#define PANEL CKERNELS_PANEL
#define BLOCK CKERNELS_BLOCK

// sums[12][stride] = or += rows x block over `depth`; value k of row r stands at r * row_step + k * depth_step.
INLINE void multiply_block(
    const float *rows, size_t row_step, size_t depth_step, const void *block, size_t depth, float *sums, size_t stride,
    int add, int narrow
) {
    enum { PARTS = 2, TALL = SUMS / PARTS < PANEL_TILE ? SUMS / PARTS : PANEL_TILE };
    layout at = {
        .row = row_step, .step = depth_step, .line = LINE_STEPS * depth_step, .part = PART_LANES, .part_step = BLOCK,
        .twice = 1, .narrow = narrow};
    for (size_t row = 0; row < PANEL; row += TALL) {
        const float *a = rows + row * row_step;
        for (size_t column = 0; column < BLOCK; column += PARTS * PART_LANES) {
            float *to = sums + row * stride + column;
            multiply_tile(TALL, PARTS, depth, a, column_at(block, column, at), at, to, stride, add, nothing_but(a));
        }
    }
}

#if defined(AVX512FP16)
// Products summed in half before they are added to sums in fp32. Rounding such a sum at each addition gives a relative
// error of 2^-12 * sqrt(run / 2), about, which that of many runs keeps: with 32, 9e-4 measured on random values, where rounding
// the operands alone gives 3e-4. A run of 128 products at the most stays finite (half_scale).
#if !defined(HALF_RUN)
#define HALF_RUN 32
#endif
#define HALF_BLOCKS 2

INLINE void add_halves(float *sums, __m512h total) {
    __m512i bits = _mm512_castph_si512(total);
    vector low = (vector)_mm512_cvtph_ps(_mm512_castsi512_si256(bits));
    vector high = (vector)_mm512_cvtph_ps(_mm512_extracti64x4_epi64(bits, 1));
    store(sums, load(sums) + low);
    store(sums + LANES, load(sums + LANES) + high);
}

// The same over `count` blocks, one or two, in native multiplications of halves; each value of the rows is a half twice.
INLINE void multiply_halves(
    const float *rows, size_t row_step, size_t depth_step, const uint16_t *block, size_t block_step, size_t count,
    size_t depth, float *sums, size_t stride, int add
) {
    for (size_t r = 0; r < PANEL && !add; r++) memset(sums + r * stride, 0, count * BLOCK * sizeof *sums);
    for (size_t first = 0; first < depth; first += HALF_RUN) {
        size_t run = depth - first < HALF_RUN ? depth - first : HALF_RUN;
        const float *a = rows + first * depth_step;
        const uint16_t *b = block + first * BLOCK;
        __m512h total[PANEL][HALF_BLOCKS];
#pragma clang loop unroll(full)
        for (size_t r = 0; r < PANEL; r++) total[r][0] = total[r][1] = _mm512_setzero_ph();
        for (size_t k = 0; k < run; k++, a += depth_step, b += BLOCK) {
            __m512h weights[HALF_BLOCKS];
#pragma clang loop unroll(full)
            for (size_t i = 0; i < count; i++) weights[i] = _mm512_castsi512_ph(_mm512_loadu_si512(b + i * block_step));
#pragma clang loop unroll(full)
            for (size_t r = 0; r < PANEL; r++) {
                int32_t twice;
                memcpy(&twice, a + r * row_step, sizeof twice);
                __m512h value = _mm512_castsi512_ph(_mm512_set1_epi32(twice));
#pragma clang loop unroll(full)
                for (size_t i = 0; i < count; i++) total[r][i] = _mm512_fmadd_ph(value, weights[i], total[r][i]);
            }
        }
#pragma clang loop unroll(full)
        for (size_t r = 0; r < PANEL; r++) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < count; i++) add_halves(sums + r * stride + i * BLOCK, total[r][i]);
        }
    }
}
#else
#define HALF_BLOCKS 1
#endif

// sums[12][stride] = or += rows x `count` blocks, which lie `block_step` values apart; their sums lie side by side.
INLINE void multiply_blocks(
    const float *rows, size_t row_step, size_t depth_step, const void *blocks, size_t block_step, size_t count,
    size_t depth, float *sums, size_t stride, int add, int narrow
) {
    size_t i = 0;
#if defined(AVX512FP16)
    if (narrow) {
        const uint16_t *block = blocks;
        for (; i + 1 < count; i += 2)
            multiply_halves(
                rows, row_step, depth_step, block + i * block_step, block_step, 2, depth, sums + i * BLOCK, stride, add);
        if (i < count)
            multiply_halves(
                rows, row_step, depth_step, block + i * block_step, 0, 1, depth, sums + i * BLOCK, stride, add);
        return;
    }
#endif
    for (; i < count; i++) {
        const char *block = (const char *)blocks + i * block_step * (narrow ? 2 : 4);
        multiply_block(rows, row_step, depth_step, block, depth, sums + i * BLOCK, stride, add, narrow);
    }
}
