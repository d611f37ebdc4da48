// Products of 8-bit integers: rows quantised each by its own scale, weights each column by its own. Every level computes
// the same integers. Included by kernels.h.

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

// Quantises up to 16 values of a row or column and writes groups of four to places `pitch` bytes apart.
INLINE vector spread_part(vector v, float inverse, float offset, size_t groups, uint8_t *target, size_t pitch) {
    vector rounded = v * inverse + (ROUNDING + offset);
    bytes quantised = __builtin_convertvector((words)rounded & 0xFFu, bytes);
    for (size_t group = 0; group < groups; group++) {
        memcpy(target + group * pitch, (uint8_t *)&quantised + 4 * group, 4);
    }
    return rounded - (ROUNDING + offset);
}
// All of them; the last group is filled up with 0. `offset` makes them unsigned. Returns the sum of the quantised values,
// which a float holds exactly.
INLINE float spread(const float *x, size_t count, float inverse, float offset, uint8_t *target, size_t pitch) {
    vector total = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES, target += LANES / 4 * pitch) {
        total += spread_part(load(x + i), inverse, offset, LANES / 4, target, pitch);
    }
    if (i < count) {
        vector v = load_part(x + i, count - i, 0);
        total += spread_part(v, inverse, offset, (count - i + 3) / 4, target, pitch);
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

// Half a panel meets one block or two at a time: of all tiles that fit into the registers of AVX-512, the one with the fewest
// loads for each multiplication.
enum { STRIP = PANEL / 2, PARTS = BLOCK / LANES };
typedef integers strip_sums[STRIP][2 * PARTS];

// Sums over `groups` groups of four values; a row's group stands at row * row_step + group * group_step, the second block
// `block_step` bytes behind the first. `blocks` is a constant, and sums stay in registers while loops over them are unrolled.
// AVX-512 asks for a line from `coming` on, which is NULL or what will be read next, in each GROUPS_PER_LINE groups.
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
#elif defined(AVX2)
// Some rows and 16 columns at a time: as many sums as there are registers.
#if defined(AVXVNNI)
#define ROWS_AT_ONCE 6
#define SUMS_OF_8 2
INLINE void add_products(__m256i *total, int32_t four, const int8_t *block) {
    __m256i values = _mm256_set1_epi32(four);
    for (int part = 0; part < 2; part++) {
        __m256i weights = _mm256_loadu_si256((const __m256i *)(block + 32 * part));
        total[part] = _mm256_dpbusd_avx_epi32(total[part], values, weights);
    }
}
INLINE void store_sums(const __m256i *total, integers *sums) { memcpy(sums, total, sizeof *sums); }
#else
// Without a dot product of bytes: products of 16-bit integers, whose pairs are summed; sums of a column's two pairs stay
// beside each other until the end.
#define ROWS_AT_ONCE 3
#define SUMS_OF_8 4
INLINE void add_products(__m256i *total, int32_t four, const int8_t *block) {
    __m256i values = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
    for (int part = 0; part < 4; part++) {
        __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(block + 16 * part)));
        total[part] = _mm256_add_epi32(total[part], _mm256_madd_epi16(values, weights));
    }
}
INLINE void store_sums(const __m256i *total, integers *sums) {
    __m256i both[2];
    for (int half = 0; half < 2; half++) {
        __m256i pairs = _mm256_hadd_epi32(total[2 * half], total[2 * half + 1]);
        both[half] = _mm256_permute4x64_epi64(pairs, 0xD8);
    }
    memcpy(sums, both, sizeof *sums);
}
#endif
INLINE void sum_strip(
    const uint8_t *rows, size_t row_step, size_t group_step, const int8_t *block, size_t block_step, size_t blocks,
    size_t groups, const int8_t *coming, strip_sums sums
) {
    for (size_t first = 0; first < STRIP; first += ROWS_AT_ONCE) {
        for (size_t i = 0; i < blocks * PARTS; i++) {
            const int8_t *columns = block + i / PARTS * block_step + i % PARTS * 4 * LANES;
            __m256i total[ROWS_AT_ONCE][SUMS_OF_8];
            memset(total, 0, sizeof total);
            for (size_t group = 0; group < groups; group++) {
#pragma clang loop unroll(full)
                for (size_t row = 0; row < ROWS_AT_ONCE; row++) {
                    int32_t four;
                    memcpy(&four, rows + group * group_step + (first + row) * row_step, sizeof four);
                    add_products(total[row], four, columns + group * 4 * BLOCK);
                }
            }
            for (size_t row = 0; row < ROWS_AT_ONCE; row++) store_sums(total[row], &sums[first + row][i]);
        }
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

static void multiply_int8(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column
) {
    for (size_t column = first_column; column < last_column; column += 2 * BLOCK) {
        size_t columns = last_column - column < 2 * BLOCK ? last_column - column : 2 * BLOCK;
        if (columns > BLOCK) multiply_strips(product, first_row, last_row, column, columns, 2);
        else multiply_strips(product, first_row, last_row, column, columns, 1);
    }
}
