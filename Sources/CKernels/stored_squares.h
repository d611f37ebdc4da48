// Products in fp32 of many rows with a weight as it lies in its file, by AMX. Columns are split and laid out a part of the depth
// at a time, as steps that all rows share; rows 32 at a time, which meet one block of columns after another. Included by
// stored_products.h.

// Values of the depth at a time: the deeper, the fewer times sums come and go. And the bytes of a block of columns that deep.
enum { SPLIT_DEPTH = 512, STRIP_BYTES = SPLIT_DEPTH / SPLIT_STEP * SPLIT_BYTES };

// `count` values of the depth of all columns, in blocks of 32.
INLINE void split_weights(stored_product product, const char *weight, size_t count, number type) {
    size_t pitch = product.depth * size_of(type), columns = product.columns;
    char *to = (char *)product.strips;
    for (size_t column = 0; column < rounded_up(columns, SQUARE); column += TILE_SIDE) {
        const char *w[TILE_SIDE];
        for (size_t c = 0; c < TILE_SIDE; c++) w[c] = weight + (column + c < columns ? column + c : columns - 1) * pitch;
        char *tiles = to + column / SQUARE * STRIP_BYTES + column % SQUARE / TILE_SIDE * SPLIT_TILE;
        for (size_t k = 0; k < count; k += SPLIT_STEP, tiles += SPLIT_BYTES)
            split_columns(w, k * size_of(type), count - k < SPLIT_STEP ? count - k : SPLIT_STEP, type, tiles);
    }
}

// Adds a square to the result, of which some rows and columns exist.
INLINE void add_to_result(
    const char *rows, const char *columns, size_t steps, size_t parts, float *result, size_t stride, size_t height,
    size_t width) {
    if (height >= SQUARE && width >= SQUARE) {
        load_square(result, stride * sizeof *result);
        add_split_square(rows, columns, steps, parts);
        return store_square(result, stride * sizeof *result);
    }
    if (width > SQUARE) width = SQUARE;
    if (height > SQUARE) height = SQUARE;
    float sums[SQUARE * SQUARE] __attribute__((aligned(CACHE_LINE))) = {0};
    for (size_t r = 0; r < height; r++) memcpy(sums + r * SQUARE, result + r * stride, width * sizeof *sums);
    load_square(sums, SQUARE_PITCH);
    add_split_square(rows, columns, steps, parts);
    store_square(sums, SQUARE_PITCH);
    for (size_t r = 0; r < height; r++) memcpy(result + r * stride, sums + r * SQUARE, width * sizeof *sums);
}

// What will be read next is asked for with each square, so that all of it is near when it is laid out.
INLINE void multiply_by_squares(stored_product product, const char *weight, number type) {
    char rows[SPLIT_DEPTH / SPLIT_STEP * SPLIT_BYTES] __attribute__((aligned(CACHE_LINE)));
    size_t depth = product.depth, pitch = depth * size_of(type), shift = type == FLOAT32 ? 5 : 4;  // 1 << shift lines deep
    size_t squares = panels_of(product.rows, SQUARE) * panels_of(product.columns, SQUARE);
    size_t lines = product.columns << shift, at_once = (lines + squares - 1) / squares;
    begin_squares();
    for (size_t k = 0; k < depth; k += SPLIT_DEPTH) {
        size_t count = depth - k < SPLIT_DEPTH ? depth - k : SPLIT_DEPTH, steps = (count + SPLIT_STEP - 1) / SPLIT_STEP;
        const char *from = weight + k * size_of(type);
        const char *then = k + SPLIT_DEPTH < depth ? from + SPLIT_DEPTH * size_of(type) : weight + product.columns * pitch;
        coming weights = {then + CACHE_LINE - 1, pitch, shift, lines, at_once};
        size_t asked = 0;
        split_weights(product, from, count, type);
        for (size_t row = 0; row < product.rows; row += SQUARE) {
            split_rows(product.x + row * depth + k, depth, product.rows - row, count, rows);
            const char *columns = (const char *)product.strips;
            for (size_t column = 0; column < product.columns; column += SQUARE, columns += STRIP_BYTES) {
                for (size_t end = asked + at_once; asked < end && asked < lines; asked++)
                    __builtin_prefetch(coming_line(weights, asked), 0, 2);
                add_to_result(
                    rows, columns, steps, parts_of(type), product.result + row * product.stride + column, product.stride,
                    product.rows - row, product.columns - column);
            }
        }
    }
    end_squares();
}
