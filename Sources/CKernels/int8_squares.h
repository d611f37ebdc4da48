// Products of 8-bit integers by AMX: rows lie whole, one behind another, blocks of columns as at every level. Included by
// kernels.h.

// Sums over `depth` bytes, a multiple of 64.
INLINE void add_int8_square(const uint8_t *rows, size_t pitch, const int8_t *block, size_t depth) {
    for (size_t k = 0; k < depth; k += TILE_BYTES) {
        load_rows(rows + k, pitch);
        load_columns(block + k * BLOCK, TILE_BYTES, 4 * BLOCK);
        add_unsigned_bytes();
    }
}

// Values of the depth at a time: a block of columns that deep stays in the nearest cache, where rows pass it by.
enum { SQUARE_DEPTH = 1024 };

// Sums of a square to what stands in memory afterwards.
INLINE void finish_square(
    const ckernels_int8_product *product, const int32_t *sums, size_t row, size_t rows, size_t column, size_t columns) {
    for (size_t i = 0; i * LANES < columns; i++) {
        size_t place = column + i * LANES;
        integers offsets;
        memcpy(&offsets, product->column_sums + place, sizeof offsets);
        vector scales = load(product->column_scales + place);
        for (size_t r = 0; r < rows; r++) {
            integers sum;
            memcpy(&sum, sums + r * SQUARE + i * LANES, sizeof sum);
            vector x = __builtin_convertvector(sum - offsets * 128, vector);
            finish(&product->ending, x * product->row_scales[row + r] * scales, row + r, place, columns - i * LANES);
        }
    }
}

// A task: squares of all its rows with one block after another, a part of the depth at a time. A square is finished while the
// next one is summed, as long as the processor looks that far ahead.
static void multiply_int8(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column,
    int32_t *sums) {
    size_t depth = rounded_up(product->depth, INT8_DEPTH), parts = (depth + SQUARE_DEPTH - 1) / SQUARE_DEPTH;
    size_t part = rounded_up((depth + parts - 1) / parts, TILE_BYTES);
    begin_squares();
    for (size_t k = 0; k < depth; k += part) {
        size_t count = depth - k < part ? depth - k : part;
        int last = k + count == depth;
        int32_t *square = sums, *before = NULL;
        size_t row_before = 0, column_before = 0;
#define FINISH_BEFORE()                                                                                     \
    {                                                                                                      \
        size_t rows = last_row - row_before < SQUARE ? last_row - row_before : SQUARE;                     \
        size_t columns = last_column - column_before < SQUARE ? last_column - column_before : SQUARE;      \
        if (rows == SQUARE && columns == SQUARE)                                                           \
            finish_square(product, before, row_before, SQUARE, column_before, SQUARE);                     \
        else finish_square(product, before, row_before, rows, column_before, columns);                     \
    }
        for (size_t column = first_column; column < last_column; column += BLOCK) {
            const int8_t *block = product->blocks + column * depth + k * BLOCK;
            for (size_t row = first_row; row < last_row; row += SQUARE, square += SQUARE * SQUARE) {
                if (k == 0) clear_square();
                else load_square(square, SQUARE_PITCH);
                add_int8_square(product->panels + row * depth + k, depth, block, count);
                store_square(square, SQUARE_PITCH);
                if (!last) continue;
                if (before) FINISH_BEFORE()
                before = square;
                row_before = row;
                column_before = column;
            }
        }
        if (before) FINISH_BEFORE()
    }
    end_squares();
#undef FINISH_BEFORE
}
