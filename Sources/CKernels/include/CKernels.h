#pragma once
#include <stddef.h>
#include <stdint.h>

// Rows of a product are taken 12 at a time, columns 32.
enum { CKERNELS_PANEL = 12, CKERNELS_BLOCK = 32 };
// Most rows that products with stored weights take as dot products, and the values of the depth that those take at a time.
enum { CKERNELS_DOT_ROWS = 32, CKERNELS_DOT_DEPTH = 1024 };

// What becomes of a product p: result = p, result = gelu(p), or result += p * gate (gate may be NULL: 1).
enum { CKERNELS_FINISH_STORE, CKERNELS_FINISH_GELU, CKERNELS_FINISH_ADD };

typedef struct {
    float *result;  // [rows, stride]
    size_t stride;
    const float *bias;  // [columns] or NULL
    const float *gate;  // [columns] or NULL
    int finish;
} ckernels_product_ending;

// rows x weights, 8 bits each: `value / scale`, rows plus 128, in groups of four values of the depth. Rows lie in panels
// [panels][depth / int8_group][int8_panel][int8_group], weights in blocks [blocks][groups][32][4]; depths are filled up with
// weights of 0 to a multiple of int8_group. column_scales and column_sums reach to the end of the last block.
typedef struct {
    const uint8_t *panels;
    const float *row_scales;
    const int8_t *blocks;
    const float *column_scales;
    const int32_t *column_sums;  // of the quantised weights of a column
    size_t depth;
    ckernels_product_ending ending;
} ckernels_int8_product;

// Values of the depth that a product in half takes at a time.
enum { CKERNELS_HALF_DEPTH = 256 };

// rows x weights, both `value / scale` rounded to half, scales being powers of two. Rows are rounded when they are used;
// weights lie in blocks [blocks][depth][32], and column_scales reaches to the end of the last block.
typedef struct {
    const float *rows;  // [rows, depth]
    const float *row_scales;
    const uint16_t *blocks;
    const float *column_scales;
    size_t depth;
    ckernels_product_ending ending;
} ckernels_half_product;

typedef void (*ckernels_stored_product)(
    const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, size_t stride,
    float *scratch);

// Most keys that a query meets at a time.
enum { CKERNELS_ATTENTION_KEYS = 512 };

// Keys and values of one head in 8 bits; counts of keys are rounded up to 32, widths of keys to int8_group and of values to 32.
typedef struct {
    int8_t *keys;        // blocks [keys / 32][width / 4][32][4]
    float *key_scales;   // [keys]
    int32_t *key_sums;   // [keys], of the quantised values of a key
    int8_t *values;      // blocks [width / 32][keys / 4][32][4], keys rounded up to int8_group
    float *value_scales; // [width]
} ckernels_int8_head;

// Keys first ..< first + count of a tensor, packed from `place` on, which is a multiple of 32.
typedef struct {
    size_t first;
    size_t count;
    size_t place;
} ckernels_key_run;

// Packed keys first ..< first + count; `first` is a multiple of 32.
typedef struct {
    size_t first;
    size_t count;
} ckernels_key_span;

// One head: pointers are to its first channel, rows are `stride` values apart.
typedef struct {
    const float *query;
    float *result;
    size_t stride;
    size_t keys;  // places of packed keys; those between runs are never looked at
    const ckernels_key_span *spans;  // what these queries meet, in this order, at least one key
    size_t span_count;
    size_t width;
    float scale;
    size_t keys_at_once;  // a multiple of 32, at most CKERNELS_ATTENTION_KEYS
    const float *bias;    // [queries, bias_stride], by place of the key, or NULL; a stride of 0 means one row for all
    size_t bias_stride;
    const void *packed_keys;    // fp32, or halves for attend_half
    const void *packed_values;
    float key_scale, value_scale;  // of halves
    ckernels_int8_head int8;
} ckernels_attention;

// SIMD kernels on single rows and tiles; Swift cuts the work and calls them from its threads.
// Each is compiled once per level, that is per group of instruction sets.
typedef struct {
    const char *name;
    const char *blas_core;  // the OpenBLAS kernels that fit this level; NULL where any do
    int multiplies_int8;    // 1 where products of 8-bit integers are quicker than those of fp32
    int multiplies_half;    // 1 where the level multiplies halves without widening them
    int widens_int8;        // 1 where products of 8-bit integers are computed from pairs of 16 bits
    // In 8 bits: rows of a panel, bytes of each that lie side by side, which is what the depth is filled up to a multiple of, and
    // rows that are read at a time; 1 where sums of a task live beside it.
    size_t int8_panel, int8_group, int8_rows;
    int keeps_int8_sums;

    void (*widen_bfloat16)(const void *source, float *target, size_t count);
    void (*widen_float16)(const void *source, float *target, size_t count);

    // In place: x = gelu(x), the tanh form; x = silu(x).
    void (*gelu_tanh)(float *x, size_t count);
    void (*silu)(float *x, size_t count);

    // y = (x - mean) / sqrt(variance + epsilon) * scale + shift over one row; scale and shift may be NULL (1 and 0).
    void (*layer_norm)(const float *x, float *y, size_t width, float epsilon, const float *scale, const float *shift);
    // y = x / sqrt(mean of squares + epsilon) * weight over one row.
    void (*rms_norm)(const float *x, float *y, size_t width, float epsilon, const float *weight);
    // y = x / max(|x|, 1e-12) * gain over one row.
    void (*l2_norm)(const float *x, float *y, size_t width, const float *gain);

    // Turns neighbouring pairs of one row of `heads` heads by the angles of `cosine` and `sine` [head_width / 2].
    void (*rotate)(float *row, size_t heads, size_t head_width, const float *cosine, const float *sine);

    // x += y * gate; gate may be NULL (1).
    void (*add_gated)(float *x, const float *y, const float *gate, size_t count);
    // x *= factor.
    void (*scale)(float *x, float factor, size_t count);
    // x · y / (|x| |y|), NaN where either is 0 or not finite.
    float (*cosine)(const float *x, const float *y, size_t count);

    // One row of attention scores under a running maximum: scores become exp(factor * score + bias) / 2^maximum, `maximum`
    // and `sum` go on from their old values, and the return value is what earlier sums must be multiplied by.
    // bias may be NULL, `factor` is not below 0.
    float (*softmax_step)(float *scores, const float *bias, size_t count, float factor, float *maximum, float *sum);

    // result[rows, stride] += x[rows, depth] · weight[columns, depth]ᵀ; the weight may lie at any alignment. Up to
    // CKERNELS_DOT_ROWS rows, with weights in bfloat16 dot_rows_bfloat16, `scratch` has CKERNELS_DOT_DEPTH values for each; for more rows it has `stored_scratch` values for
    // each column, rounded up to a multiple of `stored_columns`. It should be aligned to a line of the cache. Up to
    // `most_stored_rows` rows it is quicker than OpenBLAS.
    size_t most_stored_rows, dot_rows_bfloat16, stored_columns, stored_scratch;
    ckernels_stored_product multiply_stored_float32, multiply_stored_bfloat16, multiply_stored_float16;

    // Quantises one row into its place in a panel, or one column into its place in a block, and returns the scale: 0 for
    // zeros, NaN where a value is not finite.
    float (*quantise_row)(const float *x, size_t depth, uint8_t *panel);
    float (*quantise_column)(const float *x, size_t depth, int8_t *block, int32_t *sum);
    // Computes some rows and columns of a product; the first row is a multiple of int8_rows, the first column begins a block.
    // Where keeps_int8_sums is 1, `sums` has as many values as they are, rounded up to int8_rows and 32.
    void (*multiply_int8)(
        const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column,
        int32_t *sums);

    // What rows of values, `stride` apart, are divided by before they are rounded to half: a power of two, the larger the
    // larger their largest finite value.
    float (*half_scale)(const float *x, size_t rows, size_t width, size_t stride);
    // Rounds one column into its place in a block.
    void (*narrow_column)(const float *x, size_t depth, float scale, uint16_t *block);
    // Computes some rows and columns of a product; the first column begins a block. With rows rounded up to 12 and columns
    // to 32, scratch holds rows * (columns + CKERNELS_HALF_DEPTH) values.
    void (*multiply_half)(
        const ckernels_half_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column,
        float *scratch);

    // Packs keys of one head into blocks of 32, and `count` values from `place` on into blocks of 32 channels, of which each has
    // all places. A block of keys has packed_bytes for each of its keys and the width, a block of values for each of the places and
    // 32 channels, where width and places are rounded up to attend_depth.
    size_t attend_rows, attend_depth, packed_bytes;
    void (*pack_keys)(const float *key, size_t stride, size_t count, size_t width, void *blocks);
    void (*pack_values)(
        const float *value, size_t stride, size_t count, size_t width, void *blocks, size_t place, size_t places);
    // Answers queries first ..< last. With `rows` of them rounded up to 12 and `pitch` the width rounded up to 32, scratch
    // holds rows * (width + pitch + 3) values at each precision. In fp32 rows are rounded up to attend_rows, the width to
    // attend_depth, and it counts for packed_bytes each; in 8 bits they are rounded up to int8_rows and int8_group. In 8 bits a level
    // that widens_int8 wants, behind that, a line of the cache and, for each of the most keys that are met at a time, rounded
    // up to 32, width + pitch pairs of bytes.
    void (*attend)(const ckernels_attention *attention, size_t first, size_t last, float *scratch);
    // The same in half, divided by one scale for all keys of a head and one for all values.
    void (*pack_half_keys)(
        const float *key, size_t stride, size_t count, size_t width, float scale, uint16_t *blocks);
    void (*pack_half_values)(
        const float *value, size_t stride, size_t count, size_t width, float scale, uint16_t *blocks, size_t place,
        size_t places);
    void (*attend_half)(const ckernels_attention *attention, size_t first, size_t last, float *scratch);
    // Quantises keys and values of one head, run by run; scratch of 2 * width values.
    void (*pack_int8)(
        const ckernels_int8_head *head, const float *key, const float *value, size_t stride, const ckernels_key_run *runs,
        size_t run_count, size_t places, size_t width, float *scratch);
    void (*attend_int8)(const ckernels_attention *attention, size_t first, size_t last, float *scratch);

    // Winograd's F(4x4, 3x3), the 36 positions of a tile `stride` values apart.
    // A window of 6x6 pixels of `channels` values each becomes values `place` and following of a row whose 16 values at a time
    // stand `line` values apart.
    void (*winograd_window)(
        const float *const pixels[36], size_t channels, float *row, size_t place, size_t line, size_t stride);
    // 3x3 taps of up to 16 outputs, for each of `channels`, into a panel [channels][16].
    void (*winograd_taps)(
        const float *weight, size_t tap_stride, size_t row_stride, size_t channels, size_t columns, float *target,
        size_t stride);
    // Products back to rows x columns pixels, at most 4x4, plus bias. Sums are padded to a multiple of 16 channels.
    void (*winograd_sums)(
        const float *sums, size_t stride, size_t channels, const float *bias, float *pixels, size_t rows, size_t columns,
        size_t row_stride, size_t pixel_stride);
    // result = a x b; a in n panels of up to 12 rows, [depth / 16][rows of the panel][16], of which panel p begins at row
    // rows * p / n; b in panels [depth][16], for each of which result has 16 columns.
    void (*multiply_panels)(
        size_t rows, size_t panels, size_t depth, const float *a, const float *b, size_t panel_stride, float *result,
        size_t stride);
} ckernels_table;

// The levels that this CPU runs, in the order portable, avx2, avxvnni, avx512, avx512vnni, avx512fp16, amx; the last
// is the fastest. Tests compare each with plain loops in Swift.
enum { CKERNELS_MOST_LEVELS = 7 };
size_t ckernels_levels(const ckernels_table *levels[CKERNELS_MOST_LEVELS]);

// The level that is computed with: the fastest, or the one chosen by name.
const ckernels_table *ckernels_chosen(void);

// To be called before the first kernel. Returns 0, and changes nothing, where this CPU has no level of that name.
int ckernels_choose(const char *name);

// The level for any CPU.
const ckernels_table *ckernels_portable(void);
