// Products in fp32 of rows with panels of 16 columns, [panels][depth][16], tile by tile. Included by kernels.h.

#if defined(AVX512)
enum { SUM_ROWS = 14, SUM_PANELS = 2 };
#else
enum { SUM_ROWS = 6, SUM_PANELS = 1 };
#endif

INLINE vector load_some(const float *p, size_t count) { return count >= LANES ? load(p) : load_part(p, count, 0); }
INLINE void store_some(float *p, vector v, size_t count) {
    if (count >= LANES) store(p, v);
    else store_part(p, v, count);
}

// Bytes that will be read next, to be brought near while a tile is computed: 1 << shift lines of the cache, every `stride`.
typedef struct {
    const char *first;  // NULL where nothing is known of what comes
    size_t stride;
    size_t shift;
} coming;

// One tile of a product, which becomes the result or is added to it: `rows`, `panels` and `add` are constants where it is
// inlined, so the sums stay in registers. Asks for one line of what comes in each step of the depth: all at once would
// wait for the memory.
INLINE void multiply_tile(
    size_t rows, size_t panels, size_t depth, const float *a, size_t a_stride, const float *b, size_t panel_stride,
    float *result, size_t stride, int add, coming next) {
    vector sums[SUM_ROWS][SUM_PANELS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < panels; p++) sums[r][p] = (vector){0};
    }
    for (size_t r = 0; add && r < rows; r++) {
        for (size_t p = 0; p < panels; p++) __builtin_prefetch(result + r * stride + p * LANES, 1, 3);
    }
    for (size_t k = 0; k < depth; k++) {
        if (next.first) {
            size_t line = k & (((size_t)1 << next.shift) - 1);
            __builtin_prefetch(next.first + (k >> next.shift) * next.stride + line * CACHE_LINE, 0, 2);
        }
        vector columns[SUM_PANELS];
#pragma clang loop unroll(full)
        for (size_t p = 0; p < panels; p++) columns[p] = load(b + p * panel_stride + k * LANES);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) {
            vector value = splat(a[r * a_stride + k]);
#pragma clang loop unroll(full)
            for (size_t p = 0; p < panels; p++) sums[r][p] += value * columns[p];
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < panels; p++) {
            float *to = result + r * stride + p * LANES;
            store(to, add ? load(to) + sums[r][p] : sums[r][p]);
        }
    }
}
#define TILE(ROWS) \
    case ROWS: multiply_tile(ROWS, panels, depth, a, a_stride, b, panel_stride, result, stride, add, next); break;
INLINE void multiply_rows(
    size_t rows, size_t panels, size_t depth, const float *a, size_t a_stride, const float *b, size_t panel_stride,
    float *result, size_t stride, int add, coming next) {
    switch (rows) {
        TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if defined(AVX512)
        TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#endif
    }
}
#undef TILE

static void multiply_panels(
    size_t rows, size_t panels, size_t depth, const float *a, size_t a_stride, const float *b, size_t panel_stride,
    float *result, size_t stride) {
    size_t parts = (rows + SUM_ROWS - 1) / SUM_ROWS;
    for (size_t p = 0; p < panels;) {
        size_t taken = panels - p >= SUM_PANELS ? SUM_PANELS : 1;
        for (size_t part = 0; part < parts; part++) {
            size_t first = rows * part / parts, count = rows * (part + 1) / parts - first;
            const float *from = a + first * a_stride;
            float *to = result + first * stride + p * LANES;
            const float *panel = b + p * panel_stride;
            if (taken == SUM_PANELS) {
                multiply_rows(count, SUM_PANELS, depth, from, a_stride, panel, panel_stride, to, stride, 0, (coming){0});
            } else {
                multiply_rows(count, 1, depth, from, a_stride, panel, panel_stride, to, stride, 0, (coming){0});
            }
        }
        p += taken;
    }
}
