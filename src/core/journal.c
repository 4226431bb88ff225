/* Finished tasks on disk: an SQLite file with one row per result, from which an interrupted run goes on.
 *
 * Write-ahead logging with synchronous=NORMAL: a commit is one write without fsync, so that each result is committed as it
 * comes and a killed process loses nothing; a checkpoint (fsync) every second bounds what a power failure can take. The lock
 * on the file is exclusive: a second run on the same journal is refused, and no shared memory is needed (network disks). */
#include "journal.h"
#include "ranks.h"

#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

struct fr_journal {
    char *path;
    sqlite3 *database; /* NULL on ranks other than 0 */
    sqlite3_stmt *insert;
    pthread_mutex_t lock;
    double last_checkpoint;
};

enum { application_id = 0x46524a4c /* "FRJL" */, format_version = 1 };
static const double checkpoint_every = 1.0; /* seconds */

static int fail_sqlite(const fr_journal *journal, const char *what)
{
    int code = sqlite3_errcode(journal->database) & 0xff;
    if (code == SQLITE_NOMEM)
        return fr_fail(FR_ENOMEM, "out of memory: %s the journal %s", what, journal->path);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return fr_fail(FR_EIO, "the journal %s is in use by another run", journal->path);
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return fr_fail(FR_EINPUT, "%s is damaged or not a journal: %s", journal->path,
                       sqlite3_errmsg(journal->database));
    return fr_fail(FR_EIO, "%s the journal %s failed: %s", what, journal->path,
                   sqlite3_errmsg(journal->database));
}

static int execute(fr_journal *journal, const char *what, const char *sql)
{
    return sqlite3_exec(journal->database, sql, NULL, NULL, NULL) == SQLITE_OK ? FR_OK
                                                                               : fail_sqlite(journal, what);
}

/* ---- opening ------------------------------------------------------------------------------------------------------ */

/* The single integer that `sql` asks for. */
static int ask_integer(fr_journal *journal, const char *sql, int64_t *value)
{
    sqlite3_stmt *query = NULL;
    int status = FR_OK;
    if (sqlite3_prepare_v2(journal->database, sql, -1, &query, NULL) != SQLITE_OK ||
        sqlite3_step(query) != SQLITE_ROW)
        status = fail_sqlite(journal, "reading");
    else
        *value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return status;
}

/* Whether the file is new (no tables); FR_EINPUT if it is somebody else's database or of a later format. */
static int recognise(fr_journal *journal, bool *is_new)
{
    int64_t tables = 0, application = 0, version = 0;
    int status = ask_integer(journal, "SELECT count(*) FROM sqlite_master", &tables);
    if (status == FR_OK) status = ask_integer(journal, "PRAGMA application_id", &application);
    if (status == FR_OK) status = ask_integer(journal, "PRAGMA user_version", &version);
    if (status != FR_OK) return status;
    *is_new = tables == 0;
    if (*is_new || (application == application_id && version == format_version)) return FR_OK;
    return fr_fail(FR_EINPUT,
                   application == application_id ? "%s is a journal of another version of this program"
                                                 : "%s is a database, but not a journal of this program",
                   journal->path);
}

static int create(fr_journal *journal, const char *key)
{
    char *sql =
        sqlite3_mprintf("BEGIN;"
                        "DROP TABLE IF EXISTS journal; DROP TABLE IF EXISTS result;"
                        "CREATE TABLE journal (key TEXT NOT NULL);"
                        "CREATE TABLE result (name TEXT NOT NULL, task INTEGER NOT NULL, bytes BLOB NOT NULL,"
                        " UNIQUE (name, task));"
                        "INSERT INTO journal VALUES (%Q);"
                        "PRAGMA application_id = %d; PRAGMA user_version = %d;"
                        "COMMIT",
                        key, application_id, format_version);
    if (sql == NULL) return fr_fail(FR_ENOMEM, "out of memory: creating the journal %s", journal->path);
    int status = execute(journal, "creating", sql);
    sqlite3_free(sql);
    return status;
}

static int check_key(fr_journal *journal, const char *key)
{
    sqlite3_stmt *query = NULL;
    const char *found;
    int status = FR_OK;
    if (sqlite3_prepare_v2(journal->database, "SELECT key FROM journal", -1, &query, NULL) != SQLITE_OK ||
        sqlite3_step(query) != SQLITE_ROW)
        status = fail_sqlite(journal, "reading");
    else if ((found = (const char *)sqlite3_column_text(query, 0)) == NULL)
        status = fail_sqlite(journal, "reading");
    else if (strcmp(found, key) != 0)
        status = fr_fail(FR_EINPUT,
                         "the journal %s is of a run with other settings or inputs: it cannot be resumed",
                         journal->path);
    sqlite3_finalize(query);
    return status;
}

static int open_database(fr_journal *journal, const char *key, bool resume)
{
    bool is_new = false;
    if (sqlite3_open_v2(journal->path, &journal->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        NULL) != SQLITE_OK)
        return fail_sqlite(journal, "opening");
    int status = execute(journal, "opening", "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = NORMAL");
    if (status == FR_OK) status = recognise(journal, &is_new); /* before anything is written to the file */
    if (status == FR_OK) status = execute(journal, "opening", "PRAGMA journal_mode = WAL");
    if (status == FR_OK) status = is_new || !resume ? create(journal, key) : check_key(journal, key);
    if (status != FR_OK) return status;
    if (sqlite3_prepare_v2(journal->database, "INSERT OR REPLACE INTO result VALUES (?, ?, ?)", -1,
                           &journal->insert, NULL) != SQLITE_OK)
        return fail_sqlite(journal, "opening");
    journal->last_checkpoint = fr_clock();
    return FR_OK;
}

int fr_journal_open(const char *path, const char *key, bool resume, fr_journal **out)
{
    int status = FR_OK;
    *out = NULL;
    fr_journal *journal = fr_alloc(1, sizeof *journal);
    char *own_path = fr_strdup(path);
    if (journal == NULL || own_path == NULL) {
        fr_free(journal);
        fr_free(own_path);
        journal = NULL;
        status = FR_ENOMEM;
    } else {
        journal->path = own_path;
        pthread_mutex_init(&journal->lock, NULL);
        if (fr_rank() == 0) status = open_database(journal, key, resume);
    }
    status = fr_ranks_agree(status);
    if (status == FR_OK)
        *out = journal;
    else
        fr_journal_close(journal);
    return status;
}

void fr_journal_close(fr_journal *journal)
{
    if (journal == NULL) return;
    sqlite3_finalize(journal->insert);
    sqlite3_close(journal->database);
    pthread_mutex_destroy(&journal->lock);
    fr_free(journal->path);
    fr_free(journal);
}

/* ---- results ------------------------------------------------------------------------------------------------------ */

int fr_journal_put(fr_journal *journal, const char *name, int64_t index, const void *result, int64_t size)
{
    int status = FR_OK;
    sqlite3_stmt *insert = journal->insert;
    pthread_mutex_lock(&journal->lock);
    if (sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(insert, 2, index) != SQLITE_OK ||
        sqlite3_bind_blob64(insert, 3, size > 0 ? result : "", (sqlite3_uint64)size, SQLITE_STATIC) !=
            SQLITE_OK ||
        sqlite3_step(insert) != SQLITE_DONE)
        status = fail_sqlite(journal, "writing");
    sqlite3_reset(insert);
    sqlite3_clear_bindings(insert);
    if (status == FR_OK && fr_clock() - journal->last_checkpoint > checkpoint_every) {
        if (sqlite3_wal_checkpoint_v2(journal->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) !=
            SQLITE_OK)
            status = fail_sqlite(journal, "writing");
        journal->last_checkpoint = fr_clock();
    }
    pthread_mutex_unlock(&journal->lock);
    return status;
}

int fr_journal_get(fr_journal *journal, const char *name, int64_t count, int64_t size, void *results,
                   uint8_t *finished)
{
    sqlite3_stmt *query = NULL;
    int status = FR_OK, step = SQLITE_DONE;
    if (sqlite3_prepare_v2(journal->database, "SELECT task, bytes FROM result WHERE name = ?", -1, &query,
                           NULL) != SQLITE_OK ||
        sqlite3_bind_text(query, 1, name, -1, SQLITE_STATIC) != SQLITE_OK) {
        status = fail_sqlite(journal, "reading");
        goto done;
    }
    while ((step = sqlite3_step(query)) == SQLITE_ROW) {
        int64_t index = sqlite3_column_int64(query, 0), bytes = sqlite3_column_bytes(query, 1);
        if (index < 0 || index >= count || bytes != size) {
            status = fr_fail(FR_EINPUT,
                             "the journal %s holds task %" PRId64 " of %s with %" PRId64
                             " bytes, but the set has %" PRId64 " tasks of %" PRId64
                             " bytes: it cannot be resumed",
                             journal->path, index, name, bytes, count, size);
            goto done;
        }
        if (size > 0) memcpy((char *)results + index * size, sqlite3_column_blob(query, 1), (size_t)size);
        finished[index] = 1;
    }
    if (step != SQLITE_DONE) status = fail_sqlite(journal, "reading");
done:
    sqlite3_finalize(query);
    return status;
}
