// Products of a few rows in fp32, as dot products: nothing is laid out anew and a narrow weight is widened in registers,
// so each weight is read once. For many rows a product by tiles is faster. Included by kernels.h.

// Tiles of as many sums as there are registers.
#if defined(AVX512)
#define TILE_ROWS 6
#define TILE_COLUMNS 4
#else
#define TILE_ROWS 3
#define TILE_COLUMNS 2
#endif

INLINE float folded(vector v) {
    typedef float eight __attribute__((vector_size(32)));
    typedef float four __attribute__((vector_size(16)));
    eight a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
              __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    four b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

INLINE vector read_float32(const void *p, size_t count) {
    return count >= LANES ? load(p) : load_part(p, count, 0);
}
INLINE halves read_halves(const void *p, size_t count) {
    halves h = {0};
    if (count >= LANES) memcpy(&h, p, sizeof h);
    else memcpy(&h, p, count * sizeof(uint16_t));
    return h;
}
INLINE vector read_bfloat16(const void *p, size_t count) {
    return (vector)(__builtin_convertvector(read_halves(p, count), words) << 16);
}
INLINE vector read_float16(const void *p, size_t count) { return widened(read_halves(p, count)); }

// Rows of 384 KiB stay in the cache while all weights go by.
INLINE size_t rows_in_cache(size_t depth) {
    size_t rows = 98304 / (depth ? depth : 1) / TILE_ROWS * TILE_ROWS;
    return rows > 8 * TILE_ROWS ? rows : 8 * TILE_ROWS;
}

#define ADD_PRODUCTS(k, count, read, size)                                                             \
    vector weights[TILE_COLUMNS];                                                                      \
    _Pragma("clang loop unroll(full)") for (int c = 0; c < TILE_COLUMNS; c++)                           \
        weights[c] = read(w[c] + (k) * (size), count);                                                 \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < TILE_ROWS; r++) {                            \
        vector values = read_float32(x[r] + (k), count);                                               \
        _Pragma("clang loop unroll(full)") for (int c = 0; c < TILE_COLUMNS; c++)                       \
            total[r][c] += values * weights[c];                                                        \
    }

#define MULTIPLY_FEW_ROWS(name, read, size)                                                            \
    INLINE void name##_tile(                                                                           \
        const float *const *x, const char *const *w, size_t depth, float sums[TILE_ROWS][TILE_COLUMNS] \
    ) {                                                                                                \
        vector total[TILE_ROWS][TILE_COLUMNS];                                                         \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < TILE_ROWS; r++)                          \
            _Pragma("clang loop unroll(full)") for (int c = 0; c < TILE_COLUMNS; c++)                   \
                total[r][c] = splat(0);                                                                \
        size_t k = 0;                                                                                  \
        for (; k + LANES <= depth; k += LANES) { ADD_PRODUCTS(k, LANES, read, size) }                  \
        if (k < depth) { ADD_PRODUCTS(k, depth - k, read, size) }                                      \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < TILE_ROWS; r++)                          \
            _Pragma("clang loop unroll(full)") for (int c = 0; c < TILE_COLUMNS; c++)                   \
                sums[r][c] = folded(total[r][c]);                                                      \
    }                                                                                                  \
    INLINE void name##_block(                                                                          \
        const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result,  \
        size_t stride                                                                                  \
    ) {                                                                                                \
        for (size_t column = 0; column < columns; column += TILE_COLUMNS) {                            \
            const char *w[TILE_COLUMNS];                                                               \
            for (size_t c = 0; c < TILE_COLUMNS; c++) {                                                \
                size_t place = column + c < columns ? column + c : columns - 1;                        \
                w[c] = (const char *)weight + place * depth * (size);                                  \
            }                                                                                          \
            for (size_t row = 0; row < rows; row += TILE_ROWS) {                                       \
                const float *from[TILE_ROWS];                                                          \
                for (size_t r = 0; r < TILE_ROWS; r++)                                                 \
                    from[r] = x + (row + r < rows ? row + r : rows - 1) * depth;                       \
                float sums[TILE_ROWS][TILE_COLUMNS];                                                   \
                name##_tile(from, w, depth, sums);                                                     \
                for (size_t r = 0; r < TILE_ROWS && row + r < rows; r++)                               \
                    for (size_t c = 0; c < TILE_COLUMNS && column + c < columns; c++)                  \
                        result[(row + r) * stride + column + c] += sums[r][c];                         \
            }                                                                                          \
        }                                                                                              \
    } \
    static void name(                                                                                  \
        const float *x, size_t rows, size_t depth, const void *weight, size_t columns, float *result,  \
        size_t stride                                                                                  \
    ) {                                                                                                \
        size_t most = rows_in_cache(depth);                                                            \
        for (; rows > most; rows -= most, x += most * depth, result += most * stride)                  \
            name##_block(x, most, depth, weight, columns, result, stride);                             \
        if (rows) name##_block(x, rows, depth, weight, columns, result, stride);                       \
    }
MULTIPLY_FEW_ROWS(multiply_few_float32, read_float32, 4)
MULTIPLY_FEW_ROWS(multiply_few_bfloat16, read_bfloat16, 2)
MULTIPLY_FEW_ROWS(multiply_few_float16, read_float16, 2)
#undef TILE_ROWS
#undef TILE_COLUMNS
#undef ADD_PRODUCTS
#undef MULTIPLY_FEW_ROWS
