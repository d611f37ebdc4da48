// Products of operands in half. Rows are rounded part by part on their way into the cache, so no copy of them exists.
// Included by kernels.h.

// So much of the depth at a time: two blocks of weights stay in the first level of the cache, rows in the second.
#define DEPTH CKERNELS_HALF_DEPTH

static void narrow_column(const float *x, size_t depth, float scale, uint16_t *block) {
    narrow_values(x, depth, scale, block, BLOCK);
}

// Rows first ..< last of a part of the depth, then zeros up to the end of the panel.
INLINE void round_rows(
    const ckernels_half_product *product, size_t first, size_t last, size_t place, size_t depth, float *rows
) {
    for (size_t row = first; row < last; row++, rows += DEPTH) {
        round_operands(product->rows + row * product->depth + place, depth, 1.f / product->row_scales[row], rows);
    }
    memset(rows, 0, (rounded_up(last - first, PANEL) - (last - first)) * DEPTH * sizeof *rows);
}

static void multiply_half(
    const ckernels_half_product *product, size_t first_row, size_t last_row, size_t first_column, size_t last_column,
    float *scratch
) {
    size_t count = rounded_up(last_row - first_row, PANEL), width = rounded_up(last_column - first_column, BLOCK);
    float *rows = scratch, *sums = rows + count * DEPTH;
    for (size_t place = 0; place < product->depth; place += DEPTH) {
        size_t depth = product->depth - place < DEPTH ? product->depth - place : DEPTH;
        round_rows(product, first_row, last_row, place, depth, rows);
        const uint16_t *blocks = product->blocks + first_column * product->depth + place * BLOCK;
        for (size_t column = 0; column < width; column += HALF_BLOCKS * BLOCK) {
            size_t most = (width - column) / BLOCK, taken = most < HALF_BLOCKS ? most : HALF_BLOCKS;
            for (size_t row = 0; row < count; row += PANEL) {
                multiply_blocks(
                    rows + row * DEPTH, DEPTH, 1, blocks + column * product->depth, product->depth * BLOCK, taken, depth,
                    sums + row * width + column, width, place > 0, 1);
            }
        }
    }
    for (size_t row = first_row; row < last_row; row++, sums += width) {
        for (size_t column = first_column; column < last_column; column += LANES) {
            vector x = load(sums + column - first_column) * load(product->column_scales + column);
            finish(&product->ending, x * product->row_scales[row], row, column, last_column - column);
        }
    }
}
#undef DEPTH
