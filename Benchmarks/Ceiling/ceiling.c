#include "ceiling.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Enough independent sums to hide the latency of two units, few enough to stay in registers.
enum { SUMS_512 = 24, SUMS_256 = 12 };

#define KEEP(x) __asm__ volatile("" : "+v"(x))

__attribute__((target("avx512f"))) static void fp32_512(size_t rounds) {
    __m512 sums[SUMS_512];
    __m512 x = _mm512_set1_ps(0.5f), y = _mm512_set1_ps(0.25f);
    for (int i = 0; i < SUMS_512; i++) sums[i] = _mm512_setzero_ps();
    for (size_t round = 0; round < rounds; round++) {
        KEEP(x);
#pragma clang loop unroll(full)
        for (int i = 0; i < SUMS_512; i++) sums[i] = _mm512_fmadd_ps(x, y, sums[i]);
    }
    for (int i = 0; i < SUMS_512; i++) KEEP(sums[i]);
}

__attribute__((target("avx2,fma"))) static void fp32_256(size_t rounds) {
    __m256 sums[SUMS_256];
    __m256 x = _mm256_set1_ps(0.5f), y = _mm256_set1_ps(0.25f);
    for (int i = 0; i < SUMS_256; i++) sums[i] = _mm256_setzero_ps();
    for (size_t round = 0; round < rounds; round++) {
        KEEP(x);
#pragma clang loop unroll(full)
        for (int i = 0; i < SUMS_256; i++) sums[i] = _mm256_fmadd_ps(x, y, sums[i]);
    }
    for (int i = 0; i < SUMS_256; i++) KEEP(sums[i]);
}

__attribute__((target("avx512f,avx512vnni"))) static void int8_512(size_t rounds) {
    __m512i sums[SUMS_512];
    __m512i x = _mm512_set1_epi8(3), y = _mm512_set1_epi8(5);
    for (int i = 0; i < SUMS_512; i++) sums[i] = _mm512_setzero_si512();
    for (size_t round = 0; round < rounds; round++) {
        KEEP(x);
#pragma clang loop unroll(full)
        for (int i = 0; i < SUMS_512; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], x, y);
    }
    for (int i = 0; i < SUMS_512; i++) KEEP(sums[i]);
}

__attribute__((target("avx512f,avx512fp16"))) static void fp16_512(size_t rounds) {
    __m512h sums[SUMS_512];
    __m512h x = _mm512_set1_ph(0.5f16), y = _mm512_set1_ph(0.25f16);
    for (int i = 0; i < SUMS_512; i++) sums[i] = _mm512_setzero_ph();
    for (size_t round = 0; round < rounds; round++) {
        KEEP(x);
#pragma clang loop unroll(full)
        for (int i = 0; i < SUMS_512; i++) sums[i] = _mm512_fmadd_ph(x, y, sums[i]);
    }
    for (int i = 0; i < SUMS_512; i++) KEEP(sums[i]);
}

#if defined(__linux__)
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Four tiles of sums, as many as two of each operand make; one round in eight, since a tile is that much work.
enum { TILES = 4, TILE_ROUND = 8, TILE_BYTES = 1024, TILE_INT8 = 2 * 16 * 16 * 64, TILE_BFLOAT16 = 2 * 16 * 16 * 32 };

// Whether there are tiles and Linux lends them to this process.
static int has_tiles(void) {
    return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-int8") && __builtin_cpu_supports("amx-bf16") &&
           syscall(SYS_arch_prctl, 0x1023, 18) == 0;
}

// Operands are numbers of all sizes: with zeros the processor uses less power and is quicker.
__attribute__((target("amx-tile"))) static void load_tiles(void) {
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shapes = {.palette = 1};
    uint16_t values[4][TILE_BYTES / 2];
    for (int i = 0; i < 8; i++) {
        shapes.row_bytes[i] = 64;
        shapes.rows[i] = 16;
    }
    for (int i = 0; i < 4 * TILE_BYTES / 2; i++) values[0][i] = (uint16_t)(0x3F00 + (i * 40503u >> 3 & 0x80FF));
    _tile_loadconfig(&shapes);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    _tile_loadd(4, values[0], 64);
    _tile_loadd(5, values[1], 64);
    _tile_loadd(6, values[2], 64);
    _tile_loadd(7, values[3], 64);
}
#define TILE_CEILING(name, set, multiply, operations)                                     \
    __attribute__((target("amx-tile," set))) static void name##_loop(size_t rounds) { \
        load_tiles();                                                                    \
        for (size_t round = 0; round < rounds; round++) {                                \
            multiply(0, 4, 6);                                                           \
            multiply(1, 4, 7);                                                           \
            multiply(2, 5, 6);                                                           \
            multiply(3, 5, 7);                                                           \
        }                                                                                \
        _tile_release();                                                                 \
    }                                                                                    \
    double name(size_t rounds) {                                                         \
        if (!has_tiles()) return 0;                                                      \
        name##_loop(rounds / TILE_ROUND);                                                \
        return (double)(rounds / TILE_ROUND) * TILES * (operations);                     \
    }
TILE_CEILING(ceiling_int8_tiles, "amx-int8", _tile_dpbusd, TILE_INT8)
TILE_CEILING(ceiling_bfloat16_tiles, "amx-bf16", _tile_dpbf16ps, TILE_BFLOAT16)
#else
double ceiling_int8_tiles(size_t rounds) { (void)rounds; return 0; }
double ceiling_bfloat16_tiles(size_t rounds) { (void)rounds; return 0; }
#endif

double ceiling_fp32(size_t rounds) {
    if (__builtin_cpu_supports("avx512f")) {
        fp32_512(rounds);
        return (double)rounds * SUMS_512 * 32;
    }
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    fp32_256(rounds);
    return (double)rounds * SUMS_256 * 16;
}

double ceiling_fp16(size_t rounds) {
    if (!__builtin_cpu_supports("avx512fp16")) return 0;
    fp16_512(rounds);
    return (double)rounds * SUMS_512 * 64;
}

double ceiling_int8(size_t rounds) {
    if (!__builtin_cpu_supports("avx512vnni")) return 0;
    int8_512(rounds);
    return (double)rounds * SUMS_512 * 128;
}
#else
double ceiling_fp32(size_t rounds) { (void)rounds; return 0; }
double ceiling_fp16(size_t rounds) { (void)rounds; return 0; }
double ceiling_int8(size_t rounds) { (void)rounds; return 0; }
double ceiling_int8_tiles(size_t rounds) { (void)rounds; return 0; }
double ceiling_bfloat16_tiles(size_t rounds) { (void)rounds; return 0; }
#endif
