/* Sequences of random draws of unknown length (fr_rng), and permutations.
 *
 * Block (stream, index) of the seed gives 128 bits: 64 become the key of the sequence, 64 the upper half of its counter;
 * the lower half counts blocks. Philox is a bijection of the counter, so that different (stream, index) of one seed give
 * different pairs and their sequences cannot overlap.
 * Bounded integers: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019). */
#include <frugal/core.h>

#include "random.h"

#include <math.h>

__extension__ typedef unsigned __int128 uint128; /* not in ISO C, but in every 64-bit gcc and clang */

void fr_rng_init(fr_rng *rng, uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t word[4];
    fr_random_block(seed, stream, index, word);
    *rng = (fr_rng){.key = {word[0], word[1]}, .counter = {0, 0, word[2], word[3]}, .used = 4};
}

static void next_block(fr_rng *rng)
{
    fr_philox(rng->counter, rng->key, rng->word);
    if (++rng->counter[0] == 0) rng->counter[1]++;
    rng->used = 0;
}

uint64_t fr_rng_bits(fr_rng *rng)
{
    if (rng->used > 2) next_block(rng);
    uint64_t bits = fr_bits_of_words(rng->word + rng->used);
    rng->used += 2;
    return bits;
}

double fr_rng_uniform(fr_rng *rng)
{
    return fr_uniform_of_bits(fr_rng_bits(rng));
}

double fr_rng_exponential(fr_rng *rng)
{
    return -log(fr_rng_uniform(rng));
}

/* Always a whole block, so that one normal costs one Philox. */
double fr_rng_normal(fr_rng *rng)
{
    next_block(rng);
    rng->used = 4;
    return fr_normal_of_words(rng->word);
}

int64_t fr_rng_below(fr_rng *rng, int64_t n)
{
    uint64_t range = (uint64_t)n;
    uint128 product = (uint128)fr_rng_bits(rng) * range;
    if ((uint64_t)product <
        range) { /* only then may the low half lie in the part that would favour some values */
        uint64_t threshold = (0 - range) % range; /* 2^64 mod n */
        while ((uint64_t)product < threshold)
            product = (uint128)fr_rng_bits(rng) * range;
    }
    return (int64_t)(product >> 64);
}

void fr_random_permutation(uint64_t seed, uint64_t stream, uint64_t index, int64_t n, int64_t *out)
{
    fr_rng rng;
    fr_rng_init(&rng, seed, stream, index);
    for (int64_t i = 0; i < n; i++) { /* Fisher-Yates, from the inside out */
        int64_t j = fr_rng_below(&rng, i + 1);
        out[i] = out[j];
        out[j] = i;
    }
}
