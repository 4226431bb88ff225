/* Tells the compiler that glibc on x86-64 has exp, expm1 and log for whole vectors, so that loops marked `omp simd` call
 * those (within 4 units in the last place). Elsewhere the loops are what they were. Include before using them. */
#ifndef FRUGAL_CORE_VECTOR_MATH_H
#define FRUGAL_CORE_VECTOR_MATH_H

#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
extern double exp(double) __attribute__((simd("notinbranch")));
extern double expm1(double) __attribute__((simd("notinbranch")));
extern double log(double) __attribute__((simd("notinbranch")));
#endif
#endif

#endif
