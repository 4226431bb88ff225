/* .fgraph: what is written reads back bit by bit; a file that is cut, too long, or has a wrong byte anywhere is told. */
#include "cluster_cases.h"
#include "support.h"

#include <frugal/cluster.h>
#include <frugal/data.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { page = 4096 };
/* Offsets into the header. */
enum {
    FLAGS = 8,
    N = 16,
    N_ARCS = 24,
    N_LOOPS = 32,
    VOLUME = 40,
    MIN_WEIGHT = 48,
    MAX_WEIGHT = 56,
    NAME_SIZE = 64
};

/* Weighted, with names and a loop. */
static void named_graph(fr_graph *out)
{
    static const char text[] = "a b 0.5\nb c 2\nc a 0.125\nc c 3\nd a 1\n";
    assert_ok(fr_graph_parse(text, (int64_t)strlen(text), "g.edgelist", NULL, out, NULL, NULL));
    assert_non_null(out->weight);
    assert_non_null(out->name_offset);
}

static void round_trip(const fr_graph *graph)
{
    const char *path = scratch_file("round.fgraph");
    fr_graph back;
    assert_ok(fr_fgraph_write(path, graph));
    assert_ok(fr_fgraph_check(path));
    assert_ok(fr_fgraph_open(path, &back));
    assert_false(back.trusted);
    assert_graph_equal(&back, graph);
    assert_ok(fr_graph_check(&back));
    assert_true(back.trusted);
    /* The copy of a mapped graph, even onto its own file, is the same file. */
    char *before, *after;
    int64_t size, size_after;
    assert_ok(fr_file_read(path, &before, &size));
    assert_ok(fr_fgraph_write(path, &back));
    assert_ok(fr_file_read(path, &after, &size_after));
    assert_int_equal(size, size_after);
    assert_memory_equal(before, after, (size_t)size);
    fr_free(before);
    fr_free(after);
    fr_graph_free(&back);
}

static void graphs_read_back(void **state)
{
    (void)state;
    fr_graph graph;
    named_graph(&graph);
    round_trip(&graph);
    fr_graph_free(&graph);
    random_cluster_graph(1, 3000, 9000, false, 5, &graph);
    round_trip(&graph);
    fr_graph_free(&graph);
    random_cluster_graph(2, 3000, 9000, true, 5, &graph);
    round_trip(&graph);
    fr_graph_free(&graph);
}

/* No arcs; no nodes. */
static void empty_graphs_read_back(void **state)
{
    (void)state;
    static const int64_t row[4] = {0};
    static const double weight[1] = {1};
    fr_graph graph;
    for (int64_t n = 0; n <= 3; n += 3)
        for (int weighted = 0; weighted < 2; weighted++) {
            assert_ok(fr_graph_from_csr(n, row, (const uint32_t[]){0}, weighted ? weight : NULL, &graph));
            round_trip(&graph);
            fr_graph_free(&graph);
        }
}

static void names_are_found(void **state)
{
    (void)state;
    const char *path = scratch_file("names.fgraph");
    fr_graph graph, back;
    fr_graph_settings settings;
    named_graph(&graph);
    assert_ok(fr_fgraph_write(path, &graph));
    fr_graph_free(&graph);
    assert_ok(fr_graph_read(path, NULL, &back, NULL, NULL));
    char buffer[24];
    int64_t node;
    assert_string_equal(fr_graph_name(&back, 3, buffer), "d");
    assert_ok(fr_graph_find(&back, "c", "test", &node));
    assert_int_equal(node, 2);
    fr_graph_free(&back);
    fr_graph_settings_default(&settings);
    settings.drop_loops = true;
    assert_refused(fr_graph_read(path, &settings, &back, NULL, NULL), FR_EUSAGE, "cannot change");
}

/* ---- damage ---- */

/* The file of named_graph; free with fr_free. */
static char *good_file(int64_t *size)
{
    const char *path = scratch_file("good.fgraph");
    fr_graph graph;
    char *bytes;
    named_graph(&graph);
    assert_ok(fr_fgraph_write(path, &graph));
    fr_graph_free(&graph);
    assert_ok(fr_file_read(path, &bytes, size));
    return bytes;
}

static int open_bytes(const char *bytes, int64_t size)
{
    const char *path = scratch_file("bad.fgraph");
    fr_graph graph;
    assert_ok(fr_file_write(path, bytes, size));
    int status = fr_fgraph_open(path, &graph);
    if (status == FR_OK) fr_graph_free(&graph);
    return status;
}

static int check_bytes(const char *bytes, int64_t size)
{
    const char *path = scratch_file("bad.fgraph");
    assert_ok(fr_file_write(path, bytes, size));
    return fr_fgraph_check(path);
}

/* rows 4096, neighbours 8192, weights 12288, degrees 16384, offsets 20480, names 24576 .. 24584 */
static void truncated_files(void **state)
{
    (void)state;
    static const char *const ends[] = {
        "of at least 4096 bytes", "rows end", "neighbours end", "weights end", "degrees end",
        "name offsets end",       "names end"};
    int64_t size;
    char *bytes = good_file(&size);
    assert_int_equal(size, 6 * page + 8);
    for (int64_t k = 0; k < 7; k++) {
        assert_refused(open_bytes(bytes, k * page), FR_EINPUT, ends[k]);
        if (k > 0) assert_refused(open_bytes(bytes, k * page + 1), FR_EINPUT, ends[k]);
        assert_refused(open_bytes(bytes, k * page + page - 1 < size ? k * page + page - 1 : size - 1),
                       FR_EINPUT,
                       k == 0   ? "of at least"
                       : k == 6 ? "names end"
                                : ends[k + 1]);
    }
    char *longer = calloc(1, (size_t)size + 1);
    assert_non_null(longer);
    memcpy(longer, bytes, (size_t)size);
    assert_refused(open_bytes(longer, size + 1), FR_EINPUT, "1 bytes follow");
    free(longer);
    fr_free(bytes);
}

/* Every byte counts, but for the last digits of the volume, which is compared as a sum of rounded numbers. */
static void every_wrong_byte_is_found(void **state)
{
    (void)state;
    int64_t size;
    char *bytes = good_file(&size);
    assert_ok(check_bytes(bytes, size));
    for (int64_t at = 0; at < size; at += at < page + 128 || at >= 6 * page ? 1 : 13) {
        if (at >= VOLUME && at < VOLUME + 4) continue;
        bytes[at] ^= 0x10;
        if (check_bytes(bytes, size) != FR_EINPUT) fail_msg("byte %d is wrong and not found", (int)at);
        bytes[at] ^= 0x10;
    }
    fr_free(bytes);
}

static void put_count(char *bytes, int64_t at, uint64_t value)
{
    memcpy(bytes + at, &value, sizeof value);
}

/* `value` at offset `at` of a good header. */
static void header_refused(int64_t at, uint64_t value, const char *part)
{
    int64_t size;
    char *bytes = good_file(&size);
    put_count(bytes, at, value);
    assert_refused(open_bytes(bytes, size), FR_EINPUT, part);
    fr_free(bytes);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void impossible_headers(void **state)
{
    (void)state;
    header_refused(0, 0, "not a .fgraph file");
    header_refused(0, UINT64_C(0x3230485041524746), "version '02'");
    header_refused(0, UINT64_C(0x00000000088b1f), "unpack it first");
    header_refused(FLAGS, 4, "unknown flags");
    header_refused(FLAGS, 0, "size of the names");
    header_refused(FLAGS, 1, "size of the names");
    header_refused(FLAGS, 2, "volume and weights");
    header_refused(N, UINT32_MAX, "2^32 - 2");
    header_refused(N, UINT64_MAX, "2^32 - 2");
    header_refused(N, UINT32_MAX - 1, "size of the names");
    header_refused(N_ARCS, UINT64_MAX, "2^56");
    header_refused(N_ARCS, (UINT64_C(1) << 55) + 1, "truncated");
    header_refused(N_ARCS, UINT64_C(1) << 62, "2^56");
    header_refused(N_ARCS, 10, "number of loops");
    header_refused(N_LOOPS, 0, "number of loops");
    header_refused(N_LOOPS, UINT64_MAX, "number of loops");
    header_refused(NAME_SIZE, UINT64_MAX, "2^56");
    header_refused(NAME_SIZE, (UINT64_C(1) << 56) - 1, "truncated");
    header_refused(NAME_SIZE, 3, "size of the names");
    header_refused(VOLUME, bits_of(0.0 / 0.0), "impossible volume");
    header_refused(VOLUME, bits_of(1), "impossible volume");
    header_refused(MIN_WEIGHT, bits_of(-1), "impossible volume");
    header_refused(MIN_WEIGHT, bits_of(4), "impossible volume");
    header_refused(MAX_WEIGHT, bits_of(1.0 / 0.0), "impossible volume");
    header_refused(1000, 1, "not zero up to byte 4096");
    header_refused(page, 1, "the rows go from 1");
    header_refused(page + 4 * 8, 8, "the rows go from 0 to 8");
    header_refused(5 * page + 4 * 8, 7, "the names go from 0 to 7");
    header_refused(6 * page, UINT64_C(0x6400630062006161), "does not end");
}

/* A damaged arc in a file that has not been checked is met when its row is. */
static void damage_is_met_later(void **state)
{
    (void)state;
    const char *path = scratch_file("later.fgraph");
    int64_t size;
    char *bytes = good_file(&size);
    bytes[2 * page + 3] = 0x7f; /* the first neighbour of node 0 */
    assert_ok(fr_file_write(path, bytes, size));
    fr_free(bytes);
    fr_graph graph;
    fr_cluster_workspace *workspace;
    fr_cluster_scores scores;
    assert_ok(fr_fgraph_open(path, &graph));
    assert_ok(fr_cluster_workspace_new(&graph, &workspace));
    assert_ok(fr_cluster_score(workspace, 1, (const int64_t[]){1}, &scores));
    assert_refused(fr_cluster_score(workspace, 1, (const int64_t[]){0}, &scores), FR_EINPUT, "damaged");
    assert_refused(fr_graph_check(&graph), FR_EINPUT, "damaged");
    assert_false(graph.trusted);
    fr_cluster_workspace_free(workspace);
    fr_graph_free(&graph);
}

static void files_that_cannot_be_mapped(void **state)
{
    (void)state;
    fr_graph graph;
    assert_refused(fr_fgraph_open(scratch_file("none.fgraph"), &graph), FR_EIO, "cannot open");
    assert_refused(fr_fgraph_open(scratch_folder(), &graph), FR_EIO, "folder");
    assert_refused(fr_fgraph_open("/dev/null", &graph), FR_EIO, "not a file on disk");
    named_graph(&graph);
    assert_refused(fr_fgraph_write(scratch_file("no/such/folder.fgraph"), &graph), FR_EIO, "cannot write");
    if (access("/dev/full", W_OK) == 0)
        assert_refused(fr_fgraph_write("/dev/full", &graph), FR_EIO, "cannot write");
    fr_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graphs_read_back),          cmocka_unit_test(empty_graphs_read_back),
        cmocka_unit_test(names_are_found),           cmocka_unit_test(truncated_files),
        cmocka_unit_test(every_wrong_byte_is_found), cmocka_unit_test(impossible_headers),
        cmocka_unit_test(damage_is_met_later),       cmocka_unit_test(files_that_cannot_be_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
