// Products in fp32 with a weight as it lies in its file, [columns][depth], at any alignment. Up to 6 rows are dot products
// that widen a narrow weight in registers. For more, columns are laid out as panels that all rows share, and each weight comes
// from memory once. Included by kernels.h.

// Tiles of as many sums as there are registers.
#if defined(AVX512)
enum { DOT_ROWS = 6, DOT_COLUMNS = 4 };
#else
enum { DOT_ROWS = 3, DOT_COLUMNS = 2 };
#endif
enum { MOST_DOT_ROWS = 6 };

// Up to 16 values; zeros stand for the rest.
INLINE vector read_values(const void *p, size_t count, number type) {
    if (type == FLOAT32) return load_some(p, count);
    halves h = {0};
    if (count >= LANES) memcpy(&h, p, sizeof h);
    else memcpy(&h, p, count * sizeof(uint16_t));
    return type == BFLOAT16 ? widened_bfloat16(h) : widened(h);
}

INLINE void add_dots(
    const float *const *x, const char *const *w, size_t k, size_t count, number type,
    vector sums[DOT_ROWS][DOT_COLUMNS]) {
    vector weights[DOT_COLUMNS];
#pragma clang loop unroll(full)
    for (int c = 0; c < DOT_COLUMNS; c++) weights[c] = read_values(w[c] + k * size_of(type), count, type);
#pragma clang loop unroll(full)
    for (int r = 0; r < DOT_ROWS; r++) {
        vector values = load_some(x[r] + k, count);
#pragma clang loop unroll(full)
        for (int c = 0; c < DOT_COLUMNS; c++) sums[r][c] += values * weights[c];
    }
}

// Rows and columns from the first on; what lies beyond the last one is computed like the last one and left out.
INLINE void multiply_dots(
    const float *x, size_t rows, size_t depth, const char *weight, size_t columns, float *result, size_t stride,
    number type) {
    const float *from[DOT_ROWS];
    const char *w[DOT_COLUMNS];
    size_t pitch = depth * size_of(type);
    for (size_t r = 0; r < DOT_ROWS; r++) from[r] = x + (r < rows ? r : rows - 1) * depth;
    for (size_t c = 0; c < DOT_COLUMNS; c++) w[c] = weight + (c < columns ? c : columns - 1) * pitch;
    vector sums[DOT_ROWS][DOT_COLUMNS];
#pragma clang loop unroll(full)
    for (int r = 0; r < DOT_ROWS; r++) {
#pragma clang loop unroll(full)
        for (int c = 0; c < DOT_COLUMNS; c++) sums[r][c] = splat(0);
    }
    size_t k = 0;
    for (; k + LANES <= depth; k += LANES) {
#pragma clang loop unroll(full)
        for (int c = 0; c < DOT_COLUMNS; c++)
            __builtin_prefetch(w[c] + DOT_COLUMNS * pitch + k * size_of(type), 0, 2);
        add_dots(from, w, k, LANES, type, sums);
    }
    if (k < depth) add_dots(from, w, k, depth - k, type, sums);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < DOT_ROWS; r++) {
#pragma clang loop unroll(full)
        for (size_t c = 0; c < DOT_COLUMNS; c++) {
            float sum = sum_of(sums[r][c]);
            if (r < rows && c < columns) result[r * stride + c] += sum;
        }
    }
}

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
// nearest. A few panels of rows stay where they are and meet columns as these are laid out.
INLINE void multiply_by_panels(
    const float *x, size_t rows, size_t depth, const char *weight, size_t columns, float *result, size_t stride,
    float *panels, number type) {
    enum { FEW_PANELS = 4, PANEL_SIZE = LANES * PANEL_DEPTH, ROW_SHIFT = 4 };
    float row_panels[FEW_PANELS * PANEL_SIZE] __attribute__((aligned(CACHE_LINE)));
    size_t pitch = depth * size_of(type), shift = type == FLOAT32 ? 4 : 3;  // PANEL_DEPTH values are 1 << shift lines
    int few = panels_of(rows) <= FEW_PANELS;
    size_t taken = few ? PANEL_COLUMNS : columns, lines = taken << shift;
    size_t asks = panels_of(rows) * ((taken + PANEL_COLUMNS - 1) / PANEL_COLUMNS) * (PANEL_DEPTH / STEPS);
    for (size_t k = 0; k < depth; k += PANEL_DEPTH) {
        size_t count = depth - k < PANEL_DEPTH ? depth - k : PANEL_DEPTH;
        for (size_t column = 0; column < columns; column += taken) {
            size_t wide = columns - column < taken ? columns - column : taken, asked = 0;
            const char *from = weight + column * pitch + k * size_of(type), *then = from + taken * pitch;
            if (column + taken >= columns && k + PANEL_DEPTH < depth) then = weight + (k + PANEL_DEPTH) * size_of(type);
            pack_weights(from, pitch, wide, count, panels, type);
            // By the last byte: the first line may have come with what lies before it.
            coming weights = {then + CACHE_LINE - 1, pitch, shift, lines, lines <= asks ? 1 : 4};
            for (size_t panel = 0; panel < panels_of(rows); panel++) {
                size_t first = first_row(panel, rows), last = first_row(panel + 1, rows);
                float *a = row_panels + (few ? panel * PANEL_SIZE : 0);
                if (!few || column == 0) pack_rows(x + first * depth + k, depth, last - first, count, a);
                const char *row = (const char *)(x + last * depth + k);
                coming next_rows = {row, depth * sizeof *x, ROW_SHIFT, few ? 0 : PANEL_ROWS << ROW_SHIFT, 1};
                add_panel(
                    last - first, count, a, panels, wide, result + first * stride + column, stride, next_rows, weights,
                    &asked);
            }
        }
    }
}

INLINE void multiply_stored(
    const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, size_t stride,
    float *scratch, number type) {
    if (rows <= MOST_DOT_ROWS) {
        for (size_t column = 0; column < columns; column += DOT_COLUMNS) {
            const char *from = (const char *)weight + column * depth * size_of(type);
            for (size_t row = 0; row < rows; row += DOT_ROWS)
                multiply_dots(
                    x + row * depth, rows - row, depth, from, columns - column, result + row * stride + column, stride,
                    type);
        }
        return;
    }
    multiply_by_panels(x, rows, depth, weight, columns, result, stride, scratch, type);
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
