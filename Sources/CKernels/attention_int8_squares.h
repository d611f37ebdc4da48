// Scores and answers of attention in 8 bits by AMX: 32 queries at a time. Included by attention_int8.h.

// From one row to the next. Powers of two would put the lines of all rows into a few places of the nearest cache.
enum { WEIGHT_PITCH = TILE + CACHE_LINE };

// Scores of 32 queries with keys from `key` on, but for the queries' own scales: integers become floats where they stand.
INLINE void scale_scores(const key_tile *tile, size_t key, float *scores) {
    for (size_t i = 0; i < BLOCK; i += LANES) {
        integers offsets;
        memcpy(&offsets, tile->key_sums + key + i, sizeof offsets);
        vector scales = load(tile->key_scales + key + i);
        for (size_t r = 0; r < SQUARE; r++) {
            integers sum;
            memcpy(&sum, scores + r * SCORE_PITCH + i, sizeof sum);
            store(scores + r * SCORE_PITCH + i, __builtin_convertvector(sum - offsets * 128, vector) * scales);
        }
    }
}
INLINE void score_int8(const key_tile *tile, const uint8_t *queries, size_t depth, size_t count, float *scores) {
    for (size_t k = 0; k < count; k += BLOCK) {
        clear_square();
        add_int8_square(queries, rows_in_panels(depth), tile->keys + k * depth, depth, NULL);
        store_square(scores + k, SCORE_PITCH * sizeof *scores);
        if (k) scale_scores(tile, k - BLOCK, scores + k - BLOCK);
    }
    size_t last = rounded_up(count, BLOCK) - BLOCK;
    scale_scores(tile, last, scores + last);
}

// answers = answers * rescale + sums * share, 32 channels of 32 queries.
INLINE void add_answers(const int32_t *sums, const float *rescale, const float *share, float *answers, size_t pitch) {
    for (size_t r = 0; r < SQUARE; r++) {
        for (size_t i = 0; i < BLOCK; i += LANES) {
            float *target = answers + r * pitch + i;
            integers sum;
            memcpy(&sum, sums + r * SQUARE + i, sizeof sum);
            store(target, load(target) * rescale[r] + __builtin_convertvector(sum, vector) * share[r]);
        }
    }
}
// Weights are filled up with zeros to whole steps of the depth.
INLINE void answer_int8(
    const key_tile *tile, uint8_t *weights, size_t count, const float *rescale, const float *share, float *answers,
    size_t pitch) {
    int32_t squares[2][SQUARE * SQUARE] __attribute__((aligned(CACHE_LINE)));
    size_t depth = rounded_up(count, INT8_GROUP), written = rounded_up(count, LANES);
    for (size_t r = 0; r < SQUARE; r++) memset(weights + r * WEIGHT_PITCH + written, 0, depth - written);
    for (size_t d = 0; d < pitch; d += BLOCK) {
        clear_square();
        add_int8_square(weights, rows_apart(WEIGHT_PITCH), tile->values + d / BLOCK * tile->value_step, depth, NULL);
        store_square(squares[d / BLOCK % 2], SQUARE_PITCH);
        if (d) add_answers(squares[(d / BLOCK + 1) % 2], rescale, share, answers + d - BLOCK, pitch);
    }
    add_answers(squares[(pitch / BLOCK + 1) % 2], rescale, share, answers + pitch - BLOCK, pitch);
}
