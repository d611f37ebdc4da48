#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"), min_vector_width(512))), apply_to = function)
#define SET "avx512"
#define AVX512
#include "kernels.h"
#pragma clang attribute pop

const ckernels_table *ckernels_avx512(void) { return &table; }
#endif
