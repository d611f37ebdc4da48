// The same attention with products of 8-bit integers. Included by kernels.h.

// 255 * 2^y for -126 <= y <= 0, to 3e-6 of it: more than 8 bits can tell. NaN may become anything.
INLINE vector weight_of(vector y) {
    vector power, f = fraction(choose(y < -126.f, splat(-126.f), y), &power);
    vector p = 3.4238047f * f + 13.321831f;
    p = p * f + 61.526452f;
    p = p * f + 176.72644f;
    p = p * f + 255.f;
    return scaled(p, power);
}
INLINE void store_weights(vector y, uint8_t *weights) {
    bytes quantised = __builtin_convertvector((words)(weight_of(y) + ROUNDING) & 0xFFu, bytes);
    memcpy(weights, &quantised, sizeof quantised);
}
// `count` is rounded up to a multiple of 16.
INLINE float sum_of_weights(const uint8_t *weights, size_t count) {
    uint32_t total = 0;
    size_t i = 0;
#if defined(AVX512)
    __m512i sums = _mm512_setzero_si512();
    for (; i + sizeof sums <= count; i += sizeof sums)
        sums = _mm512_add_epi64(sums, _mm512_sad_epu8(_mm512_loadu_si512(weights + i), _mm512_setzero_si512()));
    total = (uint32_t)_mm512_reduce_add_epi64(sums);
#endif
    for (; i < rounded_up(count, LANES); i++) total += weights[i];
    return (float)total;
}

// NaN where a value is, else 0.
INLINE float poison_of(const float *x, size_t count) {
    integers poison = {0};
    for (size_t i = 0; i < count; i += LANES) {
        vector v = load_some(x + i, count - i);
        poison |= v != v;
    }
    return sum_of((vector)poison);
}

// One row of scores, as softmax_step, but its weights are in 8 bits, as 255ths of the largest of this tile, then zeros up
// to a multiple of 16. `share` is what their sums must be multiplied by. `factor` is not below 0; the maximum is a power of 2.
INLINE float softmax_int8(
    const float *scores, const float *bias, size_t count, float factor, float *maximum, float *sum, uint8_t *weights,
    float *share
) {
    factor *= LOG2_E;
    float highest = highest_power(scores, bias, count, factor);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        store_weights(powers(scores + i, bias ? bias + i : NULL, LANES, factor) - highest, weights + i);
    if (i < count) store_weights(powers(scores + i, bias ? bias + i : NULL, count - i, factor) - highest, weights + i);
    float above = *maximum > highest ? *maximum : highest, rescale = exp2f(*maximum - above);
    *share = exp2f(highest - above);
    *maximum = above;
    *sum = *sum * rescale + sum_of_weights(weights, count) * *share;
    return rescale;
}

// What a task meets of one head, from one key on: bytes as they are packed, or pairs of 16 bits.
typedef struct {
    const int8_t *keys;    // blocks [keys / 32][groups of the width][32]
    const int8_t *values;  // blocks [width / 32], of which each begins `value_step` bytes behind the last
    size_t value_step;
    const float *key_scales;
    const int32_t *key_sums;
} key_tile;

INLINE key_tile tile_of(const ckernels_attention *a, size_t key, size_t count, int8_t *room) {
    size_t depth = rounded_up(a->width, INT8_GROUP), step = rounded_up(a->keys, INT8_GROUP) * BLOCK;
    const ckernels_int8_head *head = &a->int8;
    key_tile tile = {
        head->keys + key * depth, head->values + key * BLOCK, step, head->key_scales + key, head->key_sums + key};
#if defined(WIDENS)
    const int8_t *keys = tile.keys, *values = tile.values;
    tile.keys = room;
    for (size_t k = 0; k < count; k += BLOCK, keys += depth * BLOCK, room += WIDER * depth * BLOCK)
        widen_columns(keys, depth / 4 * BLOCK, room);
    tile.values = room;
    tile.value_step = WIDER * rounded_up(count, 4) * BLOCK;
    for (size_t d = 0; d < a->width; d += BLOCK, values += step, room += tile.value_step)
        widen_columns(values, (count + 3) / 4 * BLOCK, room);
#endif
    return tile;
}

#if defined(AMX)
#include "attention_int8_squares.h"
#else
enum { SCORE_PITCH = TILE, WEIGHT_PITCH = TILE * WIDER };
INLINE void begin_squares(void) {}
INLINE void end_squares(void) {}

// Scores of a panel of queries with one block of keys or two, but for the queries' own scales.
INLINE void score_blocks(
    const key_tile *tile, const uint8_t *panel, size_t key, size_t blocks, size_t depth, float *scores
) {
    for (size_t row = 0; row < PANEL; row += STRIP) {
        strip_sums sums;
        const int8_t *keys = tile->keys + key * depth * WIDER;
        sum_strip(
            panel + row * 4, 4, 4 * PANEL, keys, depth * WIDER * BLOCK, blocks, depth / 4 * WIDER, NULL, sums);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < blocks * PARTS; i++) {
            integers offsets;
            memcpy(&offsets, tile->key_sums + key + i * LANES, sizeof offsets);
            vector scales = load(tile->key_scales + key + i * LANES);
#pragma clang loop unroll(full)
            for (size_t r = 0; r < STRIP; r++) {
                vector s = __builtin_convertvector(sums[r][i] - offsets * 128, vector);
                store(scores + (row + r) * SCORE_PITCH + i * LANES, s * scales);
            }
        }
    }
}
INLINE void score_int8(const key_tile *tile, const uint8_t *panel, size_t depth, size_t count, float *scores) {
    size_t k = 0;
    for (; k + BLOCK < count; k += 2 * BLOCK) score_blocks(tile, panel, k, 2, depth, scores + k);
    if (k < count) score_blocks(tile, panel, k, 1, depth, scores + k);
}

// answers = answers * rescale + weights x values * share, for a panel of queries and 32 channels or 64.
INLINE void answer_blocks(
    const uint8_t *weights, const int8_t *values, size_t value_step, size_t blocks, size_t count, const float *rescale,
    const float *share, float *answers, size_t pitch
) {
    for (size_t row = 0; row < PANEL; row += STRIP) {
        strip_sums sums;
        sum_strip(
            weights + row * WEIGHT_PITCH, WEIGHT_PITCH, 4, values, value_step, blocks, (count + 3) / 4 * WIDER, NULL, sums);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < STRIP; r++) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < blocks * PARTS; i++) {
                float *target = answers + (row + r) * pitch + i * LANES;
                vector sum = __builtin_convertvector(sums[r][i], vector);
                store(target, load(target) * rescale[row + r] + sum * share[row + r]);
            }
        }
    }
}
INLINE void answer_int8(
    const key_tile *tile, const uint8_t *weights, size_t count, const float *rescale, const float *share, float *answers,
    size_t pitch
) {
    size_t d = 0;
    const int8_t *values = tile->values;
    for (; d + BLOCK < pitch; d += 2 * BLOCK, values += 2 * tile->value_step)
        answer_blocks(weights, values, tile->value_step, 2, count, rescale, share, answers + d, pitch);
    if (d < pitch) answer_blocks(weights, values, tile->value_step, 1, count, rescale, share, answers + d, pitch);
}
#endif

// Queries in panels of 12, bytes or pairs of 16 bits; those that widen have room for a panel of bytes behind the last.
// Returns through `scales` what scores must be multiplied by.
INLINE void place_queries(
    const ckernels_attention *a, size_t first, size_t count, size_t depth, uint8_t *panels, float *scales
) {
    size_t size = INT8_PANEL * depth * WIDER;
    uint8_t *spare = panels + rounded_up(count, INT8_PANEL) / INT8_PANEL * size;
    for (size_t row = 0; row < count; row++) {
        uint8_t *panel = panels + row / INT8_PANEL * size, *bytes = WIDER > 1 ? spare : panel;
        const float *query = a->query + (first + row) * a->stride;
        expect(query + ROWS_AHEAD * a->stride, a->width);
        scales[row] = quantise_row(query, a->width, bytes + row % INT8_PANEL * INT8_GROUP) * a->scale;
        if (row % INT8_PANEL == INT8_PANEL - 1 || row + 1 == count) widen_rows(bytes, INT8_PANEL * depth / 4, panel);
    }
}

static void attend_int8(const ckernels_attention *a, size_t first, size_t last, float *scratch) {
    size_t rows = rounded_up(last - first, INT8_ROWS), pitch = rounded_up(a->width, BLOCK);
    size_t depth = rounded_up(a->width, INT8_GROUP);
    float *answers = scratch, *maximum = answers + rows * pitch, *sum = maximum + rows, *scales = sum + rows;
    uint8_t *panels = (uint8_t *)(scales + rows);
    float *end = scratch + rows * (depth + pitch + 3);
    int8_t *room = (int8_t *)rounded_up((size_t)end, CACHE_LINE);
    float scores[INT8_ROWS * SCORE_PITCH] __attribute__((aligned(CACHE_LINE)));
    uint8_t weights[INT8_ROWS * WEIGHT_PITCH] = {0}, line[TILE];
    memset(scratch, 0, (char *)end - (char *)scratch);
    begin_squares();
    place_queries(a, first, last - first, depth, panels, scales);
    for (size_t row = 0; row < last - first; row++) {
        maximum[row] = -FLT_MAX;
        // Weights in 8 bits hold no NaN.
        sum[row] = scales[row] == scales[row] ? 0.f : NAN;
    }
    for (size_t span = 0, key = 0, count = 0; next_keys(a, &span, &key, &count);) {
        float poison = poison_of(a->int8.key_scales + key, count);
        key_tile tile = tile_of(a, key, count, room);
        for (size_t row = 0; row < rows; row += INT8_ROWS) {
            float rescale[INT8_ROWS] = {0}, share[INT8_ROWS] = {0};
            score_int8(&tile, panels + row * depth * WIDER, depth, count, scores);
            for (size_t r = 0; r < INT8_ROWS && row + r < last - first; r++) {
                const float *bias = bias_at(a, first + row + r, key);
                uint8_t *wide = weights + r * WEIGHT_PITCH, *narrow = WIDER > 1 ? line : wide;
                rescale[r] = softmax_int8(
                    scores + r * SCORE_PITCH, bias, count, scales[row + r], maximum + row + r, sum + row + r, narrow, share + r);
                sum[row + r] += bias ? poison + poison_of(bias, count) : poison;
                widen_rows(narrow, (count + 3) / 4, wide);
            }
            answer_int8(&tile, weights, count, rescale, share, answers + row * pitch, pitch);
        }
    }
    end_squares();
    finish_rows(a, first, last, answers, pitch, sum, 1.f, a->int8.value_scales);
}
#undef TILE
