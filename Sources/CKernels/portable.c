#define SET "portable"
#include "kernels.h"

const ckernels_table *ckernels_portable(void) { return &table; }
