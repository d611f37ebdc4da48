#pragma once
#include <stddef.h>

// Operations (a multiply-add is two) of `rounds` rounds of a loop whose operands never leave the registers: what one
// core can do at most. The widest instructions that the CPU has; 0 where there is no loop for it.
double ceiling_fp32(size_t rounds);
double ceiling_fp16(size_t rounds);
double ceiling_int8(size_t rounds);
// By AMX.
double ceiling_int8_tiles(size_t rounds);
double ceiling_bfloat16_tiles(size_t rounds);
