/* Addressed random draws: Philox 4x32-10, and uniforms and normals that are pure functions of (seed, stream, index).
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 * Box-Muller: z = sqrt(-2 log u) cos(2 pi v). Draws that consume an unknown number of words are in sequence.c. */
#include <frugal/core.h>

#include "random.h"

#include <math.h>

/* One round: two 32x32 -> 64 bit products, whose halves are mixed with the key and swapped. */
static void philox_round(uint32_t c[4], uint32_t k0, uint32_t k1)
{
    uint64_t p0 = (uint64_t)0xD2511F53 * c[0], p1 = (uint64_t)0xCD9E8D57 * c[2];
    uint32_t c1 = c[1], c3 = c[3];
    c[0] = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c[1] = (uint32_t)p1;
    c[2] = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c[3] = (uint32_t)p0;
}

void fr_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        philox_round(c, k0, k1);
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    for (int lane = 0; lane < 4; lane++)
        out[lane] = c[lane];
}

void fr_random_block(uint64_t seed, uint64_t stream, uint64_t index, uint32_t word[4])
{
    uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream,
                           (uint32_t)(stream >> 32)};
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    fr_philox(counter, key, word);
}

double fr_normal_of_words(const uint32_t word[4])
{
    double u = fr_uniform_of_bits(fr_bits_of_words(word)), v = fr_uniform_of_bits(fr_bits_of_words(word + 2));
    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

uint64_t fr_random_bits(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t word[4];
    fr_random_block(seed, stream, index, word);
    return fr_bits_of_words(word);
}

double fr_random_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
    return fr_uniform_of_bits(fr_random_bits(seed, stream, index));
}

double fr_random_normal(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t word[4];
    fr_random_block(seed, stream, index, word);
    return fr_normal_of_words(word);
}
