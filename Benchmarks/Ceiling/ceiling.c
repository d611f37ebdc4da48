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
#endif
