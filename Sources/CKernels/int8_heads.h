// Keys and values of one head in 8 bits. Included by kernels.h.

// Up to 32 channels of one value, then zeros.
INLINE void load_channels(const float *value, size_t channels, vector line[BLOCK / LANES]) {
    line[0] = load_some(value, channels);
    line[1] = channels > LANES ? load_some(value + LANES, channels - LANES) : splat(0);
}

// Quantises up to four keys of up to 32 channels into one group of a block.
INLINE void quantise_group(
    const float *value, size_t stride, size_t keys, size_t channels, const vector inverse[2], int8_t *block
) {
    words four[2] = {{0}};
    for (size_t place = 0; place < keys; place++, value += stride) {
        vector line[2];
        load_channels(value, channels, line);
        for (size_t i = 0; i < 2; i++) four[i] |= ((words)(line[i] * inverse[i] + ROUNDING) & 0xFFu) << (uint32_t)(8 * place);
    }
    memcpy(block, four, sizeof four);
}

// Quantises 32 channels of the values, each by one scale over all keys: blocks [places / 4][32][4].
static void quantise_channels(
    const float *value, size_t stride, const ckernels_key_run *runs, size_t run_count, size_t channels, int8_t *blocks,
    float *scales
) {
    vector top[2] = {{0}}, inverse[2] = {{0}};
    integers poison[2] = {{0}};
    for (size_t r = 0; r < run_count; r++) {
        const float *start = value + runs[r].first * stride;
        for (size_t k = 0; k < runs[r].count; k++) {
            vector line[2];
            expect(start + (k + ROWS_AHEAD) * stride, channels);
            load_channels(start + k * stride, channels, line);
            for (size_t i = 0; i < 2; i++) widen_range(line[i], top + i, poison + i);
        }
    }
    for (size_t c = 0; c < BLOCK; c++) {
        float largest = poison[c / LANES][c % LANES] ? NAN : top[c / LANES][c % LANES];
        inverse[c / LANES][c % LANES] = inverse_scale(largest);
        scales[c] = scale_of(largest, inverse_scale(largest));
    }
    for (size_t r = 0; r < run_count; r++) {
        const float *start = value + runs[r].first * stride;
        int8_t *block = blocks + runs[r].place * BLOCK;
        for (size_t k = 0; k < runs[r].count; k += 4, block += 4 * BLOCK) {
            size_t keys = runs[r].count - k < 4 ? runs[r].count - k : 4;
            quantise_group(start + k * stride, stride, keys, channels, inverse, block);
        }
    }
}

// The mean key is taken from all: it adds the same to all scores of a query, which softmax does not see, and what is left
// is smaller (SageAttention, arXiv 2410.02367). `row` is scratch of 2 * width values.
static void pack_int8(
    const ckernels_int8_head *head, const float *key, const float *value, size_t stride, const ckernels_key_run *runs,
    size_t run_count, size_t places, size_t width, float *row
) {
    size_t depth = rounded_up(width, INT8_GROUP), keys = 0;
    float *mean = row + width;
    memset(row, 0, 2 * width * sizeof *row);
    for (size_t r = 0; r < run_count; keys += runs[r++].count) {
        const float *start = key + runs[r].first * stride;
        for (size_t k = 0; k < runs[r].count; k++) {
            expect(start + (k + ROWS_AHEAD) * stride, width);
            for (size_t d = 0; d < width; d++) mean[d] += start[k * stride + d];
        }
    }
    for (size_t d = 0; d < width; d++) mean[d] /= (float)keys;
    memset(head->keys, 0, rounded_up(places, BLOCK) * depth);
    memset(head->key_scales, 0, rounded_up(places, BLOCK) * sizeof *head->key_scales);
    memset(head->key_sums, 0, rounded_up(places, BLOCK) * sizeof *head->key_sums);
    for (size_t r = 0; r < run_count; r++) {
        for (size_t k = 0; k < runs[r].count; k++) {
            size_t to = runs[r].place + k;
            expect(key + (runs[r].first + k + ROWS_AHEAD) * stride, width);
            for (size_t d = 0; d < width; d++) row[d] = key[(runs[r].first + k) * stride + d] - mean[d];
            int8_t *place = head->keys + to / BLOCK * BLOCK * depth + to % BLOCK * 4;
            head->key_scales[to] = quantise_column(row, width, place, head->key_sums + to);
        }
    }
    for (size_t d = 0; d < width; d += BLOCK) {
        size_t channels = width - d < BLOCK ? width - d : BLOCK;
        int8_t *blocks = head->values + d * rounded_up(places, INT8_GROUP);
        quantise_channels(value + d, stride, runs, run_count, channels, blocks, head->value_scales + d);
    }
}
