/* Inside core: finished tasks in and out of the journal. */
#ifndef FRUGAL_CORE_JOURNAL_H
#define FRUGAL_CORE_JOURNAL_H

#include <frugal/core.h>

/* Records the result of a task for good: a process killed after the return has it. Safe on several threads. */
int fr_journal_put(fr_journal *journal, const char *name, int64_t index, const void *result, int64_t size);

/* Fills results (count blocks of `size` bytes) and their flags with what the journal holds of the set `name`. */
int fr_journal_get(fr_journal *journal, const char *name, int64_t count, int64_t size, void *results,
                   uint8_t *finished);

#endif
