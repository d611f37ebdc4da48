// Products of 8-bit integers: rows quantised each by its own scale, weights each column by its own. Every level computes
// the same integers. Included by kernels.h.

typedef uint8_t bytes __attribute__((vector_size(LANES), aligned(1)));

// The largest magnitude of a row; NaN where the row has one.
INLINE float largest_magnitude(const float *x, size_t count) {
    vector top = {0};
    integers poison = {0};
    for (size_t i = 0; i < count; i += LANES) {
        vector v = i + LANES <= count ? load(x + i) : load_part(x + i, count - i, 0);
        v = (vector)((integers)v & 0x7FFFFFFF);
        top = larger(v, top);
        poison |= v != v;
    }
    float largest = 0;
    int32_t poisoned = 0;
    for (size_t lane = 0; lane < LANES; lane++) {
        largest = top[lane] > largest ? top[lane] : largest;
        poisoned |= poison[lane];
    }
    return poisoned ? NAN : largest;
}

// Quantises one row or column and writes groups of four values to places `pitch` bytes apart; the last group is filled up
// with 0. Adding 1.5 * 2^23 rounds to the nearest integer, which then stands in the low bits; `offset` makes it unsigned.
// Returns the sum of the quantised values, which a float holds exactly.
INLINE float spread(const float *x, size_t count, float inverse, float offset, uint8_t *target, size_t pitch) {
    vector total = {0};
    for (size_t i = 0; i < count; i += LANES) {
        vector v = i + LANES <= count ? load(x + i) : load_part(x + i, count - i, 0);
        vector rounded = v * inverse + (12582912.f + offset);
        total += rounded - (12582912.f + offset);
        bytes quantised = __builtin_convertvector((words)rounded & 0xFFu, bytes);
        size_t groups = count - i >= LANES ? LANES / 4 : (count - i + 3) / 4;
        for (size_t group = 0; group < groups; group++) {
            memcpy(target + (i / 4 + group) * pitch, (uint8_t *)&quantised + 4 * group, 4);
        }
    }
    return sum_of(total);
}

// What values are multiplied by. Rows of zeros, and rows that are not finite, have none; neither have rows so small that
// it would be infinite.
INLINE float inverse_scale(float largest) {
    return largest >= 0x1p-119f && largest <= FLT_MAX ? 127.f / largest : 0.f;
}
INLINE float scale_of(float largest, float inverse) {
    if (!(largest <= FLT_MAX)) return NAN;
    return inverse > 0 ? largest / 127.f : 0.f;
}

static float quantise_row(const float *x, size_t depth, uint8_t *panel) {
    float largest = largest_magnitude(x, depth), inverse = inverse_scale(largest);
    spread(x, depth, inverse, 128.f, panel, 4 * PANEL);
    return scale_of(largest, inverse);
}

static float quantise_column(const float *x, size_t depth, int8_t *block, int32_t *sum) {
    float largest = largest_magnitude(x, depth), inverse = inverse_scale(largest);
    *sum = (int32_t)spread(x, depth, inverse, 0.f, (uint8_t *)block, 4 * BLOCK);
    return scale_of(largest, inverse);
}

// sums[row][column] of one panel and one block over `groups` groups of four values.
typedef int32_t tile_sums[PANEL][BLOCK];

#if defined(AVX512VNNI)
INLINE void sum_tile(const uint8_t *panel, const int8_t *block, size_t groups, tile_sums sums) {
    __m512i total[PANEL][2];
#pragma clang loop unroll(full)
    for (int row = 0; row < PANEL; row++) total[row][0] = total[row][1] = _mm512_setzero_si512();
    for (size_t group = 0; group < groups; group++, panel += 4 * PANEL, block += 4 * BLOCK) {
        __m512i first = _mm512_loadu_si512(block), second = _mm512_loadu_si512(block + 64);
#pragma clang loop unroll(full)
        for (int row = 0; row < PANEL; row++) {
            int32_t four;
            memcpy(&four, panel + 4 * row, sizeof four);
            __m512i values = _mm512_set1_epi32(four);
            total[row][0] = _mm512_dpbusd_epi32(total[row][0], values, first);
            total[row][1] = _mm512_dpbusd_epi32(total[row][1], values, second);
        }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < PANEL; row++) {
        _mm512_storeu_si512(sums[row], total[row][0]);
        _mm512_storeu_si512(sums[row] + 16, total[row][1]);
    }
}
#elif defined(AVX2)
// Some rows and half of the columns at a time: as many sums as there are registers.
#if defined(AVXVNNI)
#define ROWS_AT_ONCE 6
#define COLUMNS_AT_ONCE 16
#define SUMS_OF_8 2
INLINE void add_products(__m256i *total, int32_t four, const int8_t *block) {
    __m256i values = _mm256_set1_epi32(four);
    for (int part = 0; part < 2; part++) {
        __m256i weights = _mm256_loadu_si256((const __m256i *)(block + 32 * part));
        total[part] = _mm256_dpbusd_avx_epi32(total[part], values, weights);
    }
}
INLINE void store_sums(const __m256i *total, int32_t *sums) {
    _mm256_storeu_si256((__m256i *)sums, total[0]);
    _mm256_storeu_si256((__m256i *)(sums + 8), total[1]);
}
#else
// Without a dot product of bytes: products of 16-bit integers, whose pairs are summed; sums of a column's two pairs stay
// beside each other until the end.
#define ROWS_AT_ONCE 3
#define COLUMNS_AT_ONCE 16
#define SUMS_OF_8 4
INLINE void add_products(__m256i *total, int32_t four, const int8_t *block) {
    __m256i values = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
    for (int part = 0; part < 4; part++) {
        __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(block + 16 * part)));
        total[part] = _mm256_add_epi32(total[part], _mm256_madd_epi16(values, weights));
    }
}
INLINE void store_sums(const __m256i *total, int32_t *sums) {
    for (int half = 0; half < 2; half++) {
        __m256i pairs = _mm256_hadd_epi32(total[2 * half], total[2 * half + 1]);
        _mm256_storeu_si256((__m256i *)(sums + 8 * half), _mm256_permute4x64_epi64(pairs, 0xD8));
    }
}
#endif
INLINE void sum_tile(const uint8_t *panel, const int8_t *block, size_t groups, tile_sums sums) {
    for (int first = 0; first < PANEL; first += ROWS_AT_ONCE) {
        for (int column = 0; column < BLOCK; column += COLUMNS_AT_ONCE) {
            __m256i total[ROWS_AT_ONCE][SUMS_OF_8];
            memset(total, 0, sizeof total);
            for (size_t group = 0; group < groups; group++) {
#pragma clang loop unroll(full)
                for (int row = 0; row < ROWS_AT_ONCE; row++) {
                    int32_t four;
                    memcpy(&four, panel + 4 * (group * PANEL + first + row), sizeof four);
                    add_products(total[row], four, block + 4 * (group * BLOCK + column));
                }
            }
            for (int row = 0; row < ROWS_AT_ONCE; row++) store_sums(total[row], sums[first + row] + column);
        }
    }
}
#else
INLINE void sum_tile(const uint8_t *panel, const int8_t *block, size_t groups, tile_sums sums) {
    memset(sums, 0, sizeof(tile_sums));
    for (size_t group = 0; group < groups; group++, panel += 4 * PANEL, block += 4 * BLOCK) {
        for (int row = 0; row < PANEL; row++) {
            int32_t a = panel[4 * row], b = panel[4 * row + 1], c = panel[4 * row + 2], d = panel[4 * row + 3];
            for (int column = 0; column < BLOCK; column++) {
                const int8_t *w = block + 4 * column;
                sums[row][column] += a * w[0] + b * w[1] + c * w[2] + d * w[3];
            }
        }
    }
}
#endif

// Sixteen columns of one row, from integers to what stands in memory afterwards.
INLINE void finish_part(
    const ckernels_int8_product *product, const int32_t *sums, size_t row, size_t column, size_t count
) {
    integers total, offsets;
    memcpy(&total, sums, sizeof total);
    memcpy(&offsets, product->column_sums + column, sizeof offsets);
    vector x = __builtin_convertvector(total - offsets * 128, vector) * product->row_scales[row];
    x *= load(product->column_scales + column);
    finish(&product->ending, x, row, column, count);
}

static void multiply_int8(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column
) {
    size_t groups = (product->depth + 3) / 4;
    for (size_t column = first_column; column < last_column; column += BLOCK) {
        const int8_t *block = product->blocks + column * groups * 4;
        size_t columns = last_column - column < BLOCK ? last_column - column : BLOCK;
        for (size_t row = first_row; row < last_row; row += PANEL) {
            tile_sums sums;
            sum_tile(product->panels + row * groups * 4, block, groups, sums);
            size_t rows = last_row - row < PANEL ? last_row - row : PANEL;
            for (size_t r = 0; r < rows; r++) {
                for (size_t c = 0; c < columns; c += LANES) {
                    finish_part(product, sums[r] + c, row + r, column + c, columns - c);
                }
            }
        }
    }
}
