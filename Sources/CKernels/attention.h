// Softmax attention of one head under a running maximum, in fp32 or with operands in half. Keys and values are packed once;
// a panel of 12 queries meets a tile of keys, so that scratch never grows with their number. Included by kernels.h.

#define TILE CKERNELS_ATTENTION_KEYS

#if !defined(AMX)
// Keys: blocks [keys / 32][width][32]; values: blocks [width / 32][keys][32]; rests are filled up with 0.
static void pack_keys(const float *key, size_t stride, size_t count, size_t width, void *packed) {
    float *blocks = packed;
    for (size_t first = 0; first < count; first += BLOCK, blocks += width * BLOCK) {
        size_t columns = count - first < BLOCK ? count - first : BLOCK;
        memset(blocks, 0, width * BLOCK * sizeof *blocks);
        for (size_t k = 0; k < columns; k++) {
            const float *row = key + (first + k) * stride;
            expect(row + ROWS_AHEAD * stride, width);
#pragma clang loop vectorize(disable)
            for (size_t d = 0; d < width; d++) blocks[d * BLOCK + k] = row[d];
        }
    }
}
static void pack_values(
    const float *value, size_t stride, size_t count, size_t width, void *packed, size_t place, size_t places
) {
    float *blocks = packed;
    for (size_t column = 0; column < width; column += BLOCK, blocks += places * BLOCK) {
        size_t columns = width - column < BLOCK ? width - column : BLOCK;
        for (size_t k = 0; k < count; k++) {
            float line[BLOCK] = {0};
            expect(value + (k + ROWS_AHEAD) * stride + column, columns);
            memcpy(line, value + k * stride + column, columns * sizeof *line);
            memcpy(blocks + (place + k) * BLOCK, line, sizeof line);
        }
    }
}
#endif

// The same in half, divided by one scale.
static void pack_half_keys(
    const float *key, size_t stride, size_t count, size_t width, float scale, uint16_t *blocks
) {
    for (size_t first = 0; first < count; first += BLOCK, blocks += width * BLOCK) {
        size_t columns = count - first < BLOCK ? count - first : BLOCK;
        memset(blocks, 0, width * BLOCK * sizeof *blocks);
        for (size_t k = 0; k < columns; k++) {
            const float *row = key + (first + k) * stride;
            expect(row + ROWS_AHEAD * stride, width);
            narrow_values(row, width, scale, blocks + k, BLOCK);
        }
    }
}
static void pack_half_values(
    const float *value, size_t stride, size_t count, size_t width, float scale, uint16_t *blocks, size_t place,
    size_t places
) {
    for (size_t column = 0; column < width; column += BLOCK, blocks += places * BLOCK) {
        size_t columns = width - column < BLOCK ? width - column : BLOCK;
        for (size_t k = 0; k < count; k++) {
            uint16_t *line = blocks + (place + k) * BLOCK;
            memset(line, 0, BLOCK * sizeof *line);
            expect(value + (k + ROWS_AHEAD) * stride + column, columns);
            narrow_values(value + k * stride + column, columns, scale, line, 1);
        }
    }
}

// Goes on to the next keys of the spans, `keys_at_once` of one span at the most; the first call is with *count = 0.
INLINE int next_keys(const ckernels_attention *a, size_t *span, size_t *key, size_t *count) {
    *key += *count;
    if (*count == 0) {
        *key = a->spans[*span = 0].first;
    } else if (*key == a->spans[*span].first + a->spans[*span].count) {
        if (++*span == a->span_count) return 0;
        *key = a->spans[*span].first;
    }
    size_t rest = a->spans[*span].first + a->spans[*span].count - *key;
    *count = rest < a->keys_at_once ? rest : a->keys_at_once;
    return 1;
}

INLINE const float *bias_at(const ckernels_attention *a, size_t query, size_t key) {
    return a->bias ? a->bias + query * a->bias_stride + key : NULL;
}
INLINE void finish_rows(
    const ckernels_attention *a, size_t first, size_t last, const float *answers, size_t pitch, const float *sums,
    float scale, const float *channel_scales
) {
    for (size_t query = first; query < last; query++, answers += pitch) {
        float factor = scale / sums[query - first], *target = a->result + query * a->stride;
        for (size_t d = 0; d < a->width; d++) {
            target[d] = answers[d] * factor * (channel_scales ? channel_scales[d] : 1.f);
        }
    }
}

// A query into its place in a panel [width][12]; returns what its scores must be multiplied by.
INLINE float place_query(const ckernels_attention *a, size_t query, float *panel, int narrow) {
    const float *x = a->query + query * a->stride;
    if (!narrow) {
#pragma clang loop vectorize(disable)
        for (size_t d = 0; d < a->width; d++) panel[d * PANEL] = x[d];
        return a->scale;
    }
    float scale = half_scale(x, 1, a->width, 0);
    for (size_t d = 0; d < a->width; d += LANES) {
        size_t count = a->width - d < LANES ? a->width - d : LANES;
        float lanes[LANES];
        round_operands(x + d, count, 1.f / scale, lanes);
        for (size_t lane = 0; lane < count; lane++) panel[(d + lane) * PANEL] = lanes[lane];
    }
    return a->scale * scale * a->key_scale;
}

// With `narrow`, which is a constant where this is inlined, all operands are halves.
INLINE void attend_packed(const ckernels_attention *a, size_t first, size_t last, float *scratch, int narrow) {
    size_t rows = rounded_up(last - first, PANEL), pitch = rounded_up(a->width, BLOCK), size = narrow ? 2 : 4;
    float *panels = scratch, *answers = panels + rows * a->width, *maximum = answers + rows * pitch;
    float *sum = maximum + rows, *factors = sum + rows;
    float scores[PANEL * TILE] __attribute__((aligned(CACHE_LINE)));
    memset(scratch, 0, rows * (a->width + pitch + 3) * sizeof *scratch);
    for (size_t row = 0; row < last - first; row++) {
        float *panel = panels + row / PANEL * PANEL * a->width + row % PANEL;
        expect(a->query + (first + row + ROWS_AHEAD) * a->stride, a->width);
        factors[row] = place_query(a, first + row, panel, narrow);
        maximum[row] = -INFINITY;
    }
    for (size_t span = 0, key = 0, count = 0; next_keys(a, &span, &key, &count);) {
        const char *keys = (const char *)a->packed_keys + key * a->width * size;
        const char *values = (const char *)a->packed_values + key * BLOCK * size;
        for (size_t row = 0; row < rows; row += PANEL) {
            multiply_blocks(
                panels + row * a->width, 1, PANEL, keys, a->width * BLOCK, (count + BLOCK - 1) / BLOCK, a->width, scores,
                TILE, 0, narrow);
            for (size_t i = row; i < row + PANEL && i < last - first; i++) {
                float *line = scores + (i - row) * TILE;
                float rescale = softmax_step(
                    line, bias_at(a, first + i, key), count, factors[i], maximum + i, sum + i);
                scale(answers + i * pitch, rescale, pitch);
                if (narrow) round_operands(line, count, 1.f, line);
            }
            multiply_blocks(
                scores, TILE, 1, values, a->keys * BLOCK, pitch / BLOCK, count, answers + row * pitch, pitch, 1, narrow);
        }
    }
    finish_rows(a, first, last, answers, pitch, sum, narrow ? a->value_scale : 1.f, NULL);
}

#if defined(AMX)
#include "attention_split.h"
enum { ATTEND_ROWS = SQUARE, ATTEND_DEPTH = SPLIT_STEP, PACKED_BYTES = 2 * SPLIT_PARTS };
#else
enum { ATTEND_ROWS = PANEL, ATTEND_DEPTH = 1, PACKED_BYTES = sizeof(float) };
static void attend(const ckernels_attention *a, size_t first, size_t last, float *scratch) {
    attend_packed(a, first, last, scratch, 0);
}
#endif
static void attend_half(const ckernels_attention *a, size_t first, size_t last, float *scratch) {
    attend_packed(a, first, last, scratch, 1);
}
