/* The scanner of GML files (graph_gml.c has the format). Nothing is copied: tokens point into the bytes of the file. */
#include "gml_scanner.h"
#include "lines.h"
#include "number.h"

#include <inttypes.h>
#include <string.h>

void gml_start(gml_scanner *scanner, const char *file, const char *bytes, int64_t size)
{
    bool mark = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    *scanner = (gml_scanner){.file = file, .next = bytes + (mark ? 3 : 0), .end = bytes + size, .line = 1};
}

static bool is_space(char c)
{
    return fr_is_blank(c) || c == '\n';
}

static void skip_space(gml_scanner *scanner)
{
    for (; scanner->next < scanner->end; scanner->next++) {
        if (*scanner->next == '#') {
            const char *stop = memchr(scanner->next, '\n', (size_t)(scanner->end - scanner->next));
            if (stop == NULL) stop = scanner->end - 1;
            scanner->next = stop;
        } else if (!is_space(*scanner->next)) {
            return;
        }
        scanner->line += *scanner->next == '\n';
    }
}

static int scan_string(gml_scanner *scanner)
{
    scanner->text = ++scanner->next;
    const char *stop = memchr(scanner->text, '"', (size_t)(scanner->end - scanner->text));
    if (stop == NULL)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": a string in quotes is never closed", scanner->file,
                       scanner->line);
    for (const char *c = scanner->text; c < stop; c++)
        scanner->line += *c == '\n';
    scanner->kind = GML_STRING;
    scanner->length = stop - scanner->text;
    scanner->next = stop + 1;
    return FR_OK;
}

int gml_token(gml_scanner *scanner)
{
    skip_space(scanner);
    scanner->text = scanner->next;
    scanner->length = 1;
    scanner->token_line = scanner->line;
    scanner->kind = GML_END;
    if (scanner->next == scanner->end) return FR_OK;
    char c = *scanner->next;
    if (c == '"') return scan_string(scanner);
    if (c == '[' || c == ']') {
        scanner->kind = c == '[' ? GML_OPEN : GML_CLOSE;
        scanner->next++;
        return FR_OK;
    }
    while (scanner->next < scanner->end && !is_space(*scanner->next) &&
           strchr("[]\"#", *scanner->next) == NULL)
        scanner->next++;
    scanner->kind = GML_WORD;
    scanner->length = scanner->next - scanner->text;
    return FR_OK;
}

int gml_unexpected(const gml_scanner *scanner, const char *what)
{
    if (scanner->kind == GML_END)
        return fr_fail(FR_EINPUT, "%s:%" PRId64 ": expected %s, found the end of the file: it is truncated",
                       scanner->file, scanner->token_line, what);
    return fr_fail(FR_EINPUT, "%s:%" PRId64 ": expected %s, found '%.*s'", scanner->file, scanner->token_line,
                   what, (int)(scanner->length < 40 ? scanner->length : 40), scanner->text);
}

bool gml_is_word(const gml_scanner *scanner, const char *word)
{
    return scanner->kind == GML_WORD && (int64_t)strlen(word) == scanner->length &&
           memcmp(scanner->text, word, (size_t)scanner->length) == 0;
}

int gml_key(gml_scanner *scanner, bool inside, bool *more)
{
    int status = gml_token(scanner);
    *more = status == FR_OK && scanner->kind == GML_WORD;
    if (status != FR_OK || scanner->kind == (inside ? GML_CLOSE : GML_END)) return status;
    char c = *more ? *scanner->text : '\0';
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'))
        return gml_unexpected(scanner, inside ? "a key or ]" : "a key");
    return FR_OK;
}

int gml_value(gml_scanner *scanner)
{
    int status = gml_token(scanner);
    if (status == FR_OK && (scanner->kind == GML_END || scanner->kind == GML_CLOSE))
        return gml_unexpected(scanner, "a value");
    double ignored;
    if (status == FR_OK && scanner->kind == GML_WORD &&
        !fr_number_f64(scanner->text, scanner->length, &ignored) &&
        !fr_number_is_special(scanner->text, scanner->length))
        return gml_unexpected(scanner, "a number, a string in quotes or [");
    return status;
}

int gml_skip_list(gml_scanner *scanner)
{
    int status = FR_OK;
    for (int64_t depth = 1; depth > 0 && status == FR_OK;) {
        status = gml_token(scanner);
        if (status != FR_OK) return status;
        if (scanner->kind == GML_END) return gml_unexpected(scanner, "]");
        depth += scanner->kind == GML_OPEN ? 1 : scanner->kind == GML_CLOSE ? -1 : 0;
    }
    return status;
}
