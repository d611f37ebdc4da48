#include <stdatomic.h>
#include <string.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "CKernels.h"

const ckernels_table *ckernels_avx2(void);
const ckernels_table *ckernels_avxvnni(void);
const ckernels_table *ckernels_avx512(void);
const ckernels_table *ckernels_avx512vnni(void);
const ckernels_table *ckernels_avx512fp16(void);
const ckernels_table *ckernels_amx(void);

#if defined(__x86_64__) && defined(__linux__)
// Whether the CPU has tiles for products of bytes and of bfloat16, and Linux lets this process use them: it has to be asked.
// Source: Linux, Documentation/arch/x86/xstate.rst
static int has_tiles(void) {
    enum { REQUEST_COMPONENT = 0x1023, TILE_DATA = 18 };
    return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-int8") && __builtin_cpu_supports("amx-bf16") &&
           syscall(SYS_arch_prctl, REQUEST_COMPONENT, TILE_DATA) == 0;
}
#endif

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
    if (!__builtin_cpu_supports("avx512fp16")) return count;
    levels[count++] = ckernels_avx512fp16();
#if defined(__linux__)
    if (has_tiles()) levels[count++] = ckernels_amx();
#endif
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
