// Products in fp32 by AMX, which multiplies bfloat16 alone: a value in fp32 is the sum of three in bfloat16, and of the nine
// products of two such values the six largest are summed, in fp32. What is left out comes to about half of the last bit that fp32
// keeps.
// Source: Henry, Tang and Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
// Computations", arXiv 1904.06376. Included by kernels.h.

// Values of the depth in a step, and the parts of a value. A step of 32 rows, and one of 32 columns, is two tiles for each part.
enum { SPLIT_STEP = 2 * TILE_SIDE, SPLIT_PARTS = 3, SPLIT_TILE = TILE_SIDE * TILE_BYTES, SPLIT_BYTES = 2 * SPLIT_PARTS * SPLIT_TILE };

// The parts of 32 values, each a vector of 32 halves: the upper halves of what the parts before have left. The last part is
// what is left of a value.
INLINE void split(vector low, vector high, size_t parts, words *part_of) {
    const __m512i upper = _mm512_set_epi16(
        63, 61, 59, 57, 55, 53, 51, 49, 47, 45, 43, 41, 39, 37, 35, 33, 31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
#pragma clang loop unroll(full)
    for (size_t p = 0; p < parts; p++) {
        part_of[p] = (words)_mm512_permutex2var_epi16((__m512i)low, upper, (__m512i)high);
        low -= (vector)((words)low & 0xFFFF0000u);
        high -= (vector)((words)high & 0xFFFF0000u);
    }
}

// Rows up to 32, `count` values of each, as steps one behind another; what is missing of rows and of the last step is zeros.
INLINE void split_rows(const float *x, size_t stride, size_t rows, size_t count, char *steps) {
    for (size_t r = 0; r < SQUARE; r++, x += stride) {
        char *to = steps + r / TILE_SIDE * SPLIT_TILE + r % TILE_SIDE * TILE_BYTES;
        for (size_t k = 0; k < count; k += SPLIT_STEP, to += SPLIT_BYTES) {
            words parts[SPLIT_PARTS] = {{0}};
            if (r < rows) {
                size_t left = count - k;
                expect(x + ROWS_AHEAD * stride + k, SPLIT_STEP);
                split(load_some(x + k, left), left > LANES ? load_some(x + k + LANES, left - LANES) : splat(0), SPLIT_PARTS, parts);
            }
            for (size_t p = 0; p < SPLIT_PARTS; p++) memcpy(to + p * 2 * SPLIT_TILE, parts + p, sizeof *parts);
        }
    }
}

// 16 columns of a step, a tile for each part: pairs of values of the depth, side by side for all columns. `values` is
// 16 vectors of each part.
INLINE void place_split_columns(part values[SPLIT_PARTS][PART_LANES], size_t parts, char *to) {
#pragma clang loop unroll(full)
    for (size_t p = 0; p < parts; p++) {
        transpose(values[p]);
        for (size_t i = 0; i < PART_LANES; i++) memcpy(to + p * 2 * SPLIT_TILE + i * TILE_BYTES, values[p] + i, TILE_BYTES);
    }
}

// Parts of a weight that are not zero.
INLINE size_t parts_of(number type) { return type == FLOAT32 ? 3 : type == FLOAT16 ? 2 : 1; }

// A part of 16 columns, which is `place` bytes behind the beginning of each.
INLINE void split_columns(const char *const w[TILE_SIDE], size_t place, size_t count, number type, char *to) {
    part values[SPLIT_PARTS][PART_LANES];
#pragma clang loop unroll(full)
    for (size_t c = 0; c < TILE_SIDE; c++) {
        char rest[SPLIT_STEP * sizeof(float)] __attribute__((aligned(CACHE_LINE)));
        const char *from = w[c] + place;
        if (count < SPLIT_STEP) {
            memset(rest, 0, sizeof rest);
            from = memcpy(rest, from, count * size_of(type));
        }
        words parts[SPLIT_PARTS];
        if (type == BFLOAT16) {
            memcpy(parts, from, sizeof *parts);
        } else {
            vector piece[2];
            read_piece(from, type, piece);
            split(piece[0], piece[1], parts_of(type), parts);
        }
        for (size_t p = 0; p < parts_of(type); p++) values[p][c] = (part)parts[p];
    }
    place_split_columns(values, parts_of(type), to);
}
INLINE void load_rows_part(const char *rows, size_t p) { load_rows(rows + (p - 1) * 2 * SPLIT_TILE, SPLIT_TILE, TILE_BYTES); }
INLINE void load_columns_part(const char *columns, size_t p) {
    load_columns(columns + (p - 1) * 2 * SPLIT_TILE, SPLIT_TILE, TILE_BYTES);
}
INLINE void add_bfloats(void) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
}
// Steps of a square; `parts` of the columns is a constant. The smallest products come first where that costs nothing.
INLINE void add_split_square(const char *rows, const char *columns, size_t steps, size_t parts) {
    for (size_t step = 0; step < steps; step++, rows += SPLIT_BYTES, columns += SPLIT_BYTES) {
        load_rows_part(rows, 3);
        load_columns_part(columns, 1);
        add_bfloats();
        load_rows_part(rows, 2);
        add_bfloats();
        if (parts > 1) {
            load_columns_part(columns, 2);
            add_bfloats();
        }
        load_rows_part(rows, 1);
        if (parts > 1) {
            add_bfloats();
            load_columns_part(columns, 1);
        }
        add_bfloats();
        if (parts > 2) {
            load_columns_part(columns, 3);
            add_bfloats();
        }
    }
}
