/* Fuzzes the command line: the first byte chooses a command, the rest are its words, one a line. */
#include <cli/command.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { most_words = 64 };

static const cli_command *choose(uint8_t byte)
{
    int n = 0;
    while (commands[n] != NULL)
        n++;
    return commands[byte % n];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *words[most_words + 1] = {"frugal"};
    int n = 1;
    if (size == 0) return 0;
    char *text = malloc(size);
    if (text == NULL) return 0;
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    for (char *word = strtok(text, "\n"); word != NULL && n < most_words; word = strtok(NULL, "\n"))
        words[n++] = word;
    cli_options parsed;
    if (options_parse(n, words, choose(bytes[0])->groups, &parsed) == FR_OK) options_free(&parsed);
    free(text);
    return 0;
}
