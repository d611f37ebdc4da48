// Winograd's F(4x4, 3x3) in fp32: tiles of 4x4 results out of windows of 6x6 pixels, 36 products where the plain sum has
// 144. Included by kernels.h, once per level.
//
// Points 0, +-a, +-b and infinity with a = 5/8 and b = 3/2: half the rounding error of the usual 1 and 2.
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308.

#define POINT_A 0.625f
#define POINT_B 1.5f
#define SQUARE_A (POINT_A * POINT_A)
#define SQUARE_B (POINT_B * POINT_B)

// Six values at steps of `step`, in place, by the transposed matrix of the windows.
INLINE void transform_window(vector *x, size_t step) {
    vector x0 = x[0], x1 = x[step], x2 = x[2 * step], x3 = x[3 * step], x4 = x[4 * step], x5 = x[5 * step];
    vector even_a = x4 - SQUARE_B * x2, odd_a = POINT_A * (x3 - SQUARE_B * x1);
    vector even_b = x4 - SQUARE_A * x2, odd_b = POINT_B * (x3 - SQUARE_A * x1);
    x[0] = SQUARE_A * SQUARE_B * x0 - (SQUARE_A + SQUARE_B) * x2 + x4;
    x[step] = even_a + odd_a;
    x[2 * step] = even_a - odd_a;
    x[3 * step] = even_b + odd_b;
    x[4 * step] = even_b - odd_b;
    x[5 * step] = SQUARE_A * SQUARE_B * x1 - (SQUARE_A + SQUARE_B) * x3 + x5;
}

// Up to 16 values of a row of a panel, of which the first is value `place` of the depth.
INLINE void place_in_panel(float *row, size_t place, size_t line, vector x, size_t count) {
    size_t beside = place % LANES, near = LANES - beside < count ? LANES - beside : count;
    float *to = row + place / LANES * line + beside;
    if (near >= LANES) return store(to, x);
    float values[LANES];
    store(values, x);
    memcpy(to, values, near * sizeof *to);
    if (near < count) memcpy(to - beside + line, values + near, (count - near) * sizeof *to);
}

static void winograd_window(
    const float *const pixels[36], size_t channels, float *row, size_t place, size_t line, size_t stride) {
    for (size_t c = 0; c < channels; c += LANES) {
        size_t count = channels - c < LANES ? channels - c : LANES;
        vector x[36];
#if defined(AVX512)
        // The next places are in no near cache. Elsewhere whole decoding was not compared, and where they are near it costs a tenth.
        const float *next = row + (place + c + LANES) / LANES * line;
        for (size_t i = 0; i < 36; i++) __builtin_prefetch(next + i * stride, 1, 3);
#endif
        for (size_t i = 0; i < 36; i++) x[i] = load_some(pixels[i] + c, count);
        for (size_t i = 0; i < 6; i++) transform_window(x + i, 6);
        for (size_t i = 0; i < 6; i++) transform_window(x + 6 * i, 1);
        for (size_t i = 0; i < 36; i++) place_in_panel(row + i * stride, place + c, line, x[i], count);
    }
}

// Three values at steps of `step` to six.
INLINE void transform_taps(const vector *g, size_t step, vector *u, size_t out) {
    const float zero = 1 / (SQUARE_A * SQUARE_B);
    const float a = 1 / (2 * SQUARE_A * (SQUARE_A - SQUARE_B)), b = 1 / (2 * SQUARE_B * (SQUARE_B - SQUARE_A));
    vector g0 = g[0], g1 = g[step], g2 = g[2 * step];
    vector even_a = a * g0 + (a * SQUARE_A) * g2, odd_a = (a * POINT_A) * g1;
    vector even_b = b * g0 + (b * SQUARE_B) * g2, odd_b = (b * POINT_B) * g1;
    u[0] = zero * g0;
    u[out] = even_a + odd_a;
    u[2 * out] = even_a - odd_a;
    u[3 * out] = even_b + odd_b;
    u[4 * out] = even_b - odd_b;
    u[5 * out] = g2;
}

static void winograd_taps(
    const float *weight, size_t tap_stride, size_t row_stride, size_t channels, size_t columns, float *target,
    size_t stride) {
    for (size_t c = 0; c < channels; c++, weight += row_stride, target += LANES) {
        vector g[9], half[18], u[36];
        for (size_t i = 0; i < 9; i++) g[i] = load_some(weight + i * tap_stride, columns);
        for (size_t i = 0; i < 3; i++) transform_taps(g + i, 3, half + i, 3);
        for (size_t i = 0; i < 6; i++) transform_taps(half + 3 * i, 1, u + 6 * i, 1);
        for (size_t i = 0; i < 36; i++) store(target + i * stride, u[i]);
    }
}

// Six values at steps of `step` to four at steps of `out`.
INLINE void transform_sums(const vector *m, size_t step, vector *y, size_t out) {
    vector plus_a = m[step] + m[2 * step], minus_a = m[step] - m[2 * step];
    vector plus_b = m[3 * step] + m[4 * step], minus_b = m[3 * step] - m[4 * step];
    y[0] = m[0] + plus_a + plus_b;
    y[out] = POINT_A * minus_a + POINT_B * minus_b;
    y[2 * out] = SQUARE_A * plus_a + SQUARE_B * plus_b;
    y[3 * out] = POINT_A * SQUARE_A * minus_a + POINT_B * SQUARE_B * minus_b + m[5 * step];
}

static void winograd_sums(
    const float *sums, size_t stride, size_t channels, const float *bias, float *pixels, size_t rows, size_t columns,
    size_t row_stride, size_t pixel_stride) {
    for (size_t c = 0; c < channels; c += LANES) {
        vector m[36], half[24], y[16], first = load_some(bias + c, channels - c);
        for (size_t i = 0; i < 36; i++) m[i] = load(sums + i * stride + c);
        for (size_t i = 0; i < 6; i++) transform_sums(m + i, 6, half + i, 6);
        for (size_t i = 0; i < 4; i++) transform_sums(half + 6 * i, 1, y + 4 * i, 1);
        for (size_t row = 0; row < rows; row++) {
            for (size_t column = 0; column < columns; column++) {
                float *pixel = pixels + row * row_stride + column * pixel_stride + c;
                store_some(pixel, y[4 * row + column] + first, channels - c);
            }
        }
    }
}
