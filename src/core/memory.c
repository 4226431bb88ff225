/* Checked 64-bit size arithmetic and zeroed, cache-line aligned memory. */
#include <frugal/core.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { alignment = 64 };

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

void *fr_alloc(int64_t count, size_t size)
{
    size_t bytes;
    if (padded_bytes(count, size, &bytes) != FR_OK) return NULL;
    void *block = aligned_alloc(alignment, bytes);
    if (block == NULL) {
        fr_fail(FR_ENOMEM, "out of memory: %zu bytes asked for", bytes);
        return NULL;
    }
    return memset(block, 0, bytes);
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
