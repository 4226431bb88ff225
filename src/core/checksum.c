/* SHA-256 (FIPS 180-4) of files and memory, through nettle. */
#include <frugal/core.h>

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

static void hex_digest(struct sha256_ctx *context, char hex[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(context, sizeof digest, digest);
    for (size_t k = 0; k < sizeof digest; k++)
        snprintf(hex + 2 * k, 3, "%02x", digest[k]);
}

void fr_sha256(const void *bytes, size_t size, char hex[65])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, size, bytes);
    hex_digest(&context, hex);
}

int fr_sha256_file(const char *path, char hex[65], int64_t *bytes)
{
    enum { block_size = 1 << 16 };
    int status = FR_OK;
    int64_t total = 0;
    size_t got;
    struct sha256_ctx context;
    uint8_t *block = NULL;
    hex[0] = '\0';
    *bytes = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return fr_fail(FR_EIO, "cannot open %s: %s", path, strerror(errno));
    block = fr_alloc(block_size, 1);
    if (block == NULL) {
        status = FR_ENOMEM;
        goto done;
    }
    sha256_init(&context);
    while ((got = fread(block, 1, block_size, file)) > 0) {
        sha256_update(&context, got, block);
        total += (int64_t)got;
    }
    if (ferror(file)) {
        status = fr_fail(FR_EIO, "cannot read %s: %s", path, strerror(errno));
        goto done;
    }
    hex_digest(&context, hex);
    *bytes = total;
done:
    fr_free(block);
    fclose(file);
    return status;
}
