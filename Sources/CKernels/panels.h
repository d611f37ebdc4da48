// Products in fp32 of panels of rows [depth][16] with panels of columns [depth][16], tile by tile. Included by kernels.h.

// As many sums as there are registers; a panel of rows is a tile or two.
#if defined(AVX512)
enum { SUM_ROWS = 14, SUM_PANELS = 2, PANEL_ROWS = 14 };
#else
enum { SUM_ROWS = 6, SUM_PANELS = 1, PANEL_ROWS = 12 };
#endif

// The same address in a register of its own: the compiler does not know that it is the same, or what it was counted from.
// AVX-512 takes a value from the memory right in a multiplication, if its address is one register and a constant. Two
// multiplications by one value, at two such addresses, are two instructions; otherwise they are three, or more where
// addresses are counted from one register. That decides where another thread of the core takes half of its instructions.
INLINE const float *apart(const float *p) {
    __asm__("" : "+r"(p));
    return p;
}
// What a second multiplication reads through: a register where it takes values from there, which a third instruction fills.
#if defined(AVX512)
#define TWIN(a, twin) (twin)
#else
#define TWIN(a, twin) (a)
#endif

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

// Where values of rows stand, and those of panels of columns: from one to the next, and from one step of the depth to the
// next. `twice` where the distance of rows is a constant.
typedef struct {
    size_t row, step, panel, panel_step;
    int twice;
} layout;

// One step of the depth; `twin` is `a` once more.
INLINE void add_step(
    size_t rows, size_t panels, const float *a, const float *twin, const float *b, layout at,
    vector sums[SUM_ROWS][SUM_PANELS]) {
#pragma clang loop unroll(full)
    for (size_t p = 0; p < panels; p++) {
        const float *values = p ? TWIN(a, twin) : a;
        vector columns = load(b + p * at.panel);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) sums[r][p] += splat(values[r * at.row]) * columns;
    }
}

// One tile of a product, which becomes the result or is added to it. `rows` and `panels` are constants where it is inlined,
// so the sums stay in registers.
INLINE void multiply_tile(
    size_t rows, size_t panels, size_t depth, const float *a, const float *b, layout at, float *result, size_t stride,
    int add, coming next) {
    vector sums[SUM_ROWS][SUM_PANELS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (size_t p = 0; p < panels; p++) sums[r][p] = (vector){0};
    }
    for (size_t r = 0; add && r < rows; r++) {
        for (size_t p = 0; p < panels; p++) __builtin_prefetch(result + r * stride + p * LANES, 1, 3);
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
                add_step(rows, panels, a + i * at.step, twin + i * at.step, b + i * at.panel_step, at, sums);
            a = apart(a + STEPS * at.step);
            twin = at.twice ? apart(twin + STEPS * at.step) : a;
            b = apart(b + STEPS * at.panel_step);
        }
    }
    for (; k < depth; k++, a += at.step, b += at.panel_step) add_step(rows, panels, a, a, b, at, sums);
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
    case ROWS: multiply_tile(ROWS, panels, depth, a, b, at, result, stride, add, next); break;
INLINE void multiply_rows(
    size_t rows, size_t panels, size_t depth, const float *a, const float *b, layout at, float *result, size_t stride,
    int add, coming next) {
    for (size_t first = 0; first < rows; first += SUM_ROWS, a += SUM_ROWS * at.row, result += SUM_ROWS * stride) {
        switch (rows - first < SUM_ROWS ? rows - first : SUM_ROWS) {
            TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if defined(AVX512)
            TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) TILE(13) TILE(14)
#endif
        }
    }
}
#undef TILE

// Rows are cut into panels of about the same height, at most `most`.
INLINE size_t panels_of(size_t rows, size_t most) { return (rows + most - 1) / most; }
INLINE size_t first_row(size_t panel, size_t rows, size_t most) { return rows * panel / panels_of(rows, most); }

static void multiply_panels(
    size_t rows, size_t panels, size_t depth, const float *x, size_t x_stride, const float *b, size_t panel_stride,
    float *result, size_t stride) {
    layout at = {x_stride, 1, panel_stride, LANES, 0};
    coming nothing = nothing_but(x);
    for (size_t p = 0; p < panels; p += SUM_PANELS, b += SUM_PANELS * panel_stride) {
        for (size_t panel = 0; panel < panels_of(rows, PANEL_ROWS); panel++) {
            size_t first = first_row(panel, rows, PANEL_ROWS), taken = first_row(panel + 1, rows, PANEL_ROWS) - first;
            const float *a = x + first * x_stride;
            float *to = result + first * stride + p * LANES;
            if (p + SUM_PANELS <= panels) multiply_rows(taken, SUM_PANELS, depth, a, b, at, to, stride, 0, nothing);
            else multiply_rows(taken, 1, depth, a, b, at, to, stride, 0, nothing);
        }
    }
}
