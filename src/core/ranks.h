/* Inside core: what task sets need of the ranks besides the public part. Implemented twice: ranks_mpi.c, and ranks_single.c
 * for a build without MPI. Everything here is for the thread that called fr_ranks_start. No wait spins: ranks often share
 * processors with ranks that compute. */
#ifndef FRUGAL_CORE_RANKS_H
#define FRUGAL_CORE_RANKS_H

#include <stdbool.h>
#include <stdint.h>

/* Collective. FR_OK if every rank passes FR_OK; otherwise, on all, the status and message of the lowest rank that does not. */
int fr_ranks_agree(int status);
/* Collective. The bytes of rank 0 to all. */
void fr_ranks_share(void *bytes, int64_t size);

/* Messages between two ranks, delivered in order. */
bool fr_ranks_incoming(int *source, int64_t *size); /* is one waiting to be received? */
void fr_ranks_receive(int source, void *bytes, int64_t size);
void fr_ranks_send(int destination, const void *bytes, int64_t size); /* may wait for the receiver */
/* Sends without waiting: `bytes` must stay as they are until fr_ranks_send_ended says true. One at a time. */
void fr_ranks_send_begin(int destination, const void *bytes, int64_t size);
bool fr_ranks_send_ended(void);

#endif
