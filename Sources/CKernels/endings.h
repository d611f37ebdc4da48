// The last step of a product: bias, activation, gate and residual. Included by kernels.h.

// Sixteen columns of one row, from the product to what stands in memory afterwards.
INLINE void finish(const ckernels_product_ending *ending, vector x, size_t row, size_t column, size_t count) {
    int full = count >= LANES;
#define COLUMNS(p) (full ? load((p) + column) : load_part((p) + column, count, 0))
    if (ending->bias) x += COLUMNS(ending->bias);
    float *target = ending->result + row * ending->stride + column;
    if (ending->finish == CKERNELS_FINISH_GELU) x = gelu_of(x);
    if (ending->finish == CKERNELS_FINISH_ADD) {
        if (ending->gate) x *= COLUMNS(ending->gate);
        x += full ? load(target) : load_part(target, count, 0);
    }
    if (full) store(target, x);
    else store_part(target, x, count);
#undef COLUMNS
}
