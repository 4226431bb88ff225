/* Checked 64-bit size arithmetic and zeroed, cache-line aligned memory. */
#include <frugal/core.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { alignment = 64 };
static const size_t large_block = (size_t)1 << 20;

int fr_size_mul(int64_t a, int64_t b, int64_t *out)
{
    *out = 0;
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, out)) {
        *out = 0;
        return fr_fail(FR_ENOMEM, "a size of %" PRId64 " times %" PRId64 " is too large", a, b);
    }
    return FR_OK;
}

int fr_size_add(int64_t a, int64_t b, int64_t *out)
{
    *out = 0;
    if (a < 0 || b < 0 || __builtin_add_overflow(a, b, out)) {
        *out = 0;
        return fr_fail(FR_ENOMEM, "a size of %" PRId64 " plus %" PRId64 " is too large", a, b);
    }
    return FR_OK;
}

/* Bytes to ask for: rounded up to whole cache lines, at least one. */
static int padded_bytes(int64_t count, size_t size, size_t *bytes)
{
    int64_t exact = 0, padded = 0;
    int status = fr_size_mul(count, (int64_t)size, &exact);
    if (status == FR_OK) status = fr_size_add(exact, alignment, &padded);
    *bytes = (size_t)(padded / alignment * alignment);
    return status;
}

/* Zeroes a block. Whole pages of a large one are given back to the system, which gives zero pages in their stead when they
 * are touched: an array of which a local method uses little costs little, however long it is. */
static void *zeroed(void *block, size_t bytes)
{
#ifdef __linux__
    if (bytes >= large_block) {
        uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)block, end = start + bytes;
        uintptr_t first = (start + page - 1) / page * page, last = end / page * page;
        if (madvise((void *)first, last - first, MADV_DONTNEED) == 0) {
            memset(block, 0, first - start);
            memset((void *)last, 0, end - last);
            return block;
        }
    }
#endif
    return memset(block, 0, bytes);
}

void *fr_alloc(int64_t count, size_t size)
{
    size_t bytes;
    if (padded_bytes(count, size, &bytes) != FR_OK) return NULL;
    void *block = aligned_alloc(alignment, bytes);
    if (block == NULL) {
        fr_fail(FR_ENOMEM, "out of memory: %zu bytes asked for", bytes);
        return NULL;
    }
    return zeroed(block, bytes);
}

/* realloc keeps 16-byte alignment only, which is enough for lists that grow. */
void *fr_realloc(void *block, int64_t count, size_t size)
{
    size_t bytes;
    if (padded_bytes(count, size, &bytes) != FR_OK) return NULL;
    void *moved = realloc(block, bytes);
    if (moved == NULL) fr_fail(FR_ENOMEM, "out of memory: %zu bytes asked for", bytes);
    return moved;
}

void fr_free(void *block)
{
    free(block);
}

char *fr_strdup(const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = fr_alloc((int64_t)length, 1);
    return copy == NULL ? NULL : memcpy(copy, text, length);
}
