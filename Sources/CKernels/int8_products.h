// Products of 8-bit integers: rows quantised each by its own scale, weights each column by its own. Every level computes
// the same integers. Included by kernels.h.

// How rows lie: with how many others in a panel, how many bytes of each side by side, which is also what they are filled up to a
// multiple of; and how many are computed at a time.
#if defined(AMX)
enum { INT8_PANEL = TILE_SIDE, INT8_GROUP = TILE_BYTES, INT8_ROWS = SQUARE };
#else
enum { INT8_PANEL = PANEL, INT8_GROUP = 4, INT8_ROWS = PANEL };
#endif

typedef uint8_t bytes __attribute__((vector_size(LANES), aligned(1)));

// Makes room for some more values: `top` is the largest magnitude in each lane, `poison` is set where one was NaN.
INLINE void widen_range(vector v, vector *top, integers *poison) {
    v = (vector)((integers)v & 0x7FFFFFFF);
    *top = larger(v, *top);
    *poison |= v != v;
}

// The largest magnitude of a row; NaN where the row has one.
INLINE float largest_magnitude(const float *x, size_t count) {
    vector top = {0};
    integers poison = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) widen_range(load(x + i), &top, &poison);
    if (i < count) widen_range(load_part(x + i, count - i, 0), &top, &poison);
    // A lane that met NaN has all bits set, which is NaN.
    float poisoned = sum_of((vector)poison);
    return poisoned == poisoned ? largest_of(top) : NAN;
}

// Quantises up to 16 values of a row or column and writes groups of four to places `pitch` bytes apart, which is 4 where these lie
// side by side.
INLINE vector spread_part(vector v, float inverse, float offset, size_t groups, uint8_t *target, size_t pitch) {
    vector rounded = v * inverse + (ROUNDING + offset);
    bytes quantised = __builtin_convertvector((words)rounded & 0xFFu, bytes);
    if (pitch == 4) {
        memcpy(target, &quantised, sizeof quantised);
    } else {
        for (size_t group = 0; group < groups; group++) memcpy(target + group * pitch, (uint8_t *)&quantised + 4 * group, 4);
    }
    return rounded - (ROUNDING + offset);
}
// All of them; the last group is filled up with 0. Groups of `group` bytes, 4 or a multiple of 16, stand `pitch` bytes apart. `offset`
// makes them unsigned. Returns the sum of the quantised values, which a float holds exactly.
INLINE float spread(
    const float *x, size_t count, float inverse, float offset, uint8_t *target, size_t group, size_t pitch) {
    vector total = {0};
    size_t i = 0, step = group > 4 ? 4 : pitch;
    for (; i + LANES <= count; i += LANES) {
        uint8_t *to = target + i / group * pitch + i % group;
        total += spread_part(load(x + i), inverse, offset, LANES / 4, to, step);
    }
    if (i < count) {
        vector v = load_part(x + i, count - i, 0);
        total += spread_part(v, inverse, offset, (count - i + 3) / 4, target + i / group * pitch + i % group, step);
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
    spread(x, depth, inverse, 128.f, panel, INT8_GROUP, INT8_GROUP * INT8_PANEL);
    return scale_of(largest, inverse);
}

static float quantise_column(const float *x, size_t depth, int8_t *block, int32_t *sum) {
    float largest = largest_magnitude(x, depth), inverse = inverse_scale(largest);
    *sum = (int32_t)spread(x, depth, inverse, 0.f, (uint8_t *)block, 4, 4 * BLOCK);
    for (size_t d = rounded_up(depth, 4); d < rounded_up(depth, INT8_GROUP); d += 4) memset(block + d * BLOCK, 0, 4);
    return scale_of(largest, inverse);
}

#if defined(AMX)
#include "int8_squares.h"
enum { WIDER = 1, KEEPS_SUMS = 1 };
INLINE const uint8_t *widen_rows(const uint8_t *bytes, size_t count, void *room) { return bytes; }
#else
// Half a panel meets one block or two at a time: of all tiles that fit into the registers of AVX-512, the one with the fewest
// loads for each multiplication.
enum { STRIP = PANEL / 2, PARTS = BLOCK / LANES };
typedef integers strip_sums[STRIP][2 * PARTS];

// Sums over `groups` groups of four bytes of a row and of a column; a row's group stands at row * row_step + group *
// group_step, the second block `block_step` bytes behind the first. `blocks` is a constant, and sums stay in registers while
// loops over them are unrolled. AVX-512 asks for a line from `coming` on, which is NULL or what will be read next, in each
// GROUPS_PER_LINE groups.
enum { GROUPS_PER_LINE = 8 };
#if defined(AVX512VNNI)
INLINE void sum_strip(
    const uint8_t *rows, size_t row_step, size_t group_step, const int8_t *block, size_t block_step, size_t blocks,
    size_t groups, const int8_t *coming, strip_sums sums
) {
    __m512i total[STRIP][2 * PARTS], weights[2 * PARTS];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < STRIP; row++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < blocks * PARTS; i++) total[row][i] = _mm512_setzero_si512();
    }
    for (size_t group = 0; group < groups;) {
        size_t end = coming && groups - group > GROUPS_PER_LINE ? group + GROUPS_PER_LINE : groups;
        if (coming) __builtin_prefetch(coming + group * (CACHE_LINE / GROUPS_PER_LINE), 0, 2);
        for (; group < end; group++, rows += group_step, block += 4 * BLOCK) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < blocks * PARTS; i++)
                weights[i] = _mm512_loadu_si512(block + i / PARTS * block_step + i % PARTS * 4 * LANES);
#pragma clang loop unroll(full)
            for (size_t row = 0; row < STRIP; row++) {
                int32_t four;
                memcpy(&four, rows + row * row_step, sizeof four);
                __m512i values = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
                for (size_t i = 0; i < blocks * PARTS; i++)
                    total[row][i] = _mm512_dpbusd_epi32(total[row][i], values, weights[i]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < STRIP; row++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < blocks * PARTS; i++) sums[row][i] = (integers)total[row][i];
    }
}
#elif defined(AVX2) || defined(AVX512)
#if defined(AVXVNNI)
INLINE __m256i add_products(__m256i total, __m256i values, __m256i weights) {
    return _mm256_dpbusd_avx_epi32(total, values, weights);
}
#else
// Without a dot product of bytes, groups are pairs of 16 bits.
#define WIDENS
INLINE __m256i add_products(__m256i total, __m256i values, __m256i weights) {
    return _mm256_add_epi32(total, _mm256_madd_epi16(values, weights));
}
#endif
// Six rows and 16 columns at a time: with what they are computed from, as many sums as there are registers.
INLINE void sum_strip(
    const uint8_t *rows, size_t row_step, size_t group_step, const int8_t *block, size_t block_step, size_t blocks,
    size_t groups, const int8_t *coming, strip_sums sums
) {
    for (size_t i = 0; i < blocks * PARTS; i++) {
        const uint8_t *values = rows;
        const int8_t *columns = block + i / PARTS * block_step + i % PARTS * 4 * LANES;
        __m256i total[STRIP][2];
#pragma clang loop unroll(full)
        for (size_t row = 0; row < STRIP; row++) total[row][0] = total[row][1] = _mm256_setzero_si256();
#pragma clang loop unroll_count(2)
        for (size_t group = 0; group < groups; group++, values += group_step, columns += 4 * BLOCK) {
            __m256i first = _mm256_loadu_si256((const __m256i *)columns);
            __m256i second = _mm256_loadu_si256((const __m256i *)(columns + 32));
#pragma clang loop unroll(full)
            for (size_t row = 0; row < STRIP; row++) {
                int32_t four;
                memcpy(&four, values + row * row_step, sizeof four);
                __m256i value = _mm256_set1_epi32(four);
                total[row][0] = add_products(total[row][0], value, first);
                total[row][1] = add_products(total[row][1], value, second);
            }
        }
#pragma clang loop unroll(full)
        for (size_t row = 0; row < STRIP; row++) memcpy(&sums[row][i], total[row], sizeof total[row]);
    }
}
#else
INLINE void sum_strip(
    const uint8_t *rows, size_t row_step, size_t group_step, const int8_t *block, size_t block_step, size_t blocks,
    size_t groups, const int8_t *coming, strip_sums sums
) {
    for (size_t row = 0; row < STRIP; row++, rows += row_step) {
        for (size_t i = 0; i < blocks * PARTS; i++) {
            const int8_t *w = block + i / PARTS * block_step + i % PARTS * 4 * LANES;
            int32_t total[LANES] = {0};
            for (size_t group = 0; group < groups; group++, w += 4 * BLOCK) {
                const uint8_t *x = rows + group * group_step;
                int32_t a = x[0], b = x[1], c = x[2], d = x[3];
                for (size_t lane = 0; lane < LANES; lane++) {
                    total[lane] += a * w[4 * lane] + b * w[4 * lane + 1] + c * w[4 * lane + 2] + d * w[4 * lane + 3];
                }
            }
            memcpy(&sums[row][i], total, sizeof total);
        }
    }
}
#endif

#if defined(WIDENS)
// Pairs of 16 bits from `count` groups of four bytes: 0 and 2 of each group, and behind all of these 1 and 3 of each. So
// a row or column has twice as many groups.
enum { WIDER = 2, KEEPS_SUMS = 0 };
typedef uint16_t two_bytes __attribute__((aligned(1), may_alias));
INLINE const uint8_t *widen_rows(const uint8_t *bytes, size_t count, void *room) {
    const two_bytes *from = (const two_bytes *)bytes;
    two_bytes *first = room, *second = first + 2 * count;
    for (size_t i = 0; i < 2 * count; i++) {
        first[i] = from[i] & 0xFF;
        second[i] = from[i] >> 8;
    }
    return room;
}
INLINE const int8_t *widen_columns(const int8_t *bytes, size_t count, void *room) {
    const two_bytes *from = (const two_bytes *)bytes;
    two_bytes *first = room, *second = first + 2 * count;
    for (size_t i = 0; i < 2 * count; i++) {
        first[i] = (two_bytes)(int8_t)(from[i] & 0xFF);
        second[i] = (two_bytes)(int8_t)(from[i] >> 8);
    }
    return room;
}
#else
enum { WIDER = 1, KEEPS_SUMS = 0 };
INLINE const uint8_t *widen_rows(const uint8_t *bytes, size_t count, void *room) { return bytes; }
INLINE const int8_t *widen_columns(const int8_t *bytes, size_t count, void *room) { return bytes; }
#endif

// Rows and columns of one strip, from integers to what stands in memory afterwards.
INLINE void finish_strip(
    const ckernels_int8_product *product, strip_sums sums, size_t row, size_t rows, size_t column, size_t columns
) {
    for (size_t i = 0; i * LANES < columns; i++) {
        size_t place = column + i * LANES;
        integers offsets;
        memcpy(&offsets, product->column_sums + place, sizeof offsets);
        vector scales = load(product->column_scales + place);
        for (size_t r = 0; r < rows; r++) {
            vector x = __builtin_convertvector(sums[r][i] - offsets * 128, vector);
            finish(&product->ending, x * product->row_scales[row + r] * scales, row + r, place, columns - i * LANES);
        }
    }
}

#if defined(WIDENS)
INLINE void add_sums(strip_sums sums, strip_sums more, size_t blocks) {
    for (size_t row = 0; row < STRIP; row++) {
        for (size_t i = 0; i < blocks * PARTS; i++) sums[row][i] += more[row][i];
    }
}

// Some rows with one block or two, a part of the depth at a time: columns are widened once for all panels of rows of a task.
enum { WIDE_GROUPS = 64, WIDE_PANELS = 20 };
static void multiply_strips(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t column, size_t columns, size_t blocks
) {
    size_t groups = (product->depth + 3) / 4;
    const int8_t *block = product->blocks + column * groups * 4;
    int32_t wide_columns[2 * WIDER * WIDE_GROUPS * BLOCK] __attribute__((aligned(CACHE_LINE)));
    int32_t wide_rows[WIDER * WIDE_GROUPS * PANEL];
    strip_sums sums[2 * WIDE_PANELS];
    for (size_t first = first_row; first < last_row; first += WIDE_PANELS * PANEL) {
        size_t rows = last_row - first < WIDE_PANELS * PANEL ? last_row - first : WIDE_PANELS * PANEL;
        memset(sums, 0, (rows + STRIP - 1) / STRIP * sizeof *sums);
        for (size_t group = 0; group < groups; group += WIDE_GROUPS) {
            size_t count = groups - group < WIDE_GROUPS ? groups - group : WIDE_GROUPS, step = WIDER * count * BLOCK;
            for (size_t i = 0; i < blocks; i++)
                widen_columns(block + (i * groups + group) * 4 * BLOCK, count * BLOCK, wide_columns + i * step);
            for (size_t row = 0; row < rows; row += STRIP) {
                const uint8_t *panel = product->panels + ((first + row) / PANEL * groups + group) * 4 * PANEL;
                if (row % PANEL == 0) widen_rows(panel, count * PANEL, wide_rows);
                strip_sums more;
                sum_strip(
                    (const uint8_t *)(wide_rows + row % PANEL), 4, 4 * PANEL, (const int8_t *)wide_columns, 4 * step, blocks,
                    WIDER * count, NULL, more);
                add_sums(sums[row / STRIP], more, blocks);
            }
        }
        for (size_t row = 0; row < rows; row += STRIP) {
            size_t taken = rows - row < STRIP ? rows - row : STRIP;
            finish_strip(product, sums[row / STRIP], first + row, taken, column, columns);
        }
    }
}
#else
// Some rows with one block or two.
INLINE void multiply_strips(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t column, size_t columns, size_t blocks
) {
    size_t groups = (product->depth + 3) / 4;
    const int8_t *block = product->blocks + column * groups * 4, *coming = block + blocks * groups * 4 * BLOCK;
    for (size_t row = first_row; row < last_row; row += STRIP) {
        strip_sums sums;
        const uint8_t *strip = product->panels + row / PANEL * PANEL * groups * 4 + row % PANEL * 4;
        sum_strip(strip, 4, 4 * PANEL, block, groups * 4 * BLOCK, blocks, groups, coming, sums);
        coming += groups * (CACHE_LINE / GROUPS_PER_LINE);
        size_t rows = last_row - row < STRIP ? last_row - row : STRIP;
        if (columns == blocks * BLOCK) finish_strip(product, sums, row, rows, column, blocks * BLOCK);
        else finish_strip(product, sums, row, rows, column, columns);
    }
}
#endif

static void multiply_int8(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column,
    int32_t *sums) {
    for (size_t column = first_column; column < last_column; column += 2 * BLOCK) {
        size_t columns = last_column - column < 2 * BLOCK ? last_column - column : 2 * BLOCK;
        if (columns > BLOCK) multiply_strips(product, first_row, last_row, column, columns, 2);
        else multiply_strips(product, first_row, last_row, column, columns, 1);
    }
}
#endif
