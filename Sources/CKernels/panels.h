// Products in fp32 with panels of columns, tile by tile. Included by kernels.h.

// As many sums as there are registers, and rows of a tile: of 14 x 2 parts with AVX-512, of 4 x 3 or 6 x 2 with AVX2. The wider
// reads less: seven values for twelve products, not eight.
#if defined(AVX512)
enum { SUMS = 28, SUM_ROWS = 14, SUM_PARTS = 2 };
#elif defined(AVX2)
enum { SUMS = 12, SUM_ROWS = 6, SUM_PARTS = 3 };
#else
enum { SUMS = 16, SUM_ROWS = 4, SUM_PARTS = 4 };
#endif
INLINE size_t tile_rows(size_t parts) { return SUMS / parts < SUM_ROWS ? SUMS / parts : SUM_ROWS; }

// Lines of the cache that will be read next, `count` of them, 1 << shift every `stride` bytes: brought near while a tile is
// computed, one or four in STEPS of the depth. All at once would wait for the memory.
enum { STEPS = 4, LINE_STEPS = 4 * STEPS };
typedef struct {
    const char *first;
    size_t stride, shift, count, at_once;
} coming;
INLINE const char *coming_line(coming next, size_t line) {
    size_t column = line >> next.shift;
    return next.first + column * next.stride + (line - (column << next.shift)) * CACHE_LINE;
}
// Where nothing is known of what comes, a line that is near is asked for.
INLINE coming nothing_but(const float *near) { return (coming){(const char *)near, 0, 4, 0, 1}; }

// Where values of rows stand, and those of parts of columns: from one to the next, from one step of the depth to the next, and
// for rows from one line of it to the next. `twice` where the distance of rows is a constant. Columns are in half or fp32.
typedef struct {
    size_t row, step, line, part, part_step;
    int twice, narrow;
} layout;
INLINE const void *column_at(const void *b, size_t place, layout at) { return (const char *)b + place * (at.narrow ? 2 : 4); }

// One step of the depth; `twin` is `a` once more. With AVX-512 three rows of four take a value for each part right from the
// memory, the fourth one for all parts: else a tile of 14 rows has 30 loads for 28 multiplications, and CPUs that multiply two
// vectors in a cycle load no more than two. One value for all parts in each row is half as many instructions again.
enum { ROWS_PER_SHARED = 4 };
INLINE void add_step(
    size_t rows, size_t parts, const float *a, const float *twin, const void *b, layout at, part sums[SUM_ROWS][SUM_PARTS]) {
    part columns[SUM_PARTS];
#pragma clang loop unroll(full)
    for (size_t p = 0; p < parts; p++) columns[p] = columns_of(column_at(b, p * at.part, at), at.narrow);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        part value = a[r * at.row] - (part){0};
#pragma clang loop unroll(full)
        for (size_t p = 0; p < parts; p++) {
#if defined(AVX512)
            if (p && r % ROWS_PER_SHARED < ROWS_PER_SHARED - 1) value = twin[r * at.row] - (part){0};
#endif
            sums[r][p] += value * columns[p];
        }
        settle(sums[r], parts);
    }
}

// One tile of a product, which becomes the result or is added to it. `rows` and `parts` are constants where it is inlined,
// so the sums stay in registers.
INLINE void multiply_tile(
    size_t rows, size_t parts, size_t depth, const float *a, const void *b, layout at, float *result, size_t stride,
    int add, coming next) {
    part sums[SUM_ROWS][SUM_PARTS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < parts; p++) sums[r][p] = (part){0};
    }
    for (size_t r = 0; add && r < rows; r++) {
        for (size_t p = 0; p < parts; p++) __builtin_prefetch(result + r * stride + p * PART_LANES, 1, 3);
    }
    const float *twin = at.twice ? apart(a) : a;
    size_t k = 0, eighth = next.shift > 3 ? 8 * CACHE_LINE : next.stride;
    for (; k + LINE_STEPS <= depth; k += LINE_STEPS) {
        const char *near = coming_line(next, k / STEPS * next.at_once);
        for (size_t line = 0; line < LINE_STEPS / STEPS; line++, near += CACHE_LINE) {
            __builtin_prefetch(near, 0, 2);
            if (next.at_once > 1) {
                __builtin_prefetch(near + 4 * CACHE_LINE, 0, 2);
                __builtin_prefetch(near + eighth, 0, 2);
                __builtin_prefetch(near + eighth + 4 * CACHE_LINE, 0, 2);
            }
#pragma clang loop unroll(full)
            for (size_t i = 0; i < STEPS; i++)
                add_step(
                    rows, parts, a + i * at.step, twin + i * at.step, column_at(b, i * at.part_step, at), at, sums);
            a = apart(a + STEPS * at.step);
            twin = at.twice ? apart(twin + STEPS * at.step) : a;
            b = apart(column_at(b, STEPS * at.part_step, at));
        }
        a += at.line - LINE_STEPS * at.step;
        twin += at.line - LINE_STEPS * at.step;
    }
    for (; k < depth; k++, a += at.step, b = column_at(b, at.part_step, at)) add_step(rows, parts, a, a, b, at, sums);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < parts; p++) {
            part *to = (part *)(result + r * stride + p * PART_LANES);
            *to = add ? *to + sums[r][p] : sums[r][p];
        }
    }
}
#define TILE(ROWS)                                                                                                          \
    case ROWS:                                                                                                              \
        if (ROWS <= tile_rows(parts)) multiply_tile(ROWS, parts, depth, a, b, at, result, stride, add, next);             \
        break;
INLINE void multiply_rows(
    size_t rows, size_t parts, size_t depth, const float *a, const float *b, layout at, float *result, size_t stride,
    int add, coming next) {
    switch (rows) {
        TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if defined(AVX512)
        TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#endif
    }
}
#undef TILE

// Rows are cut into panels of about the same height, at most `most`.
INLINE size_t panels_of(size_t rows, size_t most) { return (rows + most - 1) / most; }
INLINE size_t first_row(size_t panel, size_t rows, size_t most) { return rows * panel / panels_of(rows, most); }

// Rows are in panels of up to 12, [depth / 16][rows of the panel][16], columns in panels [depth][16].
enum { PANEL_TILE = SUM_ROWS < CKERNELS_PANEL ? SUM_ROWS : CKERNELS_PANEL };

// One panel of rows; `parts` is a constant where it is inlined.
INLINE void multiply_panel(
    size_t rows, size_t parts, size_t depth, const float *a, const float *b, layout at, float *result, size_t stride) {
    for (size_t tile = 0; tile < panels_of(rows, PANEL_TILE); tile++) {
        size_t first = first_row(tile, rows, PANEL_TILE), taken = first_row(tile + 1, rows, PANEL_TILE) - first;
        const float *x = a + first * LANES;
        multiply_rows(taken, parts, depth, x, b, at, result + first * stride, stride, 0, nothing_but(x));
    }
}
static void multiply_panels(
    size_t rows, size_t panels, size_t depth, const float *a, const float *b, size_t panel_stride, float *result,
    size_t stride) {
    enum { PARTS = LANES / PART_LANES, AT_ONCE = SUM_PARTS / PARTS };
    size_t width = panels_of(depth, LANES) * LANES;
    for (size_t p = 0; p < panels; p += AT_ONCE, b += AT_ONCE * panel_stride) {
        for (size_t panel = 0; panel < panels_of(rows, CKERNELS_PANEL); panel++) {
            size_t first = first_row(panel, rows, CKERNELS_PANEL);
            size_t taken = first_row(panel + 1, rows, CKERNELS_PANEL) - first;
            layout at = {
                .row = LANES, .step = 1, .line = taken * LANES, .part = PARTS > 1 ? PART_LANES : panel_stride,
                .part_step = LANES, .twice = PARTS == 1};
            const float *x = a + first * width;
            float *to = result + first * stride + p * LANES;
            if (p + AT_ONCE <= panels) multiply_panel(taken, AT_ONCE * PARTS, depth, x, b, at, to, stride);
            else multiply_panel(taken, PARTS, depth, x, b, at, to, stride);
        }
    }
}
