/* frugal/graph.h: undirected weighted graphs: every text format of the field in, a memory-mapped binary format out and
 * in, node names, node attributes.
 *
 * A is symmetric with A_ij = w_ij > 0; a self loop A_ii is stored once and counts once in the degree. "Arcs" are the
 * stored entries of A: each edge twice, each loop once. Degree d_i = sum_j A_ij, volume = sum_i d_i.
 * A graph does not change after it is made; any number of threads may read it.
 */
#ifndef FRUGAL_GRAPH_H
#define FRUGAL_GRAPH_H

#include <frugal/core.h>
#include <frugal/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the graph ------------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t n;      /* nodes 0..n-1; at most 2^32 - 2 */
    int64_t n_arcs; /* stored entries of A */
    int64_t n_loops;
    const int64_t *row;        /* n + 1: the arcs of node i are row[i] .. row[i+1]-1 */
    const uint32_t *neighbour; /* n_arcs, ascending within a row, no duplicates */
    const double *weight;      /* n_arcs; NULL: all one */
    const double *degree;      /* n; NULL exactly if weight is NULL: row[i+1] - row[i] */
    double volume;
    double min_weight, max_weight; /* 1 and 1 if unweighted; 0 and 0 without arcs */
    const int64_t
        *name_offset;       /* n + 1 offsets into name_bytes; NULL: nodes have no names but their numbers */
    const char *name_bytes; /* each name ends with '\0' */
    /* the arrays are known to be what they should be; false for a mapped file until fr_graph_check */
    bool trusted;
    void *owned; /* private */
} fr_graph;

static inline double fr_graph_degree(const fr_graph *graph, int64_t node)
{
    return graph->degree != NULL ? graph->degree[node] : (double)(graph->row[node + 1] - graph->row[node]);
}

/* (n_arcs - n_loops) / 2: loops are not counted. */
int64_t fr_graph_edges(const fr_graph *graph);
/* The node's name, or its number written into `buffer` (24 bytes) when the graph has no names. */
const char *fr_graph_name(const fr_graph *graph, int64_t node, char buffer[24]);
/* The node called `text`: its name, or its number (0-based) if no name is like it and it is all digits. FR_EINPUT if there
 * is none; `what` names the source in the message ("--seed-nodes", "seeds.txt:3"). Names are found by a hash made at the
 * first call. */
int fr_graph_find(const fr_graph *graph, const char *text, const char *what, int64_t *node);
void fr_graph_free(fr_graph *graph);

/* ---- reading -------------------------------------------------------------------------------------------------------- */

typedef enum {
    FR_GRAPH_AUTO, /* by the name's ending, without .gz, .bz2, .xz; an edge list if it says nothing */
    FR_GRAPH_EDGELIST,
    FR_GRAPH_SMAT,  /* "rows cols nnz", then "i j w", 0-based; or without that line */
    FR_GRAPH_MTX,   /* Matrix Market coordinate; 1-based */
    FR_GRAPH_METIS, /* .graph, .metis: adjacency lists; 1-based; fmt 0, 1, 10, 11 */
    FR_GRAPH_GML,
    FR_GRAPH_GRAPHML,
    FR_GRAPH_FGRAPH /* our binary format */
} fr_graph_format;

typedef enum { FR_GRAPH_DUP_SUM, FR_GRAPH_DUP_MAX, FR_GRAPH_DUP_FIRST, FR_GRAPH_DUP_ONE } fr_graph_duplicates;
typedef enum { FR_GRAPH_SYM_MAX, FR_GRAPH_SYM_SUM, FR_GRAPH_SYM_ERROR } fr_graph_symmetrise;

typedef struct {
    fr_graph_format format; /* Default AUTO */
    /* Edge lists: */
    /* '\t' ',' ';' or ' ' (runs of blanks); 0: the first of tab, comma, semicolon in the first data line, else
     * blanks. Default 0 */
    char separator;
    fr_header header; /* Default FR_HEADER_AUTO */
    bool one_based;   /* subtract 1 from the ids. Default false */
    bool named;       /* ids are names even if they look like numbers. Default false: names if they do not */
    int64_t n_nodes;  /* at least so many nodes; 0: one more than the largest id. Default 0 */
    /* 0-based columns of from, to, weight; -1: none. Default 0, 1, 2 (weight if there is a third) */
    int64_t columns[3];
    bool columns_given; /* false: a line with more than three fields is an error. Default false */
    /* GML and GraphML: */
    const char *weight_attribute; /* NULL: "weight", else "weights", else "value". Default NULL */
    /* All text formats: */
    /* arcs (i, j) listed more than once: sum, largest or first weight, or 1. Default SUM */
    fr_graph_duplicates duplicates;
    /* if A != A' after merging duplicates: max(A, A'), A + A' (off the diagonal), or an error. Default MAX */
    fr_graph_symmetrise symmetrise;
    bool drop_loops;       /* Default false */
    bool drop_bad_weights; /* skip lines with a negative or not finite weight. Default false: an error */
    bool unweighted;       /* do not look at the weights: every listed arc becomes 1. Default false */
} fr_graph_settings;

/* Attributes of nodes: columns of texts, from a GML or GraphML file or a label table. */
typedef struct {
    int64_t n; /* nodes */
    int64_t n_columns;
    char **names; /* n_columns */
    char **cells; /* n * n_columns, row-major; NULL: missing */
    void *owned;  /* private */
} fr_graph_attributes;

/* What was left out or added while reading. */
typedef struct {
    int64_t lines;           /* data lines (edge elements) */
    int64_t duplicates;      /* arcs merged into an earlier one */
    int64_t one_sided;       /* arcs whose reverse was not listed or had another weight */
    int64_t dropped_weights; /* lines skipped by drop_bad_weights */
    int64_t dropped_loops;
    int64_t dropped_zeros; /* stored arcs of weight zero */
} fr_graph_notes;

void fr_graph_settings_default(fr_graph_settings *settings);
/* Reads a graph; gzip, bzip2 and xz are known by their first bytes. settings, attributes, notes may be NULL. A .fgraph
 * file is opened as by fr_fgraph_open, and settings that would change it are FR_EUSAGE. */
int fr_graph_read(const char *path, const fr_graph_settings *settings, fr_graph *out,
                  fr_graph_attributes *attributes, fr_graph_notes *notes);
/* The same from memory (text formats); `name` stands for the file in messages; settings->format AUTO goes by it. */
int fr_graph_parse(const char *bytes, int64_t size, const char *name, const fr_graph_settings *settings,
                   fr_graph *out, fr_graph_attributes *attributes, fr_graph_notes *notes);
/* From `count` listed arcs; weight NULL: all one. The rules for duplicates, symmetry, loops and weights are those of
 * reading (settings may be NULL). n >= one more than the largest id. */
int fr_graph_from_arcs(int64_t n, int64_t count, const uint32_t *from, const uint32_t *to,
                       const double *weight, const fr_graph_settings *settings, fr_graph *out);
/* Borrows a finished CSR structure (rows sorted, symmetric, no duplicates: fr_graph_check tells); sums up the degrees of
 * a weighted one (O(arcs)). The arrays must outlive the graph. */
int fr_graph_from_csr(int64_t n, const int64_t *row, const uint32_t *neighbour, const double *weight,
                      fr_graph *out);
/* Checks ranges, sorted rows, symmetry, weights > 0, degrees, volume, counts, in O(arcs), and makes the graph trusted.
 * FR_EINPUT says what is wrong. */
int fr_graph_check(fr_graph *graph);

/* The subgraph of `count` distinct nodes, numbered as listed; names are kept. */
int fr_graph_subgraph(const fr_graph *graph, int64_t count, const int64_t *nodes, fr_graph *out);

/* ---- changing a graph ----------------------------------------------------------------------------------------------- *
 * A graph does not change; an edited one is made beside it. Numbers of nodes stay, so that labels, coordinates, sets and
 * vectors of the old graph are good for the new one. */

typedef enum {
    FR_GRAPH_ADD,   /* the weight is added to that of the edge, which is 0 where there is none */
    FR_GRAPH_SET,   /* the edge gets this weight; 0 takes it away if it is there */
    FR_GRAPH_REMOVE /* the weight is taken from that of the edge, which must be there; INFINITY: all of it */
} fr_graph_change;

/* One change of the edge between two nodes, in whichever order; equal ones: a loop. */
typedef struct {
    int64_t from, to;
    double weight; /* >= 0 */
    fr_graph_change change;
    const char *file; /* where it was listed, for messages; borrowed. NULL: its place in the list, from 0 */
    int64_t line;
} fr_graph_edge_edit;

/* Changes, made in the order listed, and nodes that come behind the old ones. A zeroed struct changes nothing. */
typedef struct {
    int64_t count;
    fr_graph_edge_edit *edge;
    int64_t n_new; /* new nodes n .. n + n_new - 1 */
    char *
        new_names; /* of a graph with names: n_new texts one behind the other, each ending with '\0', none empty, all
                        different from each other and from the old ones; NULL where the nodes are numbers */
    void *owned; /* private; NULL: the arrays are the caller's */
} fr_graph_edits;

typedef struct {
    int64_t added, removed,
        changed; /* edges that were not there, are not there any more, have another weight */
} fr_graph_edit_notes;

/* The changed graph; `notes` may be NULL. FR_EINPUT names the first change that cannot be made: an edge to remove that
 * is not there, or of less weight than is to be taken away (what is left within 1e-12 of the weight is nothing). A
 * mapped graph must have been checked (fr_graph_check), otherwise FR_EUSAGE. Copies the rows that do not change as they
 * are: O(n + arcs + k log k) for k changes. */
int fr_graph_edit(const fr_graph *graph, const fr_graph_edits *edits, fr_graph *out,
                  fr_graph_edit_notes *notes);
/* Appends the changes listed in a file to `edits`: "from to [weight]" a line, nodes by name or number as fr_graph_find
 * takes them, separated as in edge lists, '#' and '%' comments; a first line whose third field is no number is a header.
 * Every line is a change of its own: an edge that is listed in both directions is changed twice. Without a weight it is
 * 1, for REMOVE all there is. Nodes that the graph does not have are FR_EINPUT, or with `new_nodes` (ADD and SET) become
 * new ones. On failure `edits` is as before. `path` must outlive it. */
int fr_graph_edits_read(const char *path, const fr_graph *graph, fr_graph_change change, bool new_nodes,
                        fr_graph_edits *edits);
void fr_graph_edits_free(fr_graph_edits *edits); /* of fr_graph_edits_read; a zeroed struct is fine */

/* ---- .fgraph: our binary CSR, memory-mapped ------------------------------------------------------------------------- *
 * Little endian. Bytes 0-7 "FGRAPH01"; u64 flags (bit 0 weights, bit 1 names); u64 n, n_arcs, n_loops; f64 volume, min
 * weight, max weight; u64 bytes of all names; u64 FNV-1a checksum of everything after byte 4096; zero up to 4096. Sections, each
 * at a multiple of 4096: row u64[n+1], neighbour u32[n_arcs], weight f64[n_arcs] and degree f64[n] if weighted, name_offset
 * u64[n+1] and the name bytes if named. */

/* Writes through a temporary sibling and rename. */
int fr_fgraph_write(const char *path, const fr_graph *graph);
/* Maps the file read-only and checks the header and that the sections lie within the file: O(1), whatever its size. The
 * graph is not trusted: the local methods check each row before its first use and give FR_EINPUT for a bad one; the
 * methods that read the whole graph refuse it with FR_EUSAGE until fr_graph_check has been called. */
int fr_fgraph_open(const char *path, fr_graph *out);
/* Checksum of the file, then fr_graph_check. */
int fr_fgraph_check(const char *path);

/* ---- attributes and sets of nodes ----------------------------------------------------------------------------------- */

/* A CSV or TSV with a header whose column "node" holds ids (or names); without such a column, "name" or the first column
 * holds names. Two columns without a header: name and class (column "class"). Nodes without a row have missing cells. */
int fr_graph_labels_read(const char *path, const fr_graph *graph, fr_graph_attributes *out);
void fr_graph_attributes_free(fr_graph_attributes *attributes);
/* The nodes where an expression such as "year=2009" or "group=AMP" holds (COLUMN=VALUE as text; numbers that are equal are
 * equal); ascending. FR_EINPUT names the columns, or the values that the column has, when it selects nothing. Free *nodes with
 * fr_free. */
int fr_graph_select(const fr_graph_attributes *attributes, const char *expression, int64_t **nodes,
                    int64_t *count);
/* A file of nodes, one a line (id or name, '#' comments), in the file's order, with an optional second field (a mass) on
 * each line; `masses` may be NULL (then a second field is an error), *masses is NULL when no line has one. Free both
 * with fr_free. */
int fr_graph_nodes_read(const char *path, const fr_graph *graph, int64_t **nodes, double **masses,
                        int64_t *count);
/* The same from memory; `name` stands for the file in messages. */
int fr_graph_nodes_parse(const char *bytes, int64_t size, const char *name, const fr_graph *graph,
                         int64_t **nodes, double **masses, int64_t *count);

#ifdef __cplusplus
}
#endif
#endif
