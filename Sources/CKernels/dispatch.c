#include <stdatomic.h>
#include <string.h>

#include "CKernels.h"

const ckernels_table *ckernels_avx2(void);
const ckernels_table *ckernels_avxvnni(void);
const ckernels_table *ckernels_avx512(void);
const ckernels_table *ckernels_avx512vnni(void);
const ckernels_table *ckernels_avx512fp16(void);

size_t ckernels_levels(const ckernels_table *levels[CKERNELS_MOST_LEVELS]) {
    size_t count = 0;
    levels[count++] = ckernels_portable();
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return count;
    levels[count++] = ckernels_avx2();
    if (__builtin_cpu_supports("avxvnni")) levels[count++] = ckernels_avxvnni();
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) return count;
    levels[count++] = ckernels_avx512();
    if (!__builtin_cpu_supports("avx512vnni")) return count;
    levels[count++] = ckernels_avx512vnni();
    if (__builtin_cpu_supports("avx512fp16")) levels[count++] = ckernels_avx512fp16();
#endif
    return count;
}

static _Atomic(const ckernels_table *) chosen;

int ckernels_choose(const char *name) {
    const ckernels_table *levels[CKERNELS_MOST_LEVELS];
    size_t count = ckernels_levels(levels);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(levels[i]->name, name) != 0) continue;
        atomic_store(&chosen, levels[i]);
        return 1;
    }
    return 0;
}

const ckernels_table *ckernels_chosen(void) {
    const ckernels_table *table = atomic_load(&chosen);
    if (table) return table;
    const ckernels_table *levels[CKERNELS_MOST_LEVELS];
    return levels[ckernels_levels(levels) - 1];
}
