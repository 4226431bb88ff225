/* The ranks of an mpirun job. MPI is touched only between fr_ranks_start and fr_ranks_stop, and only by the thread that
 * called fr_ranks_start (MPI_THREAD_FUNNELED). Errors inside MPI end the job: that is MPI's default, and no rank could go on
 * alone. Collectives are the non-blocking ones, polled with pauses, because a blocking one keeps a processor busy. */
#include <frugal/core.h>

#include "backoff.h"
#include "ranks.h"
#include "threads.h"

#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

/* Our own copy of MPI_COMM_WORLD, so that an application's messages and ours cannot meet. */
static MPI_Comm world = MPI_COMM_NULL;
static int rank_here = 0, rank_count = 1;
static bool started_here; /* MPI was started by us, and not by the application */
static MPI_Request sending = MPI_REQUEST_NULL;

enum { tag = 1, largest_piece = 1 << 28 };

/* A status with its sentence, as it travels. */
typedef struct {
    int status;
    char message[1024];
} report;

static report report_of(int status)
{
    report made = {.status = status};
    if (status != FR_OK) snprintf(made.message, sizeof made.message, "%s", fr_last_error());
    return made;
}

static void wait_for(MPI_Request *request)
{
    int ended = 0, round = 0;
    while (MPI_Test(request, &ended, MPI_STATUS_IGNORE), !ended)
        fr_backoff(&round);
}

/* ---- start and stop ----------------------------------------------------------------------------------------------- */

/* This rank's part of the processors: each of those it may use, divided by the number of ranks that may use it too. */
static void share_processors(void)
{
    enum { most = CPU_SETSIZE };
    MPI_Comm machine;
    cpu_set_t allowed;
    int mine[most], users[most];
    double part = 0;
    MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) CPU_ZERO(&allowed);
    for (int c = 0; c < most; c++)
        mine[c] = CPU_ISSET((size_t)c, &allowed) ? 1 : 0;
    MPI_Allreduce(mine, users, most, MPI_INT, MPI_SUM, machine);
    for (int c = 0; c < most; c++)
        if (mine[c] > 0) part += 1.0 / users[c];
    MPI_Comm_free(&machine);
    fr_threads_share(part < 1 ? 1 : (int)(part + 1e-9));
}

int fr_ranks_start(int *argc, char ***argv)
{
    int running = 0, over = 0, provided = MPI_THREAD_FUNNELED;
    if (world != MPI_COMM_NULL) return FR_OK;
    MPI_Initialized(&running);
    MPI_Finalized(&over);
    if (over) return fr_fail(FR_EUSAGE, "the ranks of a program cannot be started a second time");
    if (running)
        MPI_Query_thread(&provided);
    else
        MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
    started_here = !running;
    if (provided < MPI_THREAD_FUNNELED) {
        if (started_here) MPI_Finalize();
        return fr_fail(FR_EUNAVAILABLE, "this MPI does not allow threads (MPI_THREAD_FUNNELED)");
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &world);
    MPI_Comm_rank(world, &rank_here);
    MPI_Comm_size(world, &rank_count);
    share_processors();
    return FR_OK;
}

void fr_ranks_stop(void)
{
    if (world == MPI_COMM_NULL) return;
    MPI_Request barrier;
    MPI_Ibarrier(world, &barrier);
    wait_for(&barrier); /* MPI_Finalize itself would spin until the last rank is there */
    MPI_Comm_free(&world);
    if (started_here) MPI_Finalize();
    world = MPI_COMM_NULL;
    rank_here = 0;
    rank_count = 1;
    fr_threads_share(0);
}

void fr_ranks_abort(int exit_code)
{
    if (world != MPI_COMM_NULL) MPI_Abort(world, exit_code);
}

int fr_rank(void)
{
    return rank_here;
}

int fr_ranks(void)
{
    return rank_count;
}

/* ---- collectives -------------------------------------------------------------------------------------------------- */

static void share_from(int root, void *bytes, int64_t size)
{
    for (int64_t from = 0; from < size; from += largest_piece) {
        MPI_Request request;
        int piece = (int)(size - from < largest_piece ? size - from : largest_piece);
        MPI_Ibcast((char *)bytes + from, piece, MPI_BYTE, root, world, &request);
        wait_for(&request);
    }
}

void fr_ranks_share(void *bytes, int64_t size)
{
    if (rank_count > 1) share_from(0, bytes, size);
}

int fr_ranks_broadcast_from(int rank, int status, void *bytes, int64_t size)
{
    if (rank_count == 1) return status;
    report shared = report_of(status);
    share_from(rank, &shared, sizeof shared);
    if (shared.status != FR_OK) return fr_fail(shared.status, "%s", shared.message);
    share_from(rank, bytes, size);
    return FR_OK;
}

int fr_ranks_broadcast(int status, void *bytes, int64_t size)
{
    return fr_ranks_broadcast_from(0, status, bytes, size);
}

int fr_ranks_agree(int status)
{
    if (rank_count == 1) return status;
    int failing = status == FR_OK ? rank_count : rank_here, lowest;
    MPI_Request request;
    MPI_Iallreduce(&failing, &lowest, 1, MPI_INT, MPI_MIN, world, &request);
    wait_for(&request);
    if (lowest == rank_count) return FR_OK;
    report shared = report_of(status);
    share_from(lowest, &shared, sizeof shared);
    return fr_fail(shared.status, "%s", shared.message);
}

/* ---- messages ------------------------------------------------------------------------------------------------------- */

bool fr_ranks_incoming(int *source, int64_t *size)
{
    int there = 0, bytes = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, tag, world, &there, &status);
    if (!there) return false;
    MPI_Get_count(&status, MPI_BYTE, &bytes);
    *source = status.MPI_SOURCE;
    *size = bytes;
    return true;
}

void fr_ranks_receive(int source, void *bytes, int64_t size)
{
    MPI_Recv(bytes, (int)size, MPI_BYTE, source, tag, world, MPI_STATUS_IGNORE);
}

void fr_ranks_send(int destination, const void *bytes, int64_t size)
{
    MPI_Send(bytes, (int)size, MPI_BYTE, destination, tag, world);
}

void fr_ranks_send_begin(int destination, const void *bytes, int64_t size)
{
    MPI_Isend(bytes, (int)size, MPI_BYTE, destination, tag, world, &sending);
}

bool fr_ranks_send_ended(void)
{
    int ended = 1;
    MPI_Test(&sending, &ended, MPI_STATUS_IGNORE); /* true at once for MPI_REQUEST_NULL */
    return ended != 0;
}
