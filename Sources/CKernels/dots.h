// Products in fp32 of a few rows with a weight as it lies in its file, [columns][depth], at any alignment: dot products, whose
// lanes are values of the depth, so that nothing of a weight is laid out for a single use. Included by kernels.h.

// A tile is as many sums as there are registers.
#if defined(AVX512)
enum { DOT_ROWS = 8, DOT_COLUMNS = 3 };
#else
enum { DOT_ROWS = 6, DOT_COLUMNS = 1 };
#endif
// The depth is read a piece at a time. Rows of a tile, DOT_DEPTH deep, fit into the nearest cache beside its columns; a group
// of columns that deep fits into the second beside all rows, also where strides let columns share a part of it.
enum { PIECE = 2 * LANES, DOT_DEPTH = CKERNELS_DOT_DEPTH, GROUP_COLUMNS = 48 };

// A piece of a column, widened: values in bfloat16 come apart into those at even and at odd places, which is one operation for
// each vector.
INLINE void read_piece(const char *w, number type, vector piece[2]) {
    if (type == FLOAT32) {
        memcpy(piece, w, 2 * sizeof *piece);
    } else if (type == BFLOAT16) {
        words pairs;
        memcpy(&pairs, w, sizeof pairs);
        piece[0] = (vector)(pairs << 16);
        piece[1] = (vector)(pairs & 0xFFFF0000u);
    } else {
        halves values[2];
        memcpy(values, w, sizeof values);
        piece[0] = widened(values[0]);
        piece[1] = widened(values[1]);
    }
}

// A piece of a row in the order in which those of columns are read.
INLINE void place_piece(const float *x, number type, float *to) {
    vector a = load(x), b = load(x + LANES);
    if (type == BFLOAT16) {
        store(to, __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
        store(to + LANES, __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
    } else {
        store(to, a);
        store(to + LANES, b);
    }
}

// Rows of a tile, [pieces][rows][PIECE]; zeros stand beyond the last value.
INLINE void place_rows(const float *x, size_t stride, size_t rows, size_t count, number type, float *to) {
    for (size_t r = 0; r < rows; r++, x += stride, to += PIECE) {
        size_t k = 0;
        for (; k + PIECE <= count; k += PIECE) place_piece(x + k, type, to + k * rows);
        if (k == count) continue;
        float rest[PIECE] = {0};
        memcpy(rest, x + k, (count - k) * sizeof *x);
        place_piece(rest, type, to + k * rows);
    }
}

// Of two vectors whose sums are wanted, lanes `step` apart are added: first where the lane has not this bit, second where it
// has. After four steps a lane is the sum of the vector of its number.
#define EITHER(i, step) ((i) & (step) ? LANES + (i) : (i))
#define OTHER(i, step) ((i) & (step) ? LANES + (i) - (step) : (i) + (step))
#define EACH(F, s)                                                                                                       \
    F(0, s), F(1, s), F(2, s), F(3, s), F(4, s), F(5, s), F(6, s), F(7, s), F(8, s), F(9, s), F(10, s), F(11, s), F(12, s), \
        F(13, s), F(14, s), F(15, s)
#define FOLD(step)                                                             \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < (step); i++) v[i] = \
        __builtin_shufflevector(v[i], v[i + (step)], EACH(EITHER, step)) +     \
        __builtin_shufflevector(v[i], v[i + (step)], EACH(OTHER, step));
INLINE vector sums_of(vector v[LANES]) {
    FOLD(8) FOLD(4) FOLD(2) FOLD(1)
    return v[0];
}
#undef FOLD
#undef EACH
#undef OTHER
#undef EITHER

// Columns of a tile, from a value of the depth on, and those to be brought near meanwhile: up to three, `pitch` bytes apart.
typedef struct {
    const char *columns[DOT_COLUMNS], *next;
    size_t pitch, at_once;
} dots;

INLINE void add_piece(
    size_t rows, const float *x, const char *const columns[DOT_COLUMNS], size_t place, number type,
    vector sums[DOT_ROWS][DOT_COLUMNS]) {
    vector piece[DOT_COLUMNS][2];
#pragma clang loop unroll(full)
    for (int c = 0; c < DOT_COLUMNS; c++) read_piece(columns[c] + place, type, piece[c]);
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            vector values = load(x + r * PIECE + half * LANES);
#pragma clang loop unroll(full)
            for (int c = 0; c < DOT_COLUMNS; c++) sums[r][c] += values * piece[c][half];
        }
    }
}

// Adds a tile to the result, of which `taken` columns exist. `rows` is a constant where it is inlined, so the sums stay in
// registers.
INLINE void multiply_dots(
    size_t rows, const float *x, dots tile, size_t count, float *result, size_t stride, size_t taken, number type) {
    vector sums[DOT_ROWS][DOT_COLUMNS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int c = 0; c < DOT_COLUMNS; c++) sums[r][c] = (vector){0};
    }
    size_t k = 0;
    for (; k + PIECE <= count; k += PIECE, x += rows * PIECE) {
        size_t place = k * size_of(type);
        __builtin_prefetch(tile.next + place, 0, 2);
        if (tile.at_once > 1) __builtin_prefetch(tile.next + tile.pitch + place, 0, 2);
        if (tile.at_once > 2) __builtin_prefetch(tile.next + 2 * tile.pitch + place, 0, 2);
        add_piece(rows, x, tile.columns, place, type, sums);
    }
    if (k < count) {
        char rest[DOT_COLUMNS][PIECE * sizeof(float)] = {0};
        const char *from[DOT_COLUMNS];
        for (int c = 0; c < DOT_COLUMNS; c++) {
            from[c] = memcpy(rest[c], tile.columns[c] + k * size_of(type), (count - k) * size_of(type));
        }
        add_piece(rows, x, from, 0, type, sums);
    }
    float flat[(DOT_ROWS * DOT_COLUMNS + LANES - 1) / LANES * LANES];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows * DOT_COLUMNS; i += LANES) {
        vector v[LANES];
#pragma clang loop unroll(full)
        for (size_t j = 0; j < LANES; j++) {
            size_t sum = i + j;
            v[j] = sum < rows * DOT_COLUMNS ? sums[sum / DOT_COLUMNS][sum % DOT_COLUMNS] : (vector){0};
        }
        store(flat + i, sums_of(v));
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < taken; c++) result[r * stride + c] += flat[r * DOT_COLUMNS + c];
    }
}
#define DOTS(ROWS) \
    case ROWS: multiply_dots(ROWS, x, tile, count, result, stride, taken, type); break;
INLINE void multiply_dot_rows(
    size_t rows, const float *x, dots tile, size_t count, float *result, size_t stride, size_t taken, number type) {
    switch (rows) {
        DOTS(1) DOTS(2) DOTS(3) DOTS(4) DOTS(5) DOTS(6)
#if defined(AVX512)
        DOTS(7) DOTS(8)
#endif
    }
}
#undef DOTS

// Adds the products of all rows, placed tile after tile, with a group of columns. What is read next is asked for a column or
// more with each tile, from `next` on.
INLINE void multiply_group(
    const float *placed, size_t rows, const char *weight, size_t pitch, size_t columns, size_t count, float *result,
    size_t stride, const char *next, number type) {
    size_t panels = panels_of(rows, DOT_ROWS);
    dots tile = {.next = next, .pitch = pitch, .at_once = (DOT_COLUMNS + panels - 1) / panels};
    for (size_t panel = 0; panel < panels; panel++) {
        size_t first = first_row(panel, rows, DOT_ROWS), taken = first_row(panel + 1, rows, DOT_ROWS) - first;
        for (size_t column = 0; column < columns; column += DOT_COLUMNS, tile.next += tile.at_once * pitch) {
            size_t left = columns - column < DOT_COLUMNS ? columns - column : DOT_COLUMNS;
            for (size_t c = 0; c < DOT_COLUMNS; c++) tile.columns[c] = weight + (column + (c < left ? c : left - 1)) * pitch;
            multiply_dot_rows(
                taken, placed + first * DOT_DEPTH, tile, count, result + first * stride + column, stride, left, type);
        }
    }
}

// `placed` has DOT_DEPTH values for each row.
INLINE void multiply_few_rows(
    const float *x, size_t rows, size_t depth, const char *weight, size_t columns, float *result, size_t stride,
    float *placed, number type) {
    size_t pitch = depth * size_of(type);
    for (size_t k = 0; k < depth; k += DOT_DEPTH) {
        size_t count = depth - k < DOT_DEPTH ? depth - k : DOT_DEPTH;
        for (size_t panel = 0; panel < panels_of(rows, DOT_ROWS); panel++) {
            size_t first = first_row(panel, rows, DOT_ROWS), taken = first_row(panel + 1, rows, DOT_ROWS) - first;
            place_rows(x + first * depth + k, depth, taken, count, type, placed + first * DOT_DEPTH);
        }
        for (size_t column = 0; column < columns; column += GROUP_COLUMNS) {
            size_t wide = columns - column < GROUP_COLUMNS ? columns - column : GROUP_COLUMNS;
            const char *from = weight + column * pitch + k * size_of(type), *next = from + wide * pitch;
            if (column + wide == columns)
                next = k + DOT_DEPTH < depth ? weight + (k + DOT_DEPTH) * size_of(type) : weight + columns * pitch;
            multiply_group(placed, rows, from, pitch, wide, count, result + column, stride, next, type);
        }
    }
}
