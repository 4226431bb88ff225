/* Task sets over ranks: rank 0 holds the queue, hands tasks out as they are asked for and gathers results; it runs tasks
 * too, on its other threads. On every rank one thread speaks with the others and sleeps in between.
 *
 *   to rank 0:   WANT n, RESULT i + bytes, FAILED i status + sentence, WARNING + sentence, FINISHED (the last one)
 *   from rank 0: WORK + indices or CLOSE (each answers one WANT), STOP, INTERRUPT, DISMISS (the last one)
 *
 * Rank 0 may wait in a send, because the others never do: so nothing can lock up. A rank that is finished stays until
 * DISMISS, which is sent when all are: orders that crossed with its last message are received, and nobody enters the next
 * collective early. */
#include "task_ranks.h"

#include "backoff.h"
#include "ranks.h"

#include <stdio.h>
#include <string.h>

typedef enum { msg_want, msg_result, msg_failed, msg_warning, msg_finished } message_kind;
typedef enum { msg_work = 100, msg_close, msg_stop, msg_interrupt, msg_dismiss } order_kind;

typedef struct {
    int32_t kind, status;
    int64_t index; /* of the task; or the number of tasks wanted */
} header;

enum { most_indices = 512 }; /* in one WORK */
/* Work that a thread keeps in stock, so as not to wait for messages. */
static const double seconds_ahead = 0.05;

int fr_task_ranks_new(const fr_tasks *tasks, fr_task_ranks *ranks)
{
    int64_t payload = most_indices * (int64_t)sizeof(int64_t); /* more than a sentence */
    if (tasks->result_size > payload) payload = tasks->result_size;
    payload += (int64_t)sizeof(header);
    *ranks = (fr_task_ranks){0};
    ranks->peers = fr_alloc(fr_ranks(), sizeof *ranks->peers);
    ranks->in = fr_alloc(payload, 1);
    ranks->out = fr_alloc(payload, 1);
    return ranks->peers == NULL || ranks->in == NULL || ranks->out == NULL ? FR_ENOMEM : FR_OK;
}

void fr_task_ranks_free(fr_task_ranks *ranks)
{
    fr_free(ranks->peers);
    fr_free(ranks->in);
    fr_free(ranks->out);
    *ranks = (fr_task_ranks){0};
}

/* Puts a message into `out`; returns its size. */
static int64_t compose(fr_task_ranks *ranks, header head, const void *payload, int64_t size)
{
    memcpy(ranks->out, &head, sizeof head);
    if (size > 0) memcpy(ranks->out + sizeof head, payload, (size_t)size);
    return (int64_t)sizeof head + size;
}

/* Receives a message, if there is one, into `in`. */
static bool receive(fr_task_ranks *ranks, int *source, header *head, int64_t *size)
{
    if (!fr_ranks_incoming(source, size)) return false;
    fr_ranks_receive(*source, ranks->in, *size);
    memcpy(head, ranks->in, sizeof *head);
    *size -= (int64_t)sizeof *head;
    return true;
}

/* ---- rank 0 --------------------------------------------------------------------------------------------------------- */

static void send_order(fr_task_ranks *ranks, int rank, order_kind kind, const int64_t *indices, int64_t n)
{
    int64_t size = compose(ranks, (header){.kind = (int32_t)kind}, indices, n * (int64_t)sizeof *indices);
    fr_ranks_send(rank, ranks->out, size);
}

static void handle_message(fr_task_ranks *ranks, fr_task_pool *pool, int source, header head, int64_t size)
{
    const char *payload = ranks->in + sizeof head;
    fr_task_peer *peer = &ranks->peers[source];
    switch ((message_kind)head.kind) {
    case msg_want:
        peer->wanted = head.index;
        break;
    case msg_result:
        if (size > 0) memcpy(pool->results + head.index * size, payload, (size_t)size);
        fr_task_pool_done(pool, head.index);
        break;
    case msg_failed:
        fr_task_pool_fail(pool, head.index, head.status, payload);
        break;
    case msg_warning:
        fr_warn("%s", payload);
        break;
    case msg_finished:
        peer->finished = true;
        if (head.status == FR_EINTERRUPTED) fr_task_pool_stop(pool, true);
        break;
    }
}

/* Answers what a rank wants. */
static void hand_out(fr_task_ranks *ranks, fr_task_pool *pool, int rank)
{
    int64_t indices[most_indices], n = ranks->peers[rank].wanted;
    n = fr_task_pool_give(pool, n < most_indices ? n : most_indices, 2 * fr_ranks(), indices);
    send_order(ranks, rank, n > 0 ? msg_work : msg_close, indices, n);
    ranks->peers[rank].wanted = 0;
}

/* Tells those that have not heard it yet to stop: 1 begin no more tasks, 2 also end those that run. */
static void pass_on_stop(fr_task_ranks *ranks, int level)
{
    for (int rank = 1; rank < fr_ranks(); rank++) {
        if (ranks->peers[rank].told >= level || ranks->peers[rank].finished) continue;
        send_order(ranks, rank, level == 2 ? msg_interrupt : msg_stop, NULL, 0);
        ranks->peers[rank].told = level;
    }
}

static void serve_as_first(fr_task_ranks *ranks, fr_task_pool *pool, bool alone)
{
    fr_task_worker worker = {0};
    int round = 0, source, finished = 1;
    header head;
    int64_t size;
    for (bool idle = false; !idle || finished < fr_ranks();) {
        bool active = false;
        while (receive(ranks, &source, &head, &size)) {
            handle_message(ranks, pool, source, head, size);
            active = true;
        }
        idle = fr_task_pool_idle(pool);
        pass_on_stop(ranks, fr_task_pool_stopped(pool));
        finished = 1;
        for (int rank = 1; rank < fr_ranks(); rank++) {
            finished += ranks->peers[rank].finished;
            if (ranks->peers[rank].wanted > 0) hand_out(ranks, pool, rank);
        }
        if (alone) active = fr_task_worker_step(pool, &worker, false) || active;
        if (active)
            round = 0;
        else
            fr_backoff(&round);
    }
    for (int rank = 1; rank < fr_ranks(); rank++)
        send_order(ranks, rank, msg_dismiss, NULL, 0);
    fr_task_worker_free(pool, &worker);
}

/* ---- the other ranks -------------------------------------------------------------------------------------------------- */

typedef struct {
    bool asked;       /* a WANT has not been answered yet */
    int64_t reported; /* index of the last failure sent, -1: none */
    bool finished;    /* FINISHED was sent */
    bool dismissed;
} correspondence;

static void handle_order(fr_task_ranks *ranks, fr_task_pool *pool, correspondence *state, header head,
                         int64_t size)
{
    switch ((order_kind)head.kind) {
    case msg_work:
        fr_task_pool_add(pool, (const int64_t *)(const void *)(ranks->in + sizeof head),
                         size / (int64_t)sizeof(int64_t));
        state->asked = false;
        break;
    case msg_close:
        fr_task_pool_close(pool);
        break;
    case msg_stop:
        fr_task_pool_stop(pool, false);
        break;
    case msg_interrupt:
        fr_task_pool_stop(pool, true);
        break;
    case msg_dismiss:
        state->dismissed = true;
        break;
    }
}

/* How many tasks to ask for: one for each thread that waits; if tasks are short, also a stock. */
static int64_t wanted(const fr_task_pool *pool, bool alone)
{
    int64_t queued = pool->tail - pool->head, idle = alone ? 1 : pool->waiting,
            threads = idle + pool->running;
    double mean = pool->ended > 0 ? pool->seconds / (double)pool->ended : seconds_ahead;
    double stock = (double)threads * seconds_ahead / (mean + 1e-9);
    int64_t ahead = mean < seconds_ahead ? (int64_t)(stock < most_indices ? stock : most_indices) : 0;
    if (queued > ahead / 2) return 0;
    return idle + ahead - queued;
}

/* The next message for rank 0: its size, 0 if there is nothing to say. Called with the pool locked. */
static int64_t next_message(fr_task_ranks *ranks, fr_task_pool *pool, correspondence *state, bool alone)
{
    if (pool->first_warning != NULL) {
        fr_task_warning *warning = pool->first_warning;
        int64_t size = compose(ranks, (header){.kind = msg_warning}, warning->message, fr_message_size);
        pool->first_warning = warning->next;
        if (pool->first_warning == NULL) pool->last_warning = &pool->first_warning;
        fr_free(warning);
        return size;
    }
    if (pool->sent < pool->written) {
        int64_t index = pool->outbox[pool->sent++], size = pool->tasks->result_size;
        return compose(ranks, (header){.kind = msg_result, .index = index}, pool->results + index * size,
                       size);
    }
    if (pool->failure != FR_OK && state->reported != pool->failed_index) {
        state->reported = pool->failed_index;
        return compose(ranks,
                       (header){.kind = msg_failed, .status = pool->failure, .index = pool->failed_index},
                       pool->failure_message, fr_message_size);
    }
    bool over = pool->stopped || (pool->closed && pool->head == pool->tail);
    if (over && pool->running == 0 && !state->finished) {
        state->finished = true;
        return compose(ranks,
                       (header){.kind = msg_finished, .status = pool->interrupted ? FR_EINTERRUPTED : FR_OK},
                       NULL, 0);
    }
    int64_t n = state->asked || pool->closed || pool->stopped ? 0 : wanted(pool, alone);
    if (n <= 0) return 0;
    state->asked = true;
    return compose(ranks, (header){.kind = msg_want, .index = n}, NULL, 0);
}

static void serve_as_other(fr_task_ranks *ranks, fr_task_pool *pool, bool alone)
{
    fr_task_worker worker = {0};
    correspondence state = {.reported = -1};
    int round = 0, source;
    header head;
    int64_t size;
    for (bool sending = false; !state.dismissed || sending;) {
        bool active = false;
        while (receive(ranks, &source, &head, &size)) {
            handle_order(ranks, pool, &state, head, size);
            active = true;
        }
        (void)fr_task_pool_stopped(pool); /* sees an interruption even while no thread looks for a task */
        if (alone) active = fr_task_worker_step(pool, &worker, false) || active;
        if (sending && fr_ranks_send_ended()) sending = false;
        if (!sending) {
            pthread_mutex_lock(&pool->lock);
            size = next_message(ranks, pool, &state, alone);
            pthread_mutex_unlock(&pool->lock);
            if (size > 0) fr_ranks_send_begin(0, ranks->out, size);
            sending = size > 0;
            active = active || sending;
        }
        if (active)
            round = 0;
        else
            fr_backoff(&round);
    }
    fr_task_worker_free(pool, &worker);
}

void fr_task_ranks_serve(fr_task_ranks *ranks, fr_task_pool *pool, bool alone)
{
    if (fr_rank() == 0)
        serve_as_first(ranks, pool, alone);
    else
        serve_as_other(ranks, pool, alone);
}
