// Products in fp32 with a weight as it lies in its file, [columns][depth], at any alignment. Up to 6 rows are dot products
// that widen a narrow weight in registers. More rows share the work of laying some columns out as panels, which stay in
// the nearest cache while up to 192 rows go by: for those, each weight comes from memory once.
// Included by kernels.h.

// Tiles of as many sums as there are registers.
#if defined(AVX512)
enum { DOT_ROWS = 6, DOT_COLUMNS = 4 };
#else
enum { DOT_ROWS = 3, DOT_COLUMNS = 2 };
#endif
enum { MOST_DOT_ROWS = 6 };

// How a weight is stored; a constant where these functions are inlined.
typedef enum { FLOAT32, BFLOAT16, FLOAT16 } number;
INLINE size_t size_of(number type) { return type == FLOAT32 ? 4 : 2; }

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

// Panels of 32 KiB and a tile of rows lie in the nearest cache, all rows in the next one: the more of them, the less laying
// out.
enum { PANEL_DEPTH = 256, PANEL_COLUMNS = SUM_PANELS * LANES, MOST_ROWS = CKERNELS_STORED_ROWS };

INLINE void zip_values(vector *a, vector *b) {
    vector low = __builtin_shufflevector(*a, *b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    *b = __builtin_shufflevector(*a, *b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    *a = low;
}
INLINE void deal_quarters(vector *a, vector *b) {
    vector even = __builtin_shufflevector(*a, *b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    *b = __builtin_shufflevector(*a, *b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    *a = even;
}
#define PAIRS(step, exchange)                                         \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) \
        if (!(i & (step))) exchange(v + i, v + i + (step));
// Sixteen vectors of 32 bits, in place: rows become columns.
INLINE void transpose(vector v[LANES]) {
    PAIRS(2, zip_values)
    PAIRS(1, zip_values)
    PAIRS(4, deal_quarters)
    PAIRS(8, deal_quarters)
}
#undef PAIRS

// Lays a line of each of 16 columns out as a piece of a panel, widened: 32 bits are one value or two that follow.
INLINE void pack_lines(const char *lines, size_t pitch, float *panel, number type) {
    vector v[LANES];
#pragma clang loop unroll(full)
    for (int c = 0; c < LANES; c++) memcpy(v + c, lines + c * pitch, sizeof(vector));
    transpose(v);
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
        words pair = (words)v[i];
        if (type == FLOAT32) {
            store(panel + i * LANES, v[i]);
        } else if (type == BFLOAT16) {
            store(panel + 2 * i * LANES, (vector)(pair << 16));
            store(panel + (2 * i + 1) * LANES, (vector)(pair & 0xFFFF0000u));
        } else {
            store(panel + 2 * i * LANES, widened(__builtin_convertvector(pair & 0xFFFFu, halves)));
            store(panel + (2 * i + 1) * LANES, widened(__builtin_convertvector(pair >> 16, halves)));
        }
    }
}
// Columns are copied side by side first: where they lie, lines are not aligned, and the strides of common widths let
// them push one another out of the cache before their second half is read.
INLINE void pack_panel(const char *const *w, size_t count, float *panel, number type) {
    enum { PITCH = PANEL_DEPTH * 4 + CACHE_LINE };
    char lines[LANES * PITCH] __attribute__((aligned(CACHE_LINE)));
    size_t bytes = count * size_of(type), pitch = PANEL_DEPTH * size_of(type) + CACHE_LINE;
    for (size_t c = 0; c < LANES; c++) {
        if (count == PANEL_DEPTH) memcpy(lines + c * pitch, w[c], PANEL_DEPTH * size_of(type));
        else memcpy(lines + c * pitch, w[c], bytes);
    }
    for (size_t place = 0; place < bytes; place += CACHE_LINE)
        pack_lines(lines + place, pitch, panel + place / size_of(type) * LANES, type);
}

// Adds the products of all rows with two panels, or one, to the first `columns` of a result.
static void add_panels(
    const float *x, size_t rows, size_t depth, const float *panels, float *result, size_t stride, size_t columns,
    coming next) {
    float sums[SUM_ROWS * PANEL_COLUMNS] __attribute__((aligned(CACHE_LINE)));
    size_t parts = (rows + SUM_ROWS - 1) / SUM_ROWS, asked = 0;
    for (size_t part = 0; part < parts; part++) {
        size_t first = rows * part / parts, count = rows * (part + 1) / parts - first;
        coming lines = {asked < PANEL_COLUMNS ? next.first + asked * next.stride : NULL, next.stride, next.shift};
        const float *from = x + first * PANEL_DEPTH;
        float *to = result + first * stride;
        asked += PANEL_DEPTH >> next.shift;
        if (columns == PANEL_COLUMNS) {
            multiply_rows(
                count, SUM_PANELS, depth, from, PANEL_DEPTH, panels, PANEL_DEPTH * LANES, to, stride, 1, lines);
            continue;
        }
        multiply_rows(
            count, SUM_PANELS, depth, from, PANEL_DEPTH, panels, PANEL_DEPTH * LANES, sums, PANEL_COLUMNS, 0, lines);
        for (size_t r = 0; r < count; r++) {
            for (size_t c = 0; c < columns; c += LANES) {
                float *place = to + r * stride + c;
                vector sum = load_some(place, columns - c) + load(sums + r * PANEL_COLUMNS + c);
                store_some(place, sum, columns - c);
            }
        }
    }
}

// Up to MOST_ROWS rows. Rows are copied side by side: at a stride of a power of two they would push one another out of
// the cache.
INLINE void multiply_by_panels(
    const float *x, size_t rows, size_t depth, const char *weight, size_t columns, float *result, size_t stride,
    number type) {
    float block[MOST_ROWS * PANEL_DEPTH];
    float panels[PANEL_COLUMNS * PANEL_DEPTH] __attribute__((aligned(CACHE_LINE)));
    size_t pitch = depth * size_of(type), shift = type == FLOAT32 ? 4 : 3;  // PANEL_DEPTH values are 1 << shift lines
    for (size_t k = 0; k < depth; k += PANEL_DEPTH) {
        size_t count = depth - k < PANEL_DEPTH ? depth - k : PANEL_DEPTH;
        for (size_t r = 0; r < rows; r++) memcpy(block + r * PANEL_DEPTH, x + r * depth + k, count * sizeof *x);
        const char *from = weight + k * size_of(type);
        for (size_t column = 0; column < columns; column += PANEL_COLUMNS) {
            const char *w[PANEL_COLUMNS];
            for (size_t c = 0; c < PANEL_COLUMNS; c++)
                w[c] = from + (column + c < columns ? column + c : columns - 1) * pitch;
            for (size_t p = 0; p < SUM_PANELS; p++)
                pack_panel(w + p * LANES, count, panels + p * PANEL_DEPTH * LANES, type);
            // What comes is asked for by its last byte: its first line may have come with what lies before it.
            size_t after = column + PANEL_COLUMNS;
            const char *coming_from = after < columns ? from + after * pitch : from + PANEL_DEPTH * size_of(type);
            coming next = {coming_from + CACHE_LINE - 1, pitch, shift};
            size_t wide = after < columns ? PANEL_COLUMNS : columns - column;
            add_panels(block, rows, count, panels, result + column, stride, wide, next);
        }
    }
}

INLINE void multiply_stored(
    const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, size_t stride,
    number type) {
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
    size_t parts = (rows + MOST_ROWS - 1) / MOST_ROWS;
    for (size_t part = 0; part < parts; part++) {
        size_t first = rows * part / parts, count = rows * (part + 1) / parts - first;
        multiply_by_panels(x + first * depth, count, depth, weight, columns, result + first * stride, stride, type);
    }
}
#define MULTIPLY_STORED(name, type)                                                                      \
    static void name(                                                                                 \
        const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result, \
        size_t stride) {                                                                              \
        multiply_stored(x, rows, depth, weight, columns, result, stride, type);                          \
    }
MULTIPLY_STORED(multiply_stored_float32, FLOAT32)
MULTIPLY_STORED(multiply_stored_bfloat16, BFLOAT16)
MULTIPLY_STORED(multiply_stored_float16, FLOAT16)
#undef MULTIPLY_STORED
