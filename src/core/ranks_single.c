/* The ranks of a build without MPI: one, number 0, that nobody writes to. */
#include <frugal/core.h>

#include "ranks.h"

int fr_ranks_start(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return fr_fail(FR_EUNAVAILABLE, "this build cannot run on several ranks: it was made without MPI");
}

void fr_ranks_stop(void)
{
}

void fr_ranks_abort(int exit_code)
{
    (void)exit_code;
}

int fr_rank(void)
{
    return 0;
}

int fr_ranks(void)
{
    return 1;
}

int fr_ranks_broadcast(int status, void *bytes, int64_t size)
{
    (void)bytes, (void)size;
    return status;
}

int fr_ranks_broadcast_from(int rank, int status, void *bytes, int64_t size)
{
    (void)rank, (void)bytes, (void)size;
    return status;
}

int fr_ranks_agree(int status)
{
    return status;
}

void fr_ranks_share(void *bytes, int64_t size)
{
    (void)bytes, (void)size;
}

bool fr_ranks_incoming(int *source, int64_t *size)
{
    (void)source, (void)size;
    return false;
}

void fr_ranks_receive(int source, void *bytes, int64_t size)
{
    (void)source, (void)bytes, (void)size;
}

void fr_ranks_send(int destination, const void *bytes, int64_t size)
{
    (void)destination, (void)bytes, (void)size;
}

void fr_ranks_send_begin(int destination, const void *bytes, int64_t size)
{
    (void)destination, (void)bytes, (void)size;
}

bool fr_ranks_send_ended(void)
{
    return true;
}
