/* Batches of seed sets: batch.csv has a row for each set of seeds, batch_sets.csv the nodes of its cluster. */
#include "cluster_batch.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const cli_option batch_rows[] = {
    {.name = "batch",
     .type = OPTION_PATH,
     .value = "FILE",
     .help = "instead of seeds: a file with one set of seeds a line, ids or names between commas or blanks "
             "(names with blanks between commas)"},
    {.name = "each-seed", .type = OPTION_FLAG, .help = "a run for each of the seeds alone"},
    {.name = NULL},
};
const option_group cluster_batch_options = {"Batch", batch_rows, false};

bool cluster_is_batch(const cli_options *parsed)
{
    return options_given(parsed, "batch") || options_flag(parsed, "each-seed");
}

int cluster_check_batch(const cli_options *parsed)
{
    static const char *const names[] = {
        "objective", "max-volume",        "min-size",          "improve",           "delta",   "side",
        "residual",  "delta-from-target", "keep-disconnected", "exact-conductance", "diagnose"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (options_given(parsed, names[k]))
            return fr_fail(FR_EUSAGE, "--%s is for a run from one set of seeds, not for a batch", names[k]);
    return FR_OK;
}

/* Seed sets: those of set k are nodes[first[k]] .. nodes[first[k+1]-1]; it stood on line[k] (NULL: on none). */
typedef struct {
    int64_t count, *first, *nodes, *line;
} seed_sets;

static void seed_sets_free(seed_sets *sets)
{
    fr_free(sets->first);
    fr_free(sets->nodes);
    fr_free(sets->line);
    *sets = (seed_sets){0};
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* Room for all lines and words of the text. */
static int make_room(const char *text, seed_sets *out)
{
    int64_t lines = 1, words = 1;
    for (const char *c = text; *c != '\0'; c++) {
        lines += *c == '\n';
        words += strchr("\n, \t;", *c) != NULL;
    }
    out->first = fr_alloc(lines + 1, sizeof *out->first);
    out->line = fr_alloc(lines, sizeof *out->line);
    out->nodes = fr_alloc(words, sizeof *out->nodes);
    return out->first == NULL || out->line == NULL || out->nodes == NULL ? FR_ENOMEM : FR_OK;
}

static char *trimmed(char *word)
{
    word += strspn(word, " \t\r");
    for (size_t length = strlen(word); length > 0 && strchr(" \t\r", word[length - 1]) != NULL; length--)
        word[length - 1] = '\0';
    return word;
}

static int take_line(const cluster_input *input, const char *what, char *line, int64_t *nodes, int64_t *n)
{
    const char *separators = strpbrk(line, ",;\t") != NULL ? ",;\t" : " ";
    int status = FR_OK;
    for (char *word; status == FR_OK && (word = strsep(&line, separators)) != NULL;) {
        word = trimmed(word);
        if (*word != '\0') status = cluster_node_find(input, word, what, &nodes[(*n)++]);
    }
    return status;
}

static int read_sets(const cluster_input *input, const char *path, seed_sets *out)
{
    char *text = NULL, what[4096];
    int64_t size, n = 0;
    int status = fr_file_read(path, &text, &size);
    if (status == FR_OK) status = make_room(text, out);
    char *rest = text;
    if (status == FR_OK && strncmp(rest, "\xEF\xBB\xBF", 3) == 0) rest += 3;
    for (int64_t number = 1; status == FR_OK && rest != NULL; number++) {
        char *line = trimmed(strsep(&rest, "\n"));
        if (*line == '\0' || *line == '#') continue;
        snprintf(what, sizeof what, "%s:%" PRId64, path, number);
        status = take_line(input, what, line, out->nodes, &n);
        if (status == FR_OK && n == out->first[out->count])
            status = fr_fail(FR_EINPUT, "%s: a set of seeds was expected, found none", what);
        out->line[out->count] = number;
        out->first[++out->count] = n;
    }
    if (status == FR_OK && out->count == 0) status = fr_fail(FR_EINPUT, "%s lists no seeds", path);
    fr_free(text);
    return status;
}

static int each_seed(cli_job *job, cluster_input *input, seed_sets *out)
{
    cluster_seeds seeds;
    int status = cluster_seeds_read(job, input, &seeds);
    if (status != FR_OK) return status;
    out->first = fr_alloc(seeds.count + 1, sizeof *out->first);
    if (out->first == NULL) {
        cluster_seeds_free(&seeds);
        return FR_ENOMEM;
    }
    out->count = seeds.count;
    for (int64_t k = 0; k <= seeds.count; k++)
        out->first[k] = k;
    out->nodes = seeds.node;
    seeds.node = NULL; /* taken over */
    cluster_seeds_free(&seeds);
    return FR_OK;
}

static int sets_of(cli_job *job, cluster_input *input, seed_sets *out)
{
    const char *path = options_text(&job->options, "batch");
    bool each = options_flag(&job->options, "each-seed");
    static const char *const others[] = {"seed-nodes", "seed-file", "seed-set", "mass"};
    if (path != NULL && each) return fr_fail(FR_EUSAGE, "--batch and --each-seed exclude each other");
    if (each) return each_seed(job, input, out);
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        if (options_given(&job->options, others[k]))
            return fr_fail(FR_EUSAGE, "--batch names the seeds, with mass 1/k each; leave --%s out",
                           others[k]);
    int status = job_input(job, path);
    return status == FR_OK ? read_sets(input, path, out) : status;
}

/* ---- results --------------------------------------------------------------------------------------------------------------- */

static int write_sets(cli_job *job, const cluster_input *input, const fr_cluster_batch_result *batch)
{
    fr_csv *csv;
    int status = cluster_csv_create(job, input, "batch_sets.csv", "set,node", &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < batch->count; k++)
        for (int64_t j = 0; j < batch->rows[k].scores.size; j++) {
            fr_csv_i64(csv, k);
            cluster_csv_node(csv, input, batch->set_node[batch->rows[k].set + j]);
            fr_csv_end_row(csv);
        }
    return fr_csv_close(csv);
}

static void write_row(fr_csv *csv, const fr_cluster_batch_row *row)
{
    fr_csv_i64(csv, row->scores.size);
    fr_csv_f64(csv, row->scores.volume);
    fr_csv_f64(csv, row->scores.cut);
    fr_csv_f64(csv, row->scores.conductance);
    fr_csv_i64(csv, row->support);
    fr_csv_f64(csv, row->info.sum_p);
    fr_csv_i64(csv, row->info.converged);
    fr_csv_f64(csv, row->info.error_bound);
    fr_csv_f64(csv, row->info.duality_gap);
    fr_csv_i64(csv, row->info.steps);
    fr_csv_i64(csv, row->info.arcs_read);
}

/* Row by row; `f1` (NULL without a target) has a comparison for each. */
static int write_batch(cli_job *job, const cluster_input *input, const seed_sets *sets,
                       const fr_cluster_batch_result *batch, const fr_cluster_f1_scores *f1)
{
    fr_csv *csv;
    char header[256];
    snprintf(header, sizeof header,
             "set,line,seeds,first_seed,size,volume,cut,conductance,support,sum_p,converged,error_bound,"
             "duality_gap,steps,arcs_read%s",
             f1 != NULL ? ",precision,recall,f1" : "");
    int status = cluster_csv_create(job, input, "batch.csv", header, &csv);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < batch->count; k++) {
        fr_csv_i64(csv, k);
        if (sets->line != NULL)
            fr_csv_i64(csv, sets->line[k]);
        else
            fr_csv_text(csv, "");
        fr_csv_i64(csv, sets->first[k + 1] - sets->first[k]);
        fr_csv_i64(csv, cluster_id(input, sets->nodes[sets->first[k]]));
        write_row(csv, &batch->rows[k]);
        if (f1 != NULL) {
            fr_csv_f64(csv, f1[k].precision);
            fr_csv_f64(csv, f1[k].recall);
            fr_csv_f64(csv, f1[k].f1);
        }
        fr_csv_end_row(csv);
    }
    status = fr_csv_close(csv);
    return status == FR_OK ? write_sets(job, input, batch) : status;
}

/* Each cluster against the target; the means go to the metrics. */
static int compare_all(cli_job *job, const cluster_input *input, const fr_cluster_batch_result *batch,
                       fr_cluster_f1_scores **out)
{
    double precision = 0, recall = 0, f1 = 0, count = (double)batch->count;
    *out = NULL;
    if (input->target == NULL) return FR_OK;
    *out = fr_alloc(batch->count, sizeof **out);
    if (*out == NULL) return FR_ENOMEM;
    for (int64_t k = 0; k < batch->count; k++) {
        const fr_cluster_batch_row *row = &batch->rows[k];
        fr_cluster_f1_scores *scores = &(*out)[k];
        int status = row->scores.size == 0
                         ? FR_OK
                         : fr_cluster_f1(input->workspace, row->scores.size, batch->set_node + row->set,
                                         input->n_target, input->target, scores);
        if (status != FR_OK) return status;
        precision += scores->precision, recall += scores->recall, f1 += scores->f1;
    }
    job_metric(job, "mean_precision", precision / count);
    job_metric(job, "mean_recall", recall / count);
    job_metric(job, "mean_f1", f1 / count);
    job_say(job, "against the target, means: precision %.4f, recall %.4f, F1 %.4f", precision / count,
            recall / count, f1 / count);
    return FR_OK;
}

static void note_batch(cli_job *job, const fr_cluster_batch_result *batch)
{
    int64_t converged = 0, steps = 0, arcs = 0;
    double conductance = 0, best = 1;
    for (int64_t k = 0; k < batch->count; k++) {
        const fr_cluster_batch_row *row = &batch->rows[k];
        converged += row->info.converged, steps += row->info.steps, arcs += row->info.arcs_read;
        conductance += row->scores.conductance;
        if (row->scores.conductance < best) best = row->scores.conductance;
    }
    job_metric_count(job, "sets", batch->count);
    job_metric(job, "mean_conductance", conductance / (double)batch->count);
    job_metric(job, "best_conductance", best);
    job_metric_count(job, "steps", steps);
    job_metric_count(job, "arcs_read", arcs);
    job_metric_count(job, "sets_converged", converged);
    cluster_note_flag(job, "converged", converged == batch->count);
    job_metric(job, "seconds", batch->seconds);
    job_say(job, "%lld cluster%s, mean conductance %.6g, best %.6g", (long long)batch->count,
            plural(batch->count, "s"), conductance / (double)batch->count, best);
    cluster_note_convergence(job, converged == batch->count, "raise --max-steps or --time-limit");
}

int cluster_run_batch(cli_job *job, cluster_input *input, const fr_cluster_batch_settings *settings)
{
    seed_sets sets = {0};
    fr_cluster_batch_result batch = {0};
    fr_cluster_f1_scores *f1 = NULL;
    int status = job_agree(job, sets_of(job, input, &sets));
    if (status == FR_OK)
        status = fr_cluster_batch(input->graph, sets.count, sets.first, sets.nodes, settings, &batch);
    if (status != FR_OK) goto done;
    job_phase(job, "solve");
    note_batch(job, &batch);
    status = compare_all(job, input, &batch, &f1);
    if (status == FR_OK && job_writes(job)) status = write_batch(job, input, &sets, &batch, f1);
    job_phase(job, "write");
done:
    fr_free(f1);
    fr_cluster_batch_result_free(&batch);
    seed_sets_free(&sets);
    return status;
}
