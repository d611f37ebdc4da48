// A register full of columns. Included by kernels.h.

#if defined(AVX512)
#define PART_LANES 16
#elif defined(AVX2)
#define PART_LANES 8
#else
#define PART_LANES 4
#endif
typedef float part __attribute__((vector_size(4 * PART_LANES), aligned(4)));
typedef uint32_t part_words __attribute__((vector_size(4 * PART_LANES), aligned(4)));
typedef uint16_t part_halves __attribute__((vector_size(2 * PART_LANES), aligned(2)));

INLINE part part_at(const float *p) { return *(const part *)p; }
INLINE part widened_part(part_halves h) {
#if defined(AVX512)
    return (part)_mm512_cvtph_ps((__m256i)h);
#elif defined(AVX2)
    return (part)_mm256_cvtph_ps((__m128i)h);
#else
    halves padded = {0};
    memcpy(&padded, &h, sizeof h);
    vector wide = widened(padded);
    part columns;
    memcpy(&columns, &wide, sizeof columns);
    return columns;
#endif
}

// Columns of a block in fp32, or in half.
INLINE part columns_of(const void *p, int narrow) {
    return narrow ? widened_part(*(const part_halves *)p) : part_at((const float *)p);
}

INLINE size_t rounded_up(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

// The same address in a register of its own: the compiler does not know that it is the same, or what it was counted from.
// AVX-512 takes a value from the memory right in a multiplication, if its address is one register and a constant. Two
// multiplications by one value, at two such addresses, are two instructions; otherwise they are three, or more where
// addresses are counted from one register. That decides where another thread of the core takes half of its instructions.
INLINE const void *apart(const void *p) {
    __asm__("" : "+r"(p));
    return p;
}
// Sums are complete here, and nothing that stands behind is read before: else the compiler reads so far ahead that some of the
// sums have to leave their registers.
INLINE void settle(part *sums, size_t count) {
#if PART_LANES == 8
    if (count == 2) __asm__ volatile("" : "+x"(sums[0]), "+x"(sums[1]) : : "memory");
    if (count == 3) __asm__ volatile("" : "+x"(sums[0]), "+x"(sums[1]), "+x"(sums[2]) : : "memory");
#endif
}
