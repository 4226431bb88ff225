/* frugal/core.h: what everything else stands on: status codes with a message, checked sizes and memory, counter-based
 * random numbers, progress with clean interruption, threads and ranks, task sets with a journal, time, checksums.
 *
 * Conventions of the whole library:
 *  - functions return FR_OK (0) or a negative fr_status; the failing function has recorded one sentence for the user
 *    (fr_last_error); on failure outputs are zeroed and nothing leaks;
 *  - whoever calls _init/_read/_open/_solve calls the matching _free/_close, which is safe on a zeroed struct and twice;
 *  - the library never prints, never exits and never reads the environment: what it has to say goes to the fr_observer.
 */
#ifndef FRUGAL_CORE_H
#define FRUGAL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ------------------------------------------------------------------------------------------------- */

typedef enum {
    FR_OK = 0,
    FR_EUSAGE = -1,   /* an argument outside its documented range (a caller's or a command line's mistake) */
    FR_EINPUT = -2,   /* a file or a data set that is not what it should be */
    FR_ENOMEM = -3,   /* out of memory, or a size that does not fit into one */
    FR_EIO = -4,      /* cannot read, write, rename; disk full */
    FR_ENUMERIC = -5, /* a computation broke down (not positive definite, not finite) */
    FR_EINTERRUPTED = -6, /* stopped on request; what was finished is kept */
    FR_EUNAVAILABLE = -7  /* this build lacks an optional part */
} fr_status;

/* Records the message (printf-style, one sentence, at most 1023 bytes) for this thread and returns `status`. */
int fr_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message of the last failure on this thread; "" when there was none. Valid until the next fr_fail on the thread. */
const char *fr_last_error(void);

/* ---- sizes and memory ---------------------------------------------------------------------------------------- */

/* *out = a * b (or a + b); FR_ENOMEM with a message if it overflows int64_t or an operand is negative. */
int fr_size_mul(int64_t a, int64_t b, int64_t *out);
int fr_size_add(int64_t a, int64_t b, int64_t *out);

/* `count` zeroed elements of `size` bytes, aligned to 64 bytes; NULL (with the message set) if that fails or count < 0.
 * count = 0 gives a valid pointer. Release with fr_free. */
void *fr_alloc(int64_t count, size_t size);
/* Grows or shrinks a block of fr_alloc, keeping its contents (new bytes are not zeroed); NULL leaves `block` as it was. */
void *fr_realloc(void *block, int64_t count, size_t size);
void fr_free(void *block);
/* A copy of a string with fr_alloc; NULL (with the message set) if that fails. */
char *fr_strdup(const char *text);

/* ---- observer: progress, warnings, interruption --------------------------------------------------------------- */

/* What a program that uses the library wants to hear. All members may be NULL. Calls come from one thread at a time. */
typedef struct {
    void *context;
    /* One sentence about something the user should know though the work goes on. */
    void (*warn)(void *context, const char *message);
    /* `done` of `total` steps of `phase` are finished (total 0: unknown); at most about ten calls a second. */
    void (*progress)(void *context, const char *phase, int64_t done, int64_t total);
} fr_observer;

/* Installs the observer for the process (NULL: silence). Not to be called while work is running. */
void fr_observe(const fr_observer *observer);
/* Tells the observer; printf-style. */
void fr_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Asks running work to stop soon; safe in a signal handler. fr_interrupt_clear forgets the request. */
void fr_interrupt(void);
void fr_interrupt_clear(void);
bool fr_interrupted(void);

/* To be called in long loops: reports progress (rate-limited) and returns FR_OK or, after fr_interrupt,
 * FR_EINTERRUPTED. Safe on any thread. Inside a task it tells of the task set, not of the loop. `phase` NULL: reports
 * nothing. */
int fr_progress_tick(const char *phase, int64_t done, int64_t total);

/* ---- time, memory, checksums ---------------------------------------------------------------------------------- */

/* Monotonic seconds from an arbitrary start. */
double fr_clock(void);
/* Largest resident memory of this process so far, in bytes; 0 where the system does not tell. */
int64_t fr_peak_memory(void);
/* SHA-256 of a file's bytes as 64 hex digits plus '\0', and its size. */
int fr_sha256_file(const char *path, char hex[65], int64_t *bytes);
/* SHA-256 of `size` bytes in memory. */
void fr_sha256(const void *bytes, size_t size, char hex[65]);

/* ---- random numbers -------------------------------------------------------------------------------------------- *
 * Philox 4x32-10 (Salmon et al., SC 2011). Counter words: c0,c1 = low and high half of the block number, c2,c3 = low and
 * high half of the stream; key = seed. Every draw is a pure function of (seed, stream, index): the same for any number
 * of threads or ranks. Block `index` serves draw `index`. */

/* The 10-round bijection itself. */
void fr_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* 64 random bits: words 0 (low) and 1 (high) of the block. */
uint64_t fr_random_bits(uint64_t seed, uint64_t stream, uint64_t index);
/* Uniform in the open interval (0, 1): (top 52 bits + 1/2) / 2^52. */
double fr_random_uniform(uint64_t seed, uint64_t stream, uint64_t index);
/* Standard normal, Box-Muller (cosine branch) on words (0,1) and (2,3) of the block. */
double fr_random_normal(uint64_t seed, uint64_t stream, uint64_t index);
/* Number of successes in `trials` >= 0 with probability p in [0, 1]. */
int64_t fr_random_binomial(uint64_t seed, uint64_t stream, uint64_t index, int64_t trials, double p);
/* Poisson count of the given mean >= 0 (and <= 1e15). */
int64_t fr_random_poisson(uint64_t seed, uint64_t stream, uint64_t index, double mean);
/* A uniformly random permutation of 0..n-1 (Fisher-Yates, unbiased bounded integers); index names the permutation. */
void fr_random_permutation(uint64_t seed, uint64_t stream, uint64_t index, int64_t n, int64_t *out);

/* A sequence of draws, for algorithms that need a number of them not known beforehand. The sequence is a function of
 * (seed, stream, index) given at init; sequences of different arguments are independent. */
typedef struct {
    uint32_t key[2];
    uint32_t counter[4];
    uint32_t word[4];
    int used; /* words of the current block already given out; 4 = none left */
} fr_rng;

void fr_rng_init(fr_rng *rng, uint64_t seed, uint64_t stream, uint64_t index);
uint64_t fr_rng_bits(fr_rng *rng);
double fr_rng_uniform(fr_rng *rng);     /* open interval (0, 1) */
double fr_rng_exponential(fr_rng *rng); /* mean 1 */
double fr_rng_normal(fr_rng *rng);
int64_t fr_rng_below(fr_rng *rng, int64_t n); /* uniform in 0..n-1, unbiased; n >= 1 */
int64_t fr_rng_binomial(fr_rng *rng, int64_t trials, double p);
int64_t fr_rng_poisson(fr_rng *rng, double mean);

/* ---- threads and ranks ------------------------------------------------------------------------------------------ */

/* Number of threads that work is spread over; n <= 0 asks for all processors this process may use (ranks on one machine
 * share them). Returns the number now in force. Default before the first call: all. The BLAS is made serial.
 * Inside a task fr_threads() is 1. OpenMP's own default becomes 1: a parallel region says num_threads(fr_threads()). */
int fr_threads_set(int n);
int fr_threads(void);
/* Threads of the BLAS for the calls that follow, for code that makes a few large ones; returns the number before. Without
 * effect inside a task. */
int fr_blas_threads(int n);

/* Joins the other processes of an mpirun job. FR_EUNAVAILABLE in a build without MPI. Without this call there is one
 * rank, number 0, and MPI is not touched. What all ranks do together (broadcasts, journals, task sets) is for the thread
 * that made this call, outside of tasks. Call fr_ranks_stop at the end of the program (fr_ranks_abort where it ends early
 * with an error, so that no rank waits for this one). */
int fr_ranks_start(int *argc, char ***argv);
void fr_ranks_stop(void);
void fr_ranks_abort(int exit_code);
int fr_rank(void);
int fr_ranks(void);
/* Gives every rank the status and the bytes of rank 0; the other ranks get its message too. */
int fr_ranks_broadcast(int status, void *bytes, int64_t size);
/* The same from another rank. */
int fr_ranks_broadcast_from(int rank, int status, void *bytes, int64_t size);

/* ---- task sets ----------------------------------------------------------------------------------------------------- *
 * Independent pieces of work, i = 0..count-1, run on threads, or on all ranks of an mpirun job (every rank makes the same
 * calls and gets all results). Results land by index, so the output does not depend on who did what. */

/* Finished tasks on disk (SQLite), from which an interrupted run goes on. Only rank 0 touches the file. */
typedef struct fr_journal fr_journal;

/* Opens or creates the journal at `path`; all ranks call it and get the same status. `key` identifies the work (a checksum
 * of settings and inputs): with `resume` an existing journal of another key is FR_EINPUT; without it, an existing journal
 * is emptied. A file that is no journal is FR_EINPUT, one in use by another run FR_EIO. A finished task is kept even if the
 * process is killed the moment after; a power failure can take the last second or so. */
int fr_journal_open(const char *path, const char *key, bool resume, fr_journal **out);
void fr_journal_close(fr_journal *journal); /* keeps the file */

typedef struct {
    const char *name;    /* names the set in the journal (one name, one set) and the phase of its progress */
    int64_t count;       /* number of tasks */
    int64_t result_size; /* bytes of one result, a plain block without pointers; at most 10^9 */
    /* Task `index`: reads `context`, scratches in `workspace`, fills `result`. Inside it BLAS and OpenMP are serial. */
    int (*run)(int64_t index, const void *context, void *workspace, void *result);
    const void *context;
    /* One workspace per thread, made on that thread; both NULL if none is needed. */
    int (*workspace_new)(const void *context, void **workspace);
    void (*workspace_free)(void *workspace);
} fr_tasks;

/* Runs all tasks that the journal (may be NULL) does not already hold. `results`: count * result_size bytes;
 * `finished`: count flags, may be NULL. Results of tasks that are not finished are zero.
 * The first failing task (by index among those that failed) gives the status and message, and no further tasks are begun;
 * after fr_interrupt (on any rank) the running tasks end, and FR_EINTERRUPTED is returned. In both cases the finished results
 * are in place. All ranks get the same results, flags, status and message. Progress and warnings of tasks on other ranks go
 * to the observer of rank 0.
 * A task may itself run a task set: one task after the other, on its own thread, without a journal. */
int fr_tasks_run(const fr_tasks *tasks, fr_journal *journal, void *results, uint8_t *finished);
/* Number of ranks that a task set begun here is spread over: fr_ranks(), but 1 inside a task. What tasks leave beside
 * their results stays on the rank that ran them. */
int fr_tasks_ranks(void);

#ifdef __cplusplus
}
#endif
#endif
