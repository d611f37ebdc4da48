// Attention in fp32 by AMX: 32 queries at a time, all operands as steps of split values. Included by attention.h.

// From one row of scores to the next: a power of two would put the lines of all rows into a few places of the nearest cache.
enum { TILE_STEPS = TILE / SPLIT_STEP, SCORE_PITCH = TILE + LANES };

// Keys: blocks [keys / 32][steps of the width]; values: blocks [width / 32][steps of the keys]; rests are filled up with 0.
static void pack_keys(const float *key, size_t stride, size_t count, size_t width, void *blocks) {
    char *to = blocks;
    for (size_t first = 0; first < rounded_up(count, SQUARE); first += TILE_SIDE) {
        const char *rows[TILE_SIDE];
        for (size_t k = 0; k < TILE_SIDE; k++)
            rows[k] = (const char *)(key + (first + k < count ? first + k : count - 1) * stride);
        for (size_t d = 0; d < width; d += SPLIT_STEP) {
            char *step = to + d / SPLIT_STEP * SPLIT_BYTES;
            split_columns(rows, d * sizeof *key, width - d < SPLIT_STEP ? width - d : SPLIT_STEP, FLOAT32, step);
        }
        to += first % SQUARE ? rounded_up(width, SPLIT_STEP) / SPLIT_STEP * SPLIT_BYTES - SPLIT_TILE : SPLIT_TILE;
    }
}
// Two values that follow, of 16 channels each: pairs of their parts.
INLINE void place_value_pair(vector first, vector second, char *to) {
    for (size_t p = 0; p < SPLIT_PARTS; p++) {
        words upper_first = (words)first & 0xFFFF0000u, upper_second = (words)second & 0xFFFF0000u;
        words pair = upper_first >> 16 | upper_second;
        memcpy(to + p * 2 * SPLIT_TILE, &pair, sizeof pair);
        first -= (vector)upper_first;
        second -= (vector)upper_second;
    }
}
static void pack_values(
    const float *value, size_t stride, size_t count, size_t width, void *blocks, size_t place, size_t places) {
    size_t block = rounded_up(places, SPLIT_STEP) / SPLIT_STEP * SPLIT_BYTES;
    for (size_t k = 0; k < rounded_up(count, SPLIT_STEP); k += 2) {
        char *pair = (char *)blocks + (place + k) / SPLIT_STEP * SPLIT_BYTES + k % SPLIT_STEP / 2 * TILE_BYTES;
        const float *first = value + k * stride, *second = first + stride;
        expect(first + ROWS_AHEAD * stride, width);
        expect(second + ROWS_AHEAD * stride, width);
        for (size_t d = 0; d < rounded_up(width, SQUARE); d += TILE_SIDE) {
            vector a = k < count && d < width ? load_some(first + d, width - d) : splat(0);
            vector b = k + 1 < count && d < width ? load_some(second + d, width - d) : splat(0);
            place_value_pair(a, b, pair + d / SQUARE * block + d % SQUARE / TILE_SIDE * SPLIT_TILE);
        }
    }
}

static void attend(const ckernels_attention *a, size_t first, size_t last, float *scratch) {
    size_t rows = rounded_up(last - first, SQUARE), pitch = rounded_up(a->width, BLOCK);
    size_t steps = rounded_up(a->width, SPLIT_STEP) / SPLIT_STEP, square = steps * SPLIT_BYTES;
    size_t block = rounded_up(a->keys, SPLIT_STEP) / SPLIT_STEP * SPLIT_BYTES;
    char *queries = (char *)scratch;
    float *answers = (float *)(queries + rows / SQUARE * square), *maximum = answers + rows * pitch, *sum = maximum + rows;
    float scores[SQUARE * SCORE_PITCH] __attribute__((aligned(CACHE_LINE)));
    char weights[TILE_STEPS * SPLIT_BYTES] __attribute__((aligned(CACHE_LINE)));
    memset(answers, 0, rows * (pitch + 2) * sizeof *answers);
    for (size_t row = 0; row < rows; row += SQUARE)
        split_rows(a->query + (first + row) * a->stride, a->stride, last - first - row, a->width, queries + row / SQUARE * square);
    for (size_t row = 0; row < rows; row++) maximum[row] = -INFINITY;
    begin_squares();
    for (size_t span = 0, key = 0, count = 0; next_keys(a, &span, &key, &count);) {
        const char *keys = (const char *)a->packed_keys + key / BLOCK * square;
        const char *values = (const char *)a->packed_values + key / SPLIT_STEP * SPLIT_BYTES;
        for (size_t row = 0; row < rows; row += SQUARE) {
            for (size_t k = 0; k < count; k += BLOCK) {
                clear_square();
                add_split_square(queries + row / SQUARE * square, keys + k / BLOCK * square, steps, SPLIT_PARTS);
                store_square(scores + k, SCORE_PITCH * sizeof *scores);
            }
            for (size_t i = row; i < row + SQUARE && i < last - first; i++) {
                float rescale = softmax_step(
                    scores + (i - row) * SCORE_PITCH, bias_at(a, first + i, key), count, a->scale, maximum + i, sum + i);
                scale(answers + i * pitch, rescale, pitch);
            }
            split_rows(scores, SCORE_PITCH, SQUARE, count, weights);
            for (size_t d = 0; d < pitch; d += BLOCK) {
                load_square(answers + row * pitch + d, pitch * sizeof *answers);
                add_split_square(
                    weights, values + d / BLOCK * block, (count + SPLIT_STEP - 1) / SPLIT_STEP, SPLIT_PARTS);
                store_square(answers + row * pitch + d, pitch * sizeof *answers);
            }
        }
    }
    end_squares();
    finish_rows(a, first, last, answers, pitch, sum, 1.f, NULL);
}
