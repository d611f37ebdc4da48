#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,avx512vnni,avx512fp16"), min_vector_width(512))), apply_to = function)
#define SET "avx512fp16"
#define AVX512
#define AVX512VNNI
#define AVX512FP16
#include "kernels.h"
#pragma clang attribute pop

const ckernels_table *ckernels_avx512fp16(void) { return &table; }
#endif
