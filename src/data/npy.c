/* NumPy's .npy files, format versions 1 to 3: the magic string, a little-endian header length, a Python dictionary
 * {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), } and the values. Everything that the header claims is
 * checked against the bytes that are there before anything is allocated. */
#include <frugal/data.h>

#include "file.h"

#include <inttypes.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "values are copied as they lie in the file: little-endian");

static const struct {
    const char *descr;
    int64_t size;
} type_of[] = {
    [FR_F64] = {"<f8", 8}, [FR_F32] = {"<f4", 4}, [FR_I64] = {"<i8", 8},
    [FR_I32] = {"<i4", 4}, [FR_U8] = {"|u1", 1},
};
enum { n_types = sizeof type_of / sizeof *type_of };

int64_t fr_array_count(const fr_array *array)
{
    for (int i = 0; i < array->n_dimensions; i++)
        if (array->shape[i] == 0) return 0; /* whatever the other sizes, which need not fit together */
    int64_t count = 1;
    for (int i = 0; i < array->n_dimensions; i++)
        count *= array->shape[i];
    return count;
}

void fr_array_free(fr_array *array)
{
    if (array == NULL) return;
    fr_free(array->values);
    *array = (fr_array){0};
}

/* Elements and bytes of a shape, checked against overflow. */
static int measure(const fr_array *array, int64_t *count, int64_t *bytes)
{
    *count = 1;
    bool empty = false;
    for (int i = 0; i < array->n_dimensions; i++)
        empty = empty || array->shape[i] == 0;
    int status = FR_OK;
    for (int i = 0; i < array->n_dimensions && status == FR_OK; i++)
        if (!empty || array->shape[i] < 0) status = fr_size_mul(*count, array->shape[i], count);
    if (empty) *count = 0;
    if (status == FR_OK) status = fr_size_mul(*count, type_of[array->dtype].size, bytes);
    return status;
}

/* ---- the header ---- */

typedef struct {
    const char *name; /* of the file */
    const char *next, *end;
    bool has_descr, has_order, has_shape;
} header_text;

static int refuse_header(const header_text *text, const char *expected)
{
    return fr_fail(FR_EINPUT, "%s: damaged .npy header: expected %s", text->name, expected);
}

static void skip_blanks(header_text *text)
{
    while (text->next < text->end && (*text->next == ' ' || *text->next == '\t' || *text->next == '\n'))
        text->next++;
}

/* Takes the character if it comes next. */
static bool take(header_text *text, char c)
{
    skip_blanks(text);
    if (text->next == text->end || *text->next != c) return false;
    text->next++;
    return true;
}

/* Takes a quoted word of fewer than `room` characters. */
static bool take_string(header_text *text, char *word, size_t room)
{
    skip_blanks(text);
    if (text->next == text->end || (*text->next != '\'' && *text->next != '"')) return false;
    char quote = *text->next++;
    const char *stop = memchr(text->next, quote, (size_t)(text->end - text->next));
    if (stop == NULL || (size_t)(stop - text->next) >= room) return false;
    memcpy(word, text->next, (size_t)(stop - text->next));
    word[stop - text->next] = '\0';
    text->next = stop + 1;
    return true;
}

static bool take_word(header_text *text, const char *word)
{
    skip_blanks(text);
    size_t length = strlen(word);
    if ((size_t)(text->end - text->next) < length || memcmp(text->next, word, length) != 0) return false;
    text->next += length;
    return true;
}

static int take_descr(header_text *text, fr_array *out)
{
    char descr[32] = "";
    text->has_descr = true;
    skip_blanks(text);
    if (text->next < text->end && *text->next == '[')
        return fr_fail(FR_EINPUT,
                       "%s: a structured array (a table of fields); save the columns as plain arrays",
                       text->name);
    if (!take_string(text, descr, sizeof descr)) return refuse_header(text, "a type such as '<f8'");
    for (int type = 0; type < n_types; type++)
        if (strcmp(descr, type_of[type].descr) == 0 ||
            (type == FR_U8 && strcmp(descr + 1, "u1") == 0 && strchr("<>|", *descr))) {
            out->dtype = (fr_dtype)type;
            return FR_OK;
        }
    if (*descr == '>')
        return fr_fail(FR_EINPUT, "%s: big-endian values ('%s'); save it again after array.astype('<%s')",
                       text->name, descr, descr + 1);
    if (descr[1] == 'O')
        return fr_fail(FR_EINPUT, "%s: Python objects, not numbers; save it again after array.astype('<f8')",
                       text->name);
    return fr_fail(
        FR_EINPUT,
        "%s: values of type '%s'; expected '<f8', '<f4', '<i8', '<i4' or '|u1' (convert with array.astype)",
        text->name, descr);
}

static int take_size(header_text *text, int64_t *size)
{
    const char *start = text->next;
    *size = 0;
    for (; text->next < text->end && *text->next >= '0' && *text->next <= '9'; text->next++)
        if (__builtin_mul_overflow(*size, 10, size) || __builtin_add_overflow(*size, *text->next - '0', size))
            return refuse_header(text, "sizes that fit into 63 bits");
    if (text->next == start) return refuse_header(text, "a whole number in the shape");
    if (text->next < text->end && *text->next == 'L') text->next++; /* Python 2 */
    return FR_OK;
}

/* () or (3,) or (3, 4) or (3, 4,) */
static int take_shape(header_text *text, fr_array *out)
{
    text->has_shape = true;
    if (!take(text, '(')) return refuse_header(text, "a shape in parentheses");
    while (!take(text, ')')) {
        if (out->n_dimensions == FR_MAX_DIMENSIONS)
            return fr_fail(FR_EINPUT, "%s: more than %d dimensions", text->name, FR_MAX_DIMENSIONS);
        int status = take_size(text, &out->shape[out->n_dimensions++]);
        if (status != FR_OK) return status;
        if (take(text, ',')) continue;
        if (!take(text, ')')) return refuse_header(text, "',' or ')' in the shape");
        return out->n_dimensions > 1 ? FR_OK
                                     : refuse_header(text, "a comma after the only size of the shape");
    }
    return FR_OK;
}

static int take_entry(header_text *text, fr_array *out)
{
    char key[16];
    if (!take_string(text, key, sizeof key)) return refuse_header(text, "a quoted key");
    if (!take(text, ':')) return refuse_header(text, "':' after a key");
    if (strcmp(key, "descr") == 0 && !text->has_descr) return take_descr(text, out);
    if (strcmp(key, "shape") == 0 && !text->has_shape) return take_shape(text, out);
    if (strcmp(key, "fortran_order") != 0 || text->has_order)
        return refuse_header(text, "the keys descr, fortran_order and shape, each once");
    text->has_order = true;
    out->fortran = take_word(text, "True");
    return out->fortran || take_word(text, "False") ? FR_OK
                                                    : refuse_header(text, "True or False for fortran_order");
}

static int read_header(header_text *text, fr_array *out)
{
    if (!take(text, '{')) return refuse_header(text, "a dictionary in braces");
    while (!take(text, '}')) {
        int status = take_entry(text, out);
        if (status != FR_OK) return status;
        if (take(text, ',')) continue;
        if (!take(text, '}')) return refuse_header(text, "',' or '}' after an entry");
        break;
    }
    skip_blanks(text);
    if (text->next != text->end) return refuse_header(text, "nothing after the dictionary");
    if (!text->has_descr || !text->has_order || !text->has_shape)
        return refuse_header(text, "the keys descr, fortran_order and shape, each once");
    return FR_OK;
}

/* ---- reading ---- */

/* Where the values begin. */
static int locate_header(const uint8_t *bytes, int64_t size, const char *name, header_text *text)
{
    if (size < 6 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return fr_fail(FR_EINPUT, "%s: not a NumPy .npy file", name);
    if (size < 10) return fr_fail(FR_EINPUT, "%s: truncated in the .npy header", name);
    int version = bytes[6];
    if (version < 1 || version > 3)
        return fr_fail(FR_EINPUT, "%s: .npy format version %d; versions 1 to 3 can be read", name, version);
    int64_t start = version == 1 ? 10 : 12;
    int64_t length = bytes[8] | bytes[9] << 8;
    if (version > 1 && size >= 12) length |= (int64_t)bytes[10] << 16 | (int64_t)bytes[11] << 24;
    if (size < start || length > size - start)
        return fr_fail(FR_EINPUT, "%s: truncated in the .npy header", name);
    *text = (header_text){
        .name = name, .next = (const char *)bytes + start, .end = (const char *)bytes + start + length};
    return FR_OK;
}

int fr_npy_parse(const void *bytes, int64_t size, const char *name, fr_array *out)
{
    header_text text = {0};
    fr_array array = {0};
    int64_t count, expected;
    *out = (fr_array){0};
    int status = locate_header(bytes, size, name, &text);
    if (status == FR_OK) status = read_header(&text, &array);
    if (status != FR_OK) return status;
    if (measure(&array, &count, &expected) != FR_OK)
        return fr_fail(FR_EINPUT, "%s: the shape in the .npy header is too large for any file", name);
    int64_t found = (const char *)bytes + size - text.end;
    if (found != expected)
        return fr_fail(FR_EINPUT,
                       "%s: expected %" PRId64 " bytes of values, found %" PRId64 ": the file is %s", name,
                       expected, found, found < expected ? "truncated" : "longer than its header says");
    array.values = fr_alloc(expected, 1);
    if (array.values == NULL) return FR_ENOMEM;
    memcpy(array.values, text.end, (size_t)expected);
    *out = array;
    return FR_OK;
}

int fr_npy_read(const char *path, fr_array *out)
{
    char *bytes;
    int64_t size;
    *out = (fr_array){0};
    int status = fr_file_read(path, &bytes, &size);
    if (status == FR_OK) status = fr_npy_parse(bytes, size, path, out);
    fr_free(bytes);
    return status;
}

/* ---- writing ---- */

/* Version 1 header, padded with blanks so that the values start at a multiple of 64 bytes; returns its length. */
static int format_header(const fr_array *array, char header[512])
{
    enum { start = 10 };
    char shape[FR_MAX_DIMENSIONS * 22 + 1] = "";
    int used = 0;
    for (int i = 0; i < array->n_dimensions; i++)
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%s%" PRId64, i > 0 ? ", " : "",
                         array->shape[i]);
    int length =
        snprintf(header + start, 512 - start, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s%s), }",
                 type_of[array->dtype].descr, array->fortran ? "True" : "False", shape,
                 array->n_dimensions == 1 ? "," : "");
    int padded = (start + length + 1 + 63) / 64 * 64;
    memset(header + start + length, ' ', (size_t)(padded - start - length));
    header[padded - 1] = '\n';
    memcpy(header, "\x93NUMPY\1\0", 8);
    header[8] = (char)((padded - start) & 0xFF);
    header[9] = (char)((padded - start) >> 8);
    return padded;
}

int fr_npy_write(const char *path, const fr_array *array)
{
    char header[512];
    int64_t count, bytes;
    fr_file file;
    if ((int)array->dtype < 0 || (int)array->dtype >= n_types || array->n_dimensions < 0 ||
        array->n_dimensions > FR_MAX_DIMENSIONS)
        return fr_fail(FR_EUSAGE, "%s: an array of unknown type or of more than %d dimensions", path,
                       FR_MAX_DIMENSIONS);
    int status = measure(array, &count, &bytes);
    if (status == FR_OK) status = fr_file_create(path, &file);
    if (status != FR_OK) return status;
    fr_file_put(&file, header, format_header(array, header));
    fr_file_put(&file, array->values, bytes);
    return fr_file_commit(&file);
}

/* ---- conversion ---- */

static double value_at(const fr_array *array, int64_t i)
{
    switch (array->dtype) {
    case FR_F64:
        return ((const double *)array->values)[i];
    case FR_F32:
        return (double)((const float *)array->values)[i];
    case FR_I64:
        return (double)((const int64_t *)array->values)[i];
    case FR_I32:
        return (double)((const int32_t *)array->values)[i];
    case FR_U8:
        return (double)((const uint8_t *)array->values)[i];
    }
    return 0;
}

int fr_array_to_f64(const fr_array *array, double **values)
{
    *values = NULL;
    int64_t count = fr_array_count(array);
    double *out = fr_alloc(count, sizeof *out);
    if (out == NULL) return FR_ENOMEM;
    /* `from` walks through the stored order while `index` counts through the row-major one, last index fastest. */
    int64_t index[FR_MAX_DIMENSIONS] = {0}, step[FR_MAX_DIMENSIONS], from = 0;
    int64_t first = 1;
    for (int d = 0; d < array->n_dimensions && count > 0; d++) {
        step[d] = first;
        first *= array->shape[d];
    }
    for (int64_t i = 0; i < count; i++) {
        out[i] = value_at(array, array->fortran ? from : i);
        for (int d = array->n_dimensions - 1; array->fortran && d >= 0; d--) {
            from += step[d];
            if (++index[d] < array->shape[d]) break;
            from -= step[d] * array->shape[d];
            index[d] = 0;
        }
    }
    *values = out;
    return FR_OK;
}
