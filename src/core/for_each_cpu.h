/* FR_FOR_EACH_CPU before a function that is one hot loop: it is compiled for AVX-512, AVX2 and the baseline, and the right
 * one is chosen when the program starts. (The sanitizers' start-up comes too late for such a choice.) */
#ifndef FRUGAL_CORE_FOR_EACH_CPU_H
#define FRUGAL_CORE_FOR_EACH_CPU_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define FR_FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FR_FOR_EACH_CPU
#endif

#endif
