#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,avx512vnni,avx512fp16,amx-tile,amx-int8,amx-bf16"), min_vector_width(512))), apply_to = function)
#define SET "amx"
#define AVX512
#define AVX512VNNI
#define AVX512FP16
#define AMX
#include "kernels.h"
#pragma clang attribute pop

const ckernels_table *ckernels_amx(void) { return &table; }
#endif
