/* The frugal program: finds the command, starts and stops what surrounds it (ranks, signals), and gives its exit code. */
#include "job.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* The first Ctrl-C asks the work to stop and keep what is done; the second ends the program at once. */
static void on_interrupt(int signal_number)
{
    (void)signal_number;
    fr_interrupt();
}

static void install_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGXFSZ,
           SIG_IGN); /* a file size limit is then an error of write, which is reported and cleaned up after */
}

/* Process managers tell their children by these variables that they are one of several. */
static bool started_by_mpirun(void)
{
    static const char *const variables[] = {"PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK",
                                            "MPI_LOCALRANKID"};
    for (size_t k = 0; k < sizeof variables / sizeof variables[0]; k++)
        if (getenv(variables[k]) != NULL) return true;
    return false;
}

static int fail_usage(const char *word, const char *kind, const char *near, const char *where)
{
    if (near != NULL)
        fprintf(stderr, "frugal: there is no %s '%s'; did you mean %s?\nTry: %s --help\n", kind, word, near,
                where);
    else
        fprintf(stderr, "frugal: there is no %s '%s'\nTry: %s --help\n", kind, word, where);
    return 2;
}

enum { most_names = 64 };

/* Names of all methods and one-word commands (method NULL) or of a method's verbs. */
static int64_t list_names(const char *method_name, const char *names[most_names])
{
    int64_t n = 0;
    for (const cli_method *found = methods; method_name == NULL && found->name != NULL && n < most_names;
         found++)
        names[n++] = found->name;
    for (const cli_command *const *found = commands; *found != NULL && n < most_names; found++) {
        const char *of = (*found)->method;
        bool same = method_name == NULL ? of == NULL : of != NULL && strcmp(of, method_name) == 0;
        if (same) names[n++] = (*found)->verb;
    }
    return n;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static int run_method(const cli_method *method, int argc, const char *const *argv)
{
    const char *names[most_names];
    char where[64];
    snprintf(where, sizeof where, "frugal %s", method->name);
    if (argc < 2) {
        help_method(stderr, method);
        return 2;
    }
    if (is_help(argv[1])) {
        help_method(stdout, method);
        return 0;
    }
    const cli_command *command = command_find(method->name, argv[1]);
    if (command != NULL) return job_main(command, argc - 1, argv + 1);
    return fail_usage(argv[1], "verb", suggest(argv[1], names, list_names(method->name, names)), where);
}

static int run_program(int argc, const char *const *argv)
{
    const char *names[most_names];
    if (argc < 2) {
        help_program(stderr);
        return 2;
    }
    if (is_help(argv[1])) {
        help_program(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("frugal " FRUGAL_VERSION);
        return 0;
    }
    const cli_method *method = method_find(argv[1]);
    if (method != NULL) return run_method(method, argc - 1, argv + 1);
    const cli_command *command = command_find(NULL, argv[1]);
    if (command != NULL) return job_main(command, argc - 1, argv + 1);
    return fail_usage(argv[1], "command", suggest(argv[1], names, list_names(NULL, names)), "frugal");
}

int main(int argc, char **argv)
{
    install_signals();
    if (started_by_mpirun()) {
        int status = fr_ranks_start(&argc, &argv);
        if (status != FR_OK) {
            fprintf(stderr, "frugal: %s\n", fr_last_error());
            return exit_code(status);
        }
    }
    int code = run_program(argc, (const char *const *)argv);
    if (fclose(stdout) != 0 && code == 0) {
        fputs("frugal: cannot write to standard output\n", stderr);
        code = 4;
    }
    fr_ranks_stop();
    return code;
}
