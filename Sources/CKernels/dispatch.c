#include "CKernels.h"

#if defined(__x86_64__)
const ckernels_table *ckernels_avx2(void);
const ckernels_table *ckernels_avx512(void);

int ckernels_cpu_has_avx512(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
int ckernels_cpu_has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
const ckernels_table *ckernels_best(void) {
    if (ckernels_cpu_has_avx512()) return ckernels_avx512();
    if (ckernels_cpu_has_avx2()) return ckernels_avx2();
    return ckernels_portable();
}
#else
int ckernels_cpu_has_avx512(void) { return 0; }
int ckernels_cpu_has_avx2(void) { return 0; }
const ckernels_table *ckernels_best(void) { return ckernels_portable(); }
#endif
