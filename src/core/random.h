/* Inside core: how words of a Philox block become bits, uniforms and normals. */
#ifndef FRUGAL_CORE_RANDOM_H
#define FRUGAL_CORE_RANDOM_H

#include <stdint.h>

/* The four words of block `index` of the stream. */
void fr_random_block(uint64_t seed, uint64_t stream, uint64_t index, uint32_t word[4]);

/* Standard normal from the four words of a block. */
double fr_normal_of_words(const uint32_t word[4]);

static inline uint64_t fr_bits_of_words(const uint32_t word[2])
{
    return (uint64_t)word[1] << 32 | word[0];
}

/* Midpoints of 2^52 equal cells of (0, 1): exact in a double, never 0 or 1. */
static inline double fr_uniform_of_bits(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

#endif
