// Products of 8-bit integers by AMX: rows lie in panels of 16, 64 bytes of each side by side, which are tiles; blocks of columns as
// at every level. Included by int8_products.h.

// Where 32 rows stand: bytes from one to the next, from the first 16 to the others, and from one step of the depth to the next.
typedef struct {
    size_t pitch, below, step;
} int8_rows;
INLINE int8_rows rows_in_panels(size_t depth) {
    return (int8_rows){TILE_BYTES, INT8_PANEL * depth, TILE_SIDE * TILE_BYTES};
}
INLINE int8_rows rows_apart(size_t pitch) { return (int8_rows){pitch, TILE_SIDE * pitch, TILE_BYTES}; }

// What comes next, of which some lines of the cache are asked for at each step: columns to be read, and rows to be written, 32
// values of each.
enum { LINES_PER_STEP = 4 };
typedef struct {
    const char *columns, *end;
    float *result;
    size_t stride, rows, rows_per_step;
} coming_square;
INLINE void ask(coming_square *next) {
    for (size_t i = 0; i < LINES_PER_STEP && next->columns < next->end; i++, next->columns += CACHE_LINE)
        __builtin_prefetch(next->columns, 0, 2);
    for (size_t i = 0; i < next->rows_per_step && next->rows; i++, next->rows--, next->result += next->stride) {
        __builtin_prefetch(next->result, 1, 3);
        __builtin_prefetch(next->result + LANES, 1, 3);
    }
}

// Sums over `depth` bytes, a multiple of 64.
INLINE void add_int8_square(const uint8_t *rows, int8_rows at, const int8_t *block, size_t depth, coming_square *next) {
    for (size_t k = 0; k < depth; k += TILE_BYTES, rows += at.step, block += TILE_BYTES * BLOCK) {
        load_rows(rows, at.below, at.pitch);
        load_columns(block, TILE_BYTES, 4 * BLOCK);
        add_unsigned_bytes();
        if (next) ask(next);
    }
}

// Values of the depth at a time: a block of columns that deep stays in the nearest cache, where rows pass it by.
enum { SQUARE_DEPTH = 2048 };

// A square of a product, and its sums.
typedef struct {
    size_t row, column;
    const int32_t *sums;
} int8_square;

// Sums of some rows and columns to what stands in memory afterwards.
INLINE void finish_square(const ckernels_int8_product *product, int8_square square, size_t rows, size_t columns) {
    for (size_t i = 0; i * LANES < columns; i++) {
        size_t place = square.column + i * LANES;
        integers offsets;
        memcpy(&offsets, product->column_sums + place, sizeof offsets);
        vector scales = load(product->column_scales + place);
        for (size_t r = 0; r < rows; r++) {
            integers sum;
            memcpy(&sum, square.sums + r * SQUARE + i * LANES, sizeof sum);
            vector x = __builtin_convertvector(sum - offsets * 128, vector);
            size_t row = square.row + r;
            finish(&product->ending, x * product->row_scales[row] * scales, row, place, columns - i * LANES);
        }
    }
}
// Of the square before, if there is one.
INLINE void finish_before(const ckernels_int8_product *product, int8_square square, size_t last_row, size_t last_column) {
    if (!square.sums) return;
    size_t rows = last_row - square.row, columns = last_column - square.column;
    if (rows >= SQUARE && columns >= SQUARE) finish_square(product, square, SQUARE, SQUARE);
    else finish_square(product, square, rows < SQUARE ? rows : SQUARE, columns < SQUARE ? columns : SQUARE);
}

// A task: squares of all its rows with one block after another, a part of the depth at a time. A square is finished while the
// next one is summed, as far as the processor looks ahead.
static void multiply_int8(
    const ckernels_int8_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column,
    int32_t *sums) {
    size_t depth = rounded_up(product->depth, INT8_GROUP), parts = (depth + SQUARE_DEPTH - 1) / SQUARE_DEPTH;
    size_t part = rounded_up((depth + parts - 1) / parts, INT8_GROUP);
    begin_squares();
    for (size_t k = 0; k < depth; k += part) {
        size_t count = depth - k < part ? depth - k : part;
        int8_square before = {0, 0, NULL};
        int32_t *square = sums;
        for (size_t column = first_column; column < last_column; column += BLOCK) {
            const int8_t *block = product->blocks + column * depth + k * BLOCK;
            const int8_t *then = block + depth * BLOCK;
            if (column + BLOCK >= last_column && k + count < depth)
                then = product->blocks + first_column * depth + (k + count) * BLOCK;
            coming_square next = {(const char *)then, (const char *)then + count * BLOCK};
            next.stride = product->ending.stride;
            next.rows_per_step = (SQUARE * TILE_BYTES + count - 1) / count;
            for (size_t row = first_row; row < last_row; row += SQUARE, square += SQUARE * SQUARE) {
                next.result = product->ending.result + row * next.stride + column;
                next.rows = k + count < depth ? 0 : last_row - row < SQUARE ? last_row - row : SQUARE;
                if (k == 0) clear_square();
                else load_square(square, SQUARE_PITCH);
                add_int8_square(product->panels + row * depth + k * INT8_PANEL, rows_in_panels(depth), block, count, &next);
                store_square(square, SQUARE_PITCH);
                if (k + count < depth) continue;
                finish_before(product, before, last_row, last_column);
                before = (int8_square){row, column, square};
            }
        }
        finish_before(product, before, last_row, last_column);
    }
    end_squares();
}
