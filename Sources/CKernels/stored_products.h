// Products in fp32 of many rows with a weight as it lies in its file, [columns][depth], at any alignment: columns are laid out,
// and widened, as strips that all rows share, and each weight comes from memory once. Included by kernels.h.

// Columns of a strip, and rows of a tile of it.
enum { STRIP_COLUMNS = SUM_PARTS * PART_LANES, STRIP_ROWS = SUMS / SUM_PARTS };

// Tiles of rows that a strip meets before the next does. With AVX-512 a tile of 14 rows, laid out, waits in the nearest cache for
// one strip after another; elsewhere the strip waits there, and rows are read where they lie.
#if defined(AVX512)
enum { GROUP_TILES = 1 };
#else
enum { GROUP_TILES = 16 };
#endif

// A task: result[rows, stride] += x[rows, depth] · weight[columns, depth]ᵀ, and where strips lie, [depth][STRIP_COLUMNS] each.
typedef struct {
    const float *x;
    size_t rows, depth, columns;
    float *result, *strips;
    size_t stride;
} stored_product;

// Lays out PANEL_DEPTH values of the depth. What stands beyond the last column is computed too and left out.
INLINE void pack_weights(stored_product product, const char *weight, size_t count, number type) {
    size_t pitch = product.depth * size_of(type), columns = product.columns;
    for (size_t column = 0; column < columns; column += PART_LANES) {
        const char *w[PART_LANES];
        for (size_t c = 0; c < PART_LANES; c++) w[c] = weight + (column + c < columns ? column + c : columns - 1) * pitch;
        size_t beside = column % STRIP_COLUMNS;
        pack_columns(w, count, product.strips + (column - beside) * PANEL_DEPTH + beside, STRIP_COLUMNS, type);
    }
}

// Not inlined where it is called: a tile for each number of rows is a lot of code.
static __attribute__((noinline)) void multiply_strip(
    size_t rows, size_t depth, const float *a, size_t pitch, const float *b, float *result, size_t stride, int add,
    coming next) {
#if defined(AVX512)
    layout at = {
        .row = LANES, .step = 1, .line = rows * LANES, .part = PART_LANES, .part_step = STRIP_COLUMNS, .twice = 1};
#else
    layout at = {.row = pitch, .step = 1, .line = LANES, .part = PART_LANES, .part_step = STRIP_COLUMNS};
#endif
    multiply_rows(rows, SUM_PARTS, depth, a, b, at, result, stride, add, next);
}

// Adds the products of a tile of rows with a strip, of which the result has some columns.
INLINE void add_strip(
    size_t rows, size_t depth, const float *a, size_t pitch, const float *b, float *result, size_t stride, size_t columns,
    coming next) {
    if (columns >= STRIP_COLUMNS) return multiply_strip(rows, depth, a, pitch, b, result, stride, 1, next);
    float sums[STRIP_ROWS * STRIP_COLUMNS] __attribute__((aligned(CACHE_LINE)));
    multiply_strip(rows, depth, a, pitch, b, sums, STRIP_COLUMNS, 0, next);
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) result[r * stride + c] += sums[r * STRIP_COLUMNS + c];
    }
}

// Adds the products of a group of tiles with all strips, `count` values from `place` on. Rows that come are asked for first, then
// weights from line *asked on.
INLINE void add_group(
    stored_product product, size_t tile, size_t last_tile, size_t place, size_t count, coming weights, size_t *asked) {
    enum { ROW_SHIFT = 4, TILE_LINES = PANEL_DEPTH / STEPS };
    size_t rows = product.rows, depth = product.depth, line = 0;
    const float *x = product.x + place, *then = x + first_row(last_tile, rows, STRIP_ROWS) * depth;
    coming next_rows = {(const char *)then, depth * sizeof *x, ROW_SHIFT, GROUP_TILES * STRIP_ROWS << ROW_SHIFT, 1};
#if defined(AVX512)
    float packed[LANES * PANEL_DEPTH] __attribute__((aligned(CACHE_LINE)));
    size_t top = first_row(tile, rows, STRIP_ROWS);
    pack_rows(x + top * depth, depth, first_row(last_tile, rows, STRIP_ROWS) - top, count, packed);
#endif
    for (size_t column = 0; column < product.columns; column += STRIP_COLUMNS) {
        const float *strip = product.strips + column * PANEL_DEPTH;
        for (size_t t = tile; t < last_tile; t++, line += TILE_LINES) {
            size_t first = first_row(t, rows, STRIP_ROWS), taken = first_row(t + 1, rows, STRIP_ROWS) - first;
#if defined(AVX512)
            const float *a = packed;
#else
            const float *a = x + first * depth;
#endif
            coming next = nothing_but(a);
            if (line < next_rows.count) {
                next = next_rows;
                next.first = coming_line(next, line);
            } else if (*asked < weights.count) {
                next = weights;
                next.first = coming_line(next, *asked);
                *asked += TILE_LINES * next.at_once;
            }
            float *to = product.result + first * product.stride + column;
            add_strip(taken, count, a, depth, strip, to, product.stride, product.columns - column, next);
        }
    }
}

INLINE void multiply_by_strips(stored_product product, const char *weight, number type) {
    size_t depth = product.depth, pitch = depth * size_of(type), shift = type == FLOAT32 ? 4 : 3;  // 1 << shift lines deep
    size_t tiles = panels_of(product.rows, STRIP_ROWS), lines = product.columns << shift;
    size_t asks = tiles * panels_of(product.columns, STRIP_COLUMNS) * (PANEL_DEPTH / STEPS);
    for (size_t k = 0; k < depth; k += PANEL_DEPTH) {
        size_t count = depth - k < PANEL_DEPTH ? depth - k : PANEL_DEPTH, asked = 0;
        const char *from = weight + k * size_of(type);
        const char *then = k + PANEL_DEPTH < depth ? from + PANEL_DEPTH * size_of(type) : weight + product.columns * pitch;
        pack_weights(product, from, count, type);
        // By the last byte: the first line may have come with what lies before it.
        coming weights = {then + CACHE_LINE - 1, pitch, shift, lines, lines <= asks ? 1 : 4};
        for (size_t tile = 0; tile < tiles; tile += GROUP_TILES) {
            size_t last = tile + GROUP_TILES < tiles ? tile + GROUP_TILES : tiles;
            add_group(product, tile, last, k, count, weights, &asked);
        }
    }
}

// A weight in bfloat16 is one part of three, so that a square is quicker than dot products from fewer rows on.
#if defined(AMX)
#include "stored_squares.h"
enum { DOT_ROWS_BFLOAT16 = 16, STORED_COLUMNS = SQUARE, STORED_SCRATCH = STRIP_BYTES / SQUARE / sizeof(float) };
#else
enum { DOT_ROWS_BFLOAT16 = CKERNELS_DOT_ROWS, STORED_COLUMNS = STRIP_COLUMNS, STORED_SCRATCH = PANEL_DEPTH };
#endif

INLINE void multiply_stored(
    const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, size_t stride,
    float *scratch, number type) {
    if (rows <= (type == BFLOAT16 ? DOT_ROWS_BFLOAT16 : CKERNELS_DOT_ROWS))
        return multiply_few_rows(x, rows, depth, weight, columns, result, stride, scratch, type);
    stored_product product = {
        .x = x, .rows = rows, .depth = depth, .columns = columns, .result = result, .strips = scratch, .stride = stride};
#if defined(AMX)
    multiply_by_squares(product, weight, type);
#else
    multiply_by_strips(product, weight, type);
#endif
}
#define MULTIPLY_STORED(name, type)                                                                      \
    static void name(                                                                                 \
        const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, \
        size_t stride, float *scratch) {                                                              \
        multiply_stored(x, rows, depth, weight, columns, result, stride, scratch, type);              \
    }
MULTIPLY_STORED(multiply_stored_float32, FLOAT32)
MULTIPLY_STORED(multiply_stored_bfloat16, BFLOAT16)
MULTIPLY_STORED(multiply_stored_float16, FLOAT16)
#undef MULTIPLY_STORED
