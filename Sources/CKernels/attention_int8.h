// The same attention with products of 8-bit integers. Included by kernels.h.

// Largest magnitude of each of up to 32 channels over some values, NaN where one is not finite.
INLINE void widen_range(const float *value, size_t stride, size_t keys, size_t channels, float *top, float *poison) {
    for (size_t k = 0; k < keys; k++) {
        for (size_t c = 0; c < channels; c++) {
            float magnitude = fabsf(value[k * stride + c]);
            top[c] = magnitude > top[c] ? magnitude : top[c];
            poison[c] += magnitude * 0.f;
        }
    }
}

// Quantises up to four keys of up to 32 channels into one group of a block.
INLINE void quantise_group(
    const float *value, size_t stride, size_t keys, size_t channels, const float *inverse, int8_t *block
) {
    uint32_t four[BLOCK] = {0};
    for (size_t place = 0; place < keys; place++) {
        float line[BLOCK] = {0};
        memcpy(line, value + place * stride, channels * sizeof *line);
        for (size_t c = 0; c < BLOCK; c++) {
            float rounded = line[c] * inverse[c] + 12582912.f;
            uint32_t bits;
            memcpy(&bits, &rounded, sizeof bits);
            four[c] |= (bits & 0xFFu) << (8 * place);
        }
    }
    memcpy(block, four, sizeof four);
}

// Quantises 32 channels of the values, each by one scale over all keys: blocks [places / 4][32][4].
static void quantise_channels(
    const float *value, size_t stride, const ckernels_key_run *runs, size_t run_count, size_t channels, int8_t *blocks,
    float *scales
) {
    float top[BLOCK] = {0}, poison[BLOCK] = {0}, inverse[BLOCK] = {0};
    for (size_t r = 0; r < run_count; r++) {
        widen_range(value + runs[r].first * stride, stride, runs[r].count, channels, top, poison);
    }
    for (size_t c = 0; c < BLOCK; c++) {
        inverse[c] = inverse_scale(top[c] + poison[c]);
        scales[c] = scale_of(top[c] + poison[c], inverse[c]);
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
    size_t depth = rounded_up(width, 4), keys = 0;
    float *mean = row + width;
    memset(row, 0, 2 * width * sizeof *row);
    for (size_t r = 0; r < run_count; keys += runs[r++].count) {
        const float *start = key + runs[r].first * stride;
        for (size_t k = 0; k < runs[r].count; k++) {
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
            for (size_t d = 0; d < width; d++) row[d] = key[(runs[r].first + k) * stride + d] - mean[d];
            int8_t *place = head->keys + to / BLOCK * BLOCK * depth + to % BLOCK * 4;
            head->key_scales[to] = quantise_column(row, width, place, head->key_sums + to);
        }
    }
    for (size_t d = 0; d < width; d += BLOCK) {
        size_t channels = width - d < BLOCK ? width - d : BLOCK;
        int8_t *blocks = head->values + d * rounded_up(places, 4);
        quantise_channels(value + d, stride, runs, run_count, channels, blocks, head->value_scales + d);
    }
}

// One row of scores, as softmax_step, but its weights go to a panel in 8 bits, as 255ths of the largest of this tile.
// `share` is what their sums must be multiplied by.
INLINE float softmax_int8(float *scores, const float *bias, size_t count, float *maximum, float *sum, uint8_t *panel, float *share) {
    vector top = splat(-FLT_MAX), total = {0};
    for (size_t i = 0; i < count; i += LANES) {
        vector s = biased_part(scores + i, bias ? bias + i : NULL, 1, count - i < LANES ? count - i : LANES);
        store(scores + i, s);
        top = larger(top, s);
    }
    float highest = -FLT_MAX;
    for (size_t lane = 0; lane < LANES; lane++) highest = top[lane] > highest ? top[lane] : highest;
    for (size_t i = 0; i < count; i += LANES) {
        vector e = exponential(load(scores + i) - highest) * 255.f + 12582912.f;
        total += e - 12582912.f;
        bytes weights = __builtin_convertvector((words)e & 0xFFu, bytes);
        for (size_t group = 0; group < LANES / 4; group++) {
            memcpy(panel + (i / 4 + group) * 4 * PANEL, (uint8_t *)&weights + 4 * group, 4);
        }
    }
    float above = *maximum > highest ? *maximum : highest, rescale = expf(*maximum - above);
    *share = expf(highest - above);
    *maximum = above;
    *sum = *sum * rescale + sum_of(total) * *share;
    return rescale;
}

INLINE void score_int8(
    const ckernels_attention *a, const uint8_t *panel, const float *scales, size_t key, size_t count, float *scores
) {
    size_t depth = rounded_up(a->width, 4);
    const ckernels_int8_head *head = &a->int8;
    for (size_t k = 0; k < count; k += BLOCK) {
        tile_sums sums;
        sum_tile(panel, head->keys + (key + k) * depth, depth / 4, sums);
        for (size_t c = 0; c < BLOCK; c += LANES) {
            integers offsets;
            memcpy(&offsets, head->key_sums + key + k + c, sizeof offsets);
            vector factors = load(head->key_scales + key + k + c) * a->scale;
            for (size_t r = 0; r < PANEL; r++) {
                integers total;
                memcpy(&total, sums[r] + c, sizeof total);
                vector s = __builtin_convertvector(total - offsets * 128, vector);
                store(scores + r * TILE + k + c, s * factors * scales[r]);
            }
        }
    }
}

static void attend_int8(const ckernels_attention *a, size_t first, size_t last, float *scratch) {
    size_t rows = rounded_up(last - first, PANEL), pitch = rounded_up(a->width, BLOCK), depth = rounded_up(a->width, 4);
    float *answers = scratch, *maximum = answers + rows * pitch, *sum = maximum + rows, *scales = sum + rows;
    uint8_t *panels = (uint8_t *)(scales + rows);
    float scores[PANEL * TILE];
    uint8_t weights[PANEL * TILE] = {0};
    memset(scratch, 0, rows * (pitch + 3) * sizeof *scratch + rows * depth);
    for (size_t row = 0; row < last - first; row++) {
        uint8_t *panel = panels + row / PANEL * PANEL * depth + row % PANEL * 4;
        scales[row] = quantise_row(a->query + (first + row) * a->stride, a->width, panel);
        maximum[row] = -FLT_MAX;
    }
    for (size_t span = 0, key = 0, count = 0; next_keys(a, &span, &key, &count);) {
        for (size_t row = 0; row < rows; row += PANEL) {
            float rescale[PANEL] = {0}, share[PANEL] = {0};
            score_int8(a, panels + row * depth, scales + row, key, count, scores);
            for (size_t r = 0; r < PANEL && row + r < last - first; r++) {
                rescale[r] = softmax_int8(
                    scores + r * TILE, bias_at(a, first + row + r, key), count, maximum + row + r, sum + row + r,
                    weights + 4 * r, share + r);
            }
            for (size_t d = 0; d < pitch; d += BLOCK) {
                tile_sums sums;
                const int8_t *block = a->int8.values + d * rounded_up(a->keys, 4) + key * BLOCK;
                sum_tile(weights, block, (count + 3) / 4, sums);
                for (size_t r = 0; r < PANEL; r++) {
                    float *target = answers + (row + r) * pitch + d;
                    for (size_t c = 0; c < BLOCK; c++) target[c] = target[c] * rescale[r] + (float)sums[r][c] * share[r];
                }
            }
        }
    }
    finish_rows(a, first, last, answers, pitch, sum, 1.f, a->int8.value_scales);
}
#undef TILE
