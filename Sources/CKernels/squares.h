// Products by AMX, in squares of 32 rows and 32 columns: four tiles of sums, two of rows and two of columns are all registers.
// Included by kernels.h.

// A tile: 16 rows of 64 bytes. A square: its sums lie row by row.
enum { TILE_SIDE = 16, TILE_BYTES = 64, SQUARE = 2 * TILE_SIDE };
enum { SQUARE_PITCH = SQUARE * sizeof(float), SQUARE_HALF = TILE_SIDE * SQUARE };

// As the processor reads it.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, LDTILECFG
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_shapes;

// A thread that holds tiles has eight KiB more to be saved whenever another takes its place: they are given back at the end of
// each task.
INLINE void begin_squares(void) {
    tile_shapes shapes = {.palette = 1};
    for (size_t tile = 0; tile < 8; tile++) {
        shapes.row_bytes[tile] = TILE_BYTES;
        shapes.rows[tile] = TILE_SIDE;
    }
    _tile_loadconfig(&shapes);
}
INLINE void end_squares(void) { _tile_release(); }

// Sums begin with 0, or with those that lie `pitch` bytes apart.
INLINE void clear_square(void) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}
INLINE void load_square(const void *sums, size_t pitch) {
    const char *upper = sums, *lower = upper + TILE_SIDE * pitch;
    _tile_loadd(0, upper, pitch);
    _tile_loadd(1, upper + TILE_BYTES, pitch);
    _tile_loadd(2, lower, pitch);
    _tile_loadd(3, lower + TILE_BYTES, pitch);
}
INLINE void store_square(void *sums, size_t pitch) {
    char *upper = sums, *lower = upper + TILE_SIDE * pitch;
    _tile_stored(0, upper, pitch);
    _tile_stored(1, upper + TILE_BYTES, pitch);
    _tile_stored(2, lower, pitch);
    _tile_stored(3, lower + TILE_BYTES, pitch);
}

// Rows of a step of the depth, 64 bytes of each, `pitch` bytes apart, of which the second 16 stand `below` bytes behind the
// first; and columns, groups of four bytes of each, of which the second 16 stand `beside` bytes behind the first.
INLINE void load_rows(const void *rows, size_t below, size_t pitch) {
    _tile_loadd(4, rows, pitch);
    _tile_loadd(5, (const char *)rows + below, pitch);
}
INLINE void load_columns(const void *columns, size_t beside, size_t pitch) {
    _tile_loadd(6, columns, pitch);
    _tile_loadd(7, (const char *)columns + beside, pitch);
}
INLINE void add_unsigned_bytes(void) {
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
}
