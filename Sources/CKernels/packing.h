// Laying columns of weights of any type, as they lie in their file, out so that those of one step of the depth stand side by side;
// and rows, 16 values of each. Included by kernels.h.

// How a weight is stored; a constant where these functions are inlined.
typedef enum { FLOAT32, BFLOAT16, FLOAT16 } number;
INLINE size_t size_of(number type) { return type == FLOAT32 ? 4 : 2; }

#if PART_LANES == 16
#define ZIP_LOW 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define ZIP_HIGH 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define EVEN_QUARTERS 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define ODD_QUARTERS 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#elif PART_LANES == 8
#define ZIP_LOW 0, 8, 1, 9, 4, 12, 5, 13
#define ZIP_HIGH 2, 10, 3, 11, 6, 14, 7, 15
#define EVEN_QUARTERS 0, 1, 2, 3, 8, 9, 10, 11
#define ODD_QUARTERS 4, 5, 6, 7, 12, 13, 14, 15
#else
#define ZIP_LOW 0, 4, 1, 5
#define ZIP_HIGH 2, 6, 3, 7
#endif
#define EXCHANGE(step, first, second)                                          \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < PART_LANES; i++) { \
        if (i & (step)) continue;                                              \
        part a = v[i], b = v[i + (step)];                                      \
        v[i] = __builtin_shufflevector(a, b, first);                           \
        v[i + (step)] = __builtin_shufflevector(a, b, second);                 \
    }
// As many vectors of 32 bits as one has lanes, in place: rows become columns.
INLINE void transpose(part v[PART_LANES]) {
    EXCHANGE(2, ZIP_LOW, ZIP_HIGH)
    EXCHANGE(1, ZIP_LOW, ZIP_HIGH)
#if PART_LANES > 4
    EXCHANGE(4, EVEN_QUARTERS, ODD_QUARTERS)
#endif
#if PART_LANES > 8
    EXCHANGE(8, EVEN_QUARTERS, ODD_QUARTERS)
#endif
}
#undef EXCHANGE

// A square of 32 bits becomes a piece of a panel whose places are `step` values apart, widened: 32 bits are one value or two
// that follow.
INLINE void place_square(part lines[PART_LANES], float *panel, size_t step, number type) {
    transpose(lines);
#pragma clang loop unroll(full)
    for (int i = 0; i < PART_LANES; i++) {
        part_words pair = (part_words)lines[i];
        part first = lines[i], second = lines[i];
        if (type == BFLOAT16) {
            first = (part)(pair << 16);
            second = (part)(pair & 0xFFFF0000u);
        } else if (type == FLOAT16) {
            first = widened_part(__builtin_convertvector(pair & 0xFFFFu, part_halves));
            second = widened_part(__builtin_convertvector(pair >> 16, part_halves));
        }
        float *to = panel + (type == FLOAT32 ? i : 2 * i) * step;
        *(part *)to = first;
        if (type != FLOAT32) *(part *)(to + step) = second;
    }
}

// Values of the depth in a panel.
enum { PANEL_DEPTH = 256 };

// A part of the columns of a weight. They are copied side by side first: where they lie, lines are not aligned, and the strides
// of common widths let them push one another out of the cache before their second half is read.
INLINE void pack_columns(const char *const *w, size_t count, float *panel, size_t step, number type) {
    enum { PITCH = PANEL_DEPTH * 4 + CACHE_LINE };
    char copy[PART_LANES * PITCH] __attribute__((aligned(CACHE_LINE)));
    size_t bytes = count * size_of(type), pitch = PANEL_DEPTH * size_of(type) + CACHE_LINE;
    for (size_t c = 0; c < PART_LANES; c++) {
        if (count == PANEL_DEPTH) memcpy(copy + c * pitch, w[c], PANEL_DEPTH * size_of(type));
        else memcpy(copy + c * pitch, w[c], bytes);
    }
    for (size_t place = 0; place < bytes; place += sizeof(part)) {
        part lines[PART_LANES];
#pragma clang loop unroll(full)
        for (int c = 0; c < PART_LANES; c++) memcpy(lines + c, copy + c * pitch + place, sizeof(part));
        place_square(lines, panel + place / size_of(type) * step, step, type);
    }
}

#if defined(AVX512)
// Rows of a part of the depth as a panel [depth / 16][rows][16].
INLINE void pack_rows(const float *x, size_t stride, size_t rows, size_t count, float *panel) {
    for (size_t r = 0; r < rows; r++, x += stride, panel += LANES) {
        for (size_t k = 0; k < count; k += LANES) store(panel + k * rows, load_some(x + k, count - k));
    }
}
#endif
