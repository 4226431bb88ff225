/* Figures through gnuplot, run as a program: the script goes to its standard input, the picture comes from its standard output,
 * both through unnamed temporary files, so that no file name ever has to be quoted and no pipe can block. */
#include <frugal/data.h>
#include <frugal/report.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct fr_figure {
    double width, height;
    FILE *stream; /* writes to script */
    char *script;
    size_t size;
    bool failed;
};

enum { png_scale = 3, font_size = 14 };

int fr_figure_new(double width, double height, fr_figure **out)
{
    *out = NULL;
    fr_figure *figure = fr_alloc(1, sizeof *figure);
    if (figure == NULL) return FR_ENOMEM;
    figure->width = width;
    figure->height = height;
    figure->stream = open_memstream(&figure->script, &figure->size);
    if (figure->stream == NULL) {
        fr_free(figure);
        return fr_fail(FR_ENOMEM, "out of memory for a figure");
    }
    *out = figure;
    return FR_OK;
}

void fr_figure_add(fr_figure *figure, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (vfprintf(figure->stream, format, arguments) < 0) figure->failed = true;
    va_end(arguments);
}

void fr_figure_append(fr_figure *figure, fr_figure *other)
{
    if (fflush(other->stream) != 0 || other->failed ||
        fwrite(other->script, 1, other->size, figure->stream) != other->size)
        figure->failed = true;
}

void fr_figure_free(fr_figure *figure)
{
    if (figure == NULL) return;
    fclose(figure->stream);
    free(figure->script);
    fr_free(figure);
}

/* Everything written to an unnamed file, as a string to fr_free. */
static int read_back(FILE *file, char **bytes, int64_t *size)
{
    *bytes = NULL;
    long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (end < 0) return fr_fail(FR_EIO, "cannot read a temporary file: %s", strerror(errno));
    rewind(file);
    *bytes = fr_alloc((int64_t)end + 1, 1);
    if (*bytes == NULL) return FR_ENOMEM;
    *size = (int64_t)fread(*bytes, 1, (size_t)end, file);
    if (*size == end) return FR_OK;
    fr_free(*bytes);
    *bytes = NULL;
    return fr_fail(FR_EIO, "cannot read a temporary file: %s", strerror(errno));
}

/* Runs the program with the three files as its standard streams; *exit_code as a shell would give it. */
static int run_program(const char *program, FILE *input, FILE *output, FILE *errors, int *exit_code)
{
    char *const arguments[] = {(char *)(uintptr_t)program, (char[]){"-d"},
                               NULL}; /* -d: no start-up file of the user */
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return fr_fail(FR_ENOMEM, "out of memory to start %s", program);
    posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO);
    pid_t child;
    int failure = posix_spawnp(&child, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return fr_fail(FR_EUNAVAILABLE, "cannot run %s: %s", program, strerror(failure));
    int wait_status;
    while (waitpid(child, &wait_status, 0) < 0)
        if (errno != EINTR) return fr_fail(FR_EIO, "lost track of %s: %s", program, strerror(errno));
    *exit_code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
    if (*exit_code == 127) return fr_fail(FR_EUNAVAILABLE, "cannot run %s: no such program", program);
    return FR_OK;
}

/* The first line of what gnuplot complained about that says something. */
static const char *complaint(char *text)
{
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        while (*line == ' ' || *line == '\t')
            line++;
        if (strstr(line, "line ") != NULL) return line;
    }
    return "it gave no reason";
}

static void write_terminal(const fr_figure *figure, fr_figure_format format, FILE *input)
{
    if (format == FR_FIGURE_SVG)
        fprintf(input,
                "set terminal svg size %.0f,%.0f dynamic enhanced rounded font 'sans-serif,%d' background "
                "'#FFFFFF'\n",
                figure->width, figure->height, font_size);
    else
        fprintf(input,
                "set terminal pngcairo size %.0f,%.0f enhanced rounded truecolor font 'sans-serif,%d' "
                "fontscale %.3f linewidth %d pointscale %d background '#FFFFFF'\n",
                figure->width * png_scale, figure->height * png_scale, font_size, 0.75 * png_scale, png_scale,
                png_scale);
    fputs("set encoding utf8\n", input);
}

static int draw_one(const fr_figure *figure, const char *program, const char *stem, fr_figure_format format)
{
    char *picture = NULL, *errors_text = NULL, *path = NULL;
    int64_t size = 0, errors_size = 0;
    int exit_code = 0, status = FR_OK;
    FILE *input = tmpfile(), *output = tmpfile(), *errors = tmpfile();
    if (input == NULL || output == NULL || errors == NULL) {
        status = fr_fail(FR_EIO, "cannot make a temporary file: %s", strerror(errno));
        goto done;
    }
    write_terminal(figure, format, input);
    fwrite(figure->script, 1, figure->size, input);
    if (fflush(input) != 0 || ferror(input)) {
        status = fr_fail(FR_EIO, "cannot write a temporary file: %s", strerror(errno));
        goto done;
    }
    rewind(input);
    status = run_program(program, input, output, errors, &exit_code);
    if (status == FR_OK) status = read_back(errors, &errors_text, &errors_size);
    if (status == FR_OK) status = read_back(output, &picture, &size);
    if (status != FR_OK) goto done;
    if (exit_code != 0 || size == 0) {
        status =
            fr_fail(FR_ENUMERIC, "%s failed (exit code %d): %s", program, exit_code, complaint(errors_text));
        goto done;
    }
    if (asprintf(&path, "%s.%s", stem, format == FR_FIGURE_SVG ? "svg" : "png") < 0) {
        path = NULL;
        status = fr_fail(FR_ENOMEM, "out of memory for a file name");
        goto done;
    }
    status = fr_file_write(path, picture, size);
done:
    if (input != NULL) fclose(input);
    if (output != NULL) fclose(output);
    if (errors != NULL) fclose(errors);
    fr_free(picture);
    fr_free(errors_text);
    free(path);
    return status;
}

int fr_figure_draw(fr_figure *figure, const char *gnuplot, const char *stem, int formats)
{
    if (fflush(figure->stream) != 0 || figure->failed)
        return fr_fail(FR_ENOMEM, "out of memory for a figure");
    const char *program = gnuplot != NULL ? gnuplot : "gnuplot";
    int status = FR_OK;
    if (formats & FR_FIGURE_SVG) status = draw_one(figure, program, stem, FR_FIGURE_SVG);
    if (status == FR_OK && (formats & FR_FIGURE_PNG)) status = draw_one(figure, program, stem, FR_FIGURE_PNG);
    return status;
}
