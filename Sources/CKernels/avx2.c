#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define SET "avx2"
#define AVX2
#include "kernels.h"
#pragma clang attribute pop

const ckernels_table *ckernels_avx2(void) { return &table; }
#endif
