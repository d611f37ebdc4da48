#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#define SET "avxvnni"
#define AVX2
#define AVXVNNI
#include "kernels.h"
#pragma clang attribute pop

const ckernels_table *ckernels_avxvnni(void) { return &table; }
#endif
