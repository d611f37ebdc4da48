// Laying values out as panels [depth][16], and weights of any type as they lie in their file. Included by kernels.h.

// How a weight is stored; a constant where these functions are inlined.
typedef enum { FLOAT32, BFLOAT16, FLOAT16 } number;
INLINE size_t size_of(number type) { return type == FLOAT32 ? 4 : 2; }

INLINE vector load_some(const float *p, size_t count) { return count >= LANES ? load(p) : load_part(p, count, 0); }
INLINE void store_some(float *p, vector v, size_t count) {
    if (count >= LANES) store(p, v);
    else store_part(p, v, count);
}

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

// Sixteen lines of 64 bytes become a piece of a panel whose places are `step` values apart, widened: 32 bits are one value or
// two that follow.
INLINE void place_lines(vector lines[LANES], float *panel, size_t step, number type) {
    transpose(lines);
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
        words pair = (words)lines[i];
        if (type == FLOAT32) {
            store(panel + i * step, lines[i]);
        } else if (type == BFLOAT16) {
            store(panel + 2 * i * step, (vector)(pair << 16));
            store(panel + (2 * i + 1) * step, (vector)(pair & 0xFFFF0000u));
        } else {
            store(panel + 2 * i * step, widened(__builtin_convertvector(pair & 0xFFFFu, halves)));
            store(panel + (2 * i + 1) * step, widened(__builtin_convertvector(pair >> 16, halves)));
        }
    }
}

// Values of the depth in a panel.
enum { PANEL_DEPTH = CKERNELS_STORED_DEPTH };

// Sixteen columns of a weight. They are copied side by side first: where they lie, lines are not aligned, and the strides of
// common widths let them push one another out of the cache before their second half is read.
INLINE void pack_columns(const char *const *w, size_t count, float *panel, size_t step, number type) {
    enum { PITCH = PANEL_DEPTH * 4 + CACHE_LINE };
    char copy[LANES * PITCH] __attribute__((aligned(CACHE_LINE)));
    size_t bytes = count * size_of(type), pitch = PANEL_DEPTH * size_of(type) + CACHE_LINE;
    for (size_t c = 0; c < LANES; c++) {
        if (count == PANEL_DEPTH) memcpy(copy + c * pitch, w[c], PANEL_DEPTH * size_of(type));
        else memcpy(copy + c * pitch, w[c], bytes);
    }
    for (size_t place = 0; place < bytes; place += CACHE_LINE) {
        vector lines[LANES];
#pragma clang loop unroll(full)
        for (int c = 0; c < LANES; c++) memcpy(lines + c, copy + c * pitch + place, sizeof(vector));
        place_lines(lines, panel + place / size_of(type) * step, step, type);
    }
}

// Up to 16 rows of activations, of which each line is read once; the rest of the panel repeats the last.
INLINE void pack_rows(const float *x, size_t stride, size_t rows, size_t count, float *panel) {
    for (size_t k = 0; k < count; k += LANES) {
        vector lines[LANES];
        if (k + LANES <= count) {
#pragma clang loop unroll(full)
            for (size_t r = 0; r < LANES; r++) lines[r] = load(x + (r < rows ? r : rows - 1) * stride + k);
        } else {
            for (size_t r = 0; r < LANES; r++) lines[r] = load_part(x + (r < rows ? r : rows - 1) * stride + k, count - k, 0);
        }
        place_lines(lines, panel + k * LANES, LANES, FLOAT32);
    }
}
