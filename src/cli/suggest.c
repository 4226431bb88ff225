/* "Did you mean": the optimal string alignment distance (insertions, deletions, substitutions and swaps of neighbours;
 * F. J. Damerau, CACM 1964) between what was typed and what there is. */
#include "options.h"

#include <string.h>
#include <strings.h>

enum { longest_word = 40 };

static int smallest(int a, int b)
{
    return a < b ? a : b;
}

/* Distance, or a large number for words that no option has. */
static int distance(const char *a, const char *b)
{
    int table[longest_word + 1][longest_word + 1];
    size_t na = strlen(a), nb = strlen(b);
    if (na > longest_word || nb > longest_word) return 1000;
    for (size_t i = 0; i <= na; i++)
        table[i][0] = (int)i;
    for (size_t j = 0; j <= nb; j++)
        table[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++)
        for (size_t j = 1; j <= nb; j++) {
            int best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = smallest(best, smallest(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = smallest(best, table[i - 2][j - 2] + 1);
            table[i][j] = best;
        }
    return table[na][nb];
}

const char *suggest(const char *word, const char *const *candidates, int64_t n)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    int best =
        smallest(3, 1 + (int)(length > 300 ? 300 : length) / 3) + 1; /* more than a third wrong is no slip */
    for (int64_t k = 0; k < n; k++) {
        int found = distance(word, candidates[k]);
        if (length >= 3 && strncmp(word, candidates[k], length) == 0)
            found = smallest(found, 1); /* cut short */
        if (length > 0 && strcasecmp(word, candidates[k]) == 0)
            found = 0;
        else if (found >= (int)(length > 300 ? 300 : length))
            continue; /* no letter of the word is left */
        if (found < best) best = found, nearest = candidates[k];
    }
    return nearest;
}
