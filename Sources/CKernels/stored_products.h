// Products in fp32 of many rows with a weight as it lies in its file, [columns][depth], at any alignment: columns are laid out,
// and widened, as panels that all rows share, and each weight comes from memory once. Included by kernels.h.

enum { PANEL_COLUMNS = SUM_PANELS * LANES };

// Lays out what a task multiplies by in PANEL_DEPTH steps, [columns / PANEL_COLUMNS][depth][PANEL_COLUMNS]. What stands
// beyond the last column is computed too and left out.
INLINE void pack_weights(
    const char *weight, size_t pitch, size_t columns, size_t count, float *panels, number type) {
    for (size_t column = 0; column < columns; column += LANES) {
        const char *w[LANES];
        for (size_t c = 0; c < LANES; c++) w[c] = weight + (column + c < columns ? column + c : columns - 1) * pitch;
        size_t beside = column % PANEL_COLUMNS;
        pack_columns(w, count, panels + (column - beside) * PANEL_DEPTH + beside, PANEL_COLUMNS, type);
    }
}

// Not inlined where it is called: a tile for each number of rows is a lot of code.
static __attribute__((noinline)) void multiply_beside(
    size_t rows, size_t depth, const float *a, const float *b, float *result, size_t stride, int add, coming next) {
    layout at = {1, LANES, LANES, PANEL_COLUMNS, 1};
    multiply_rows(rows, SUM_PANELS, depth, a, b, at, result, stride, add, next);
}

// Adds the products of a panel of rows with PANEL_COLUMNS columns, of which the result has some.
INLINE void add_columns(
    size_t rows, size_t depth, const float *a, const float *b, float *result, size_t stride, size_t columns, coming next) {
    if (columns >= PANEL_COLUMNS) return multiply_beside(rows, depth, a, b, result, stride, 1, next);
    float sums[PANEL_ROWS * PANEL_COLUMNS] __attribute__((aligned(CACHE_LINE)));
    multiply_beside(rows, depth, a, b, sums, PANEL_COLUMNS, 0, next);
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c += LANES) {
            float *place = result + r * stride + c;
            vector sum = load_some(place, columns - c) + load(sums + r * PANEL_COLUMNS + c);
            store_some(place, sum, columns - c);
        }
    }
}

// Adds the products of a panel of rows with all columns that are laid out. Rows that come are asked for first, then weights
// from line *asked on.
INLINE void add_panel(
    size_t rows, size_t depth, const float *a, const float *panels, size_t columns, float *result, size_t stride,
    coming next_rows, coming weights, size_t *asked) {
    enum { TILE_LINES = PANEL_DEPTH / STEPS };
    for (size_t column = 0, line = 0; column < columns; column += PANEL_COLUMNS, line += TILE_LINES) {
        coming next = nothing_but(a);
        if (line < next_rows.count) {
            next = next_rows;
            next.first = coming_line(next, line);
        } else if (*asked < weights.count) {
            next = weights;
            next.first = coming_line(next, *asked);
            *asked += TILE_LINES * next.at_once;
        }
        add_columns(
            rows, depth, a, panels + column * PANEL_DEPTH, result + column, stride, columns - column, next);
    }
}

// Panels of all columns lie in the second nearest cache, where panels of rows meet them one after another, each from the
// nearest.
INLINE void multiply_by_panels(
    const float *x, size_t rows, size_t depth, const char *weight, size_t columns, float *result, size_t stride,
    float *panels, number type) {
    enum { ROW_SHIFT = 4 };
    float a[LANES * PANEL_DEPTH] __attribute__((aligned(CACHE_LINE)));
    size_t pitch = depth * size_of(type), shift = type == FLOAT32 ? 4 : 3;  // PANEL_DEPTH values are 1 << shift lines
    size_t lines = columns << shift, tiles = (columns + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
    size_t asks = panels_of(rows, PANEL_ROWS) * tiles * (PANEL_DEPTH / STEPS);
    for (size_t k = 0; k < depth; k += PANEL_DEPTH) {
        size_t count = depth - k < PANEL_DEPTH ? depth - k : PANEL_DEPTH, asked = 0;
        const char *from = weight + k * size_of(type);
        const char *then = k + PANEL_DEPTH < depth ? from + PANEL_DEPTH * size_of(type) : weight + columns * pitch;
        pack_weights(from, pitch, columns, count, panels, type);
        // By the last byte: the first line may have come with what lies before it.
        coming weights = {then + CACHE_LINE - 1, pitch, shift, lines, lines <= asks ? 1 : 4};
        for (size_t panel = 0; panel < panels_of(rows, PANEL_ROWS); panel++) {
            size_t first = first_row(panel, rows, PANEL_ROWS), last = first_row(panel + 1, rows, PANEL_ROWS);
            pack_rows(x + first * depth + k, depth, last - first, count, a);
            coming next_rows = {(const char *)(x + last * depth + k), depth * sizeof *x, ROW_SHIFT, PANEL_ROWS << ROW_SHIFT, 1};
            add_panel(
                last - first, count, a, panels, columns, result + first * stride, stride, next_rows, weights, &asked);
        }
    }
}

INLINE void multiply_stored(
    const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, size_t stride,
    float *scratch, number type) {
    if (rows <= CKERNELS_DOT_ROWS) multiply_few_rows(x, rows, depth, weight, columns, result, stride, scratch, type);
    else multiply_by_panels(x, rows, depth, weight, columns, result, stride, scratch, type);
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
