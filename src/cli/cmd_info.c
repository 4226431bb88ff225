/* frugal info: the version, what it was built with, what it runs on; man pages and completion for the installation. */
#include "job.h"

#include <suitesparse/cholmod.h>
#include <geos_c.h>
#include <jansson.h>
#include <nettle/version.h>
#include <openblas_config.h>
#include <cblas.h>
#include <proj.h>
#include <sqlite3.h>
#include <zlib.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const cli_command info_command;

static const cli_option info_rows[] = {
    {.name = "man",
     .type = OPTION_TEXT,
     .value = "PAGE",
     .help = "print a man page, such as feems-fit; list: the names of all"},
    {.name = "bash-completion", .type = OPTION_FLAG, .help = "print the completion script for bash"},
    {.name = NULL},
};
static const option_group info_options = {"Print", info_rows, true};
static const option_group *const info_groups[] = {&info_options, &general_options, NULL};

static void put(cli_job *job, json_t *object, const char *name, const char *value)
{
    summary_set(&job->summary, object, name, json_string(value));
}

static void put_version(cli_job *job, json_t *object, const char *name, int major, int minor, int patch)
{
    char text[48];
    snprintf(text, sizeof text, "%d.%d.%d", major, minor, patch);
    put(job, object, name, text);
}

static void note_libraries(cli_job *job)
{
    int version[3] = {0};
    char text[32];
    json_t *libraries = json_object();
    summary_set(&job->summary, job->summary.metrics, "libraries", libraries);
    put(job, libraries, "openblas", openblas_get_config());
    cholmod_version(version);
    put_version(job, libraries, "cholmod", version[0], version[1], version[2]);
    put(job, libraries, "proj", proj_info().version);
    put(job, libraries, "geos", GEOSversion());
    put(job, libraries, "jansson", jansson_version_str());
    put(job, libraries, "sqlite", sqlite3_libversion());
    put(job, libraries, "zlib", zlibVersion());
    snprintf(text, sizeof text, "%d.%d", nettle_version_major(), nettle_version_minor());
    put(job, libraries, "nettle", text);
}

/* Instruction sets that the numerical libraries choose their kernels by. */
static void cpu_features(char *text, size_t size)
{
#if defined(__x86_64__) || defined(__i386__)
    snprintf(text, size, "%s%s%s%s", __builtin_cpu_supports("sse4.2") ? "sse4.2 " : "",
             __builtin_cpu_supports("avx2") ? "avx2 " : "", __builtin_cpu_supports("fma") ? "fma " : "",
             __builtin_cpu_supports("avx512f") ? "avx512f " : "");
#elif defined(__aarch64__)
    snprintf(text, size, "neon ");
#else
    snprintf(text, size, "unknown ");
#endif
    if (*text != '\0') text[strlen(text) - 1] = '\0';
}

/* "gnuplot 5.4 patchlevel 4", or that there is none. */
static void gnuplot_version(char *text, size_t size)
{
    FILE *answer = popen("gnuplot --version 2>/dev/null", "r");
    char line[120] = "";
    if (answer != NULL) {
        if (fgets(line, (int)sizeof line, answer) == NULL) *line = '\0';
        pclose(answer);
    }
    line[strcspn(line, "\n")] = '\0';
    snprintf(text, size, "%s", *line != '\0' ? line : "not found: tables are written without figures");
}

static void note_all(cli_job *job)
{
    char text[160];
    json_t *metrics = job->summary.metrics;
    put(job, metrics, "compiler", __VERSION__);
    note_libraries(job);
    cpu_features(text, sizeof text);
    put(job, metrics, "cpu", text);
    summary_count(&job->summary, metrics, "processors", sysconf(_SC_NPROCESSORS_ONLN));
    summary_count(&job->summary, metrics, "threads", fr_threads());
    summary_set(&job->summary, metrics, "mpi", json_boolean(FRUGAL_WITH_MPI));
    summary_count(&job->summary, metrics, "ranks", fr_ranks());
    gnuplot_version(text, sizeof text);
    put(job, metrics, "gnuplot", text);
}

static void print_value(const char *name, const json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, member) print_value(key, member);
    } else if (json_is_integer(value)) {
        printf("%-12s %lld\n", name, (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        printf("%-12s %s\n", name, json_is_true(value) ? "yes" : "no");
    } else {
        printf("%-12s %s\n", name, json_string_value(value));
    }
}

static int run(cli_job *job)
{
    const char *page = options_text(&job->options, "man");
    if (!job_writes(job)) return FR_OK;
    if (options_flag(&job->options, "bash-completion")) {
        bash_completion(stdout);
        return FR_OK;
    }
    if (page != NULL && strcmp(page, "list") == 0) {
        man_list(stdout);
        return FR_OK;
    }
    if (page != NULL) return man_page(stdout, page);
    note_all(job);
    if (options_flag(&job->options, "json")) return FR_OK;
    puts("frugal       " FRUGAL_VERSION);
    print_value("", job->summary.metrics);
    return FR_OK;
}

const cli_command info_command = {
    .verb = "info",
    .purpose = "show version, libraries, threads and processor features",
    .description = "Shows what this program is and what it runs on; useful in a report of a problem.",
    .example = "frugal info",
    .groups = info_groups,
    .run = run,
};
