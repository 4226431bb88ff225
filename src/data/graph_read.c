/* A graph file of any format: which one it is, and its reader. */
#include "graph_formats.h"

#include <string.h>
#include <strings.h>

/* ---- formats ---- */

static bool ends_with(const char *name, size_t length, const char *ending)
{
    size_t size = strlen(ending);
    return length > size && strncasecmp(name + length - size, ending, size) == 0;
}

/* By the ending, behind those of compressed files. */
static fr_graph_format format_of(const char *name)
{
    static const char *const packed[] = {".gz", ".bz2", ".xz"};
    static const struct {
        const char *ending;
        fr_graph_format format;
    } known[] = {{".smat", FR_GRAPH_SMAT},    {".mtx", FR_GRAPH_MTX}, {".graph", FR_GRAPH_METIS},
                 {".metis", FR_GRAPH_METIS},  {".gml", FR_GRAPH_GML}, {".graphml", FR_GRAPH_GRAPHML},
                 {".fgraph", FR_GRAPH_FGRAPH}};
    size_t length = strlen(name);
    for (size_t k = 0; k < sizeof packed / sizeof *packed; k++)
        if (ends_with(name, length, packed[k])) {
            length -= strlen(packed[k]);
            break;
        }
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (ends_with(name, length, known[k].ending)) return known[k].format;
    return FR_GRAPH_EDGELIST;
}

static fr_graph_format wanted_format(const char *name, const fr_graph_settings *settings)
{
    return settings != NULL && settings->format != FR_GRAPH_AUTO ? settings->format : format_of(name);
}

/* Reads all of a source by the parser of its format. */
static int parse_source(graph_source *source, fr_graph_format format, graph_arcs *arcs)
{
    switch (format) {
    case FR_GRAPH_SMAT:
        return graph_parse_smat(source, arcs);
    case FR_GRAPH_MTX:
        return graph_parse_mtx(source, arcs);
    case FR_GRAPH_METIS:
        return graph_parse_metis(source, arcs);
    default:
        return graph_parse_edgelist(source, arcs);
    }
}

static bool is_markup(fr_graph_format format)
{
    return format == FR_GRAPH_GML || format == FR_GRAPH_GRAPHML;
}

/* GML and GraphML, whole in memory. */
static int parse_markup(const char *bytes, int64_t size, const char *name, fr_graph_format format,
                        graph_arcs *arcs, fr_graph_attributes *attributes)
{
    return format == FR_GRAPH_GML ? graph_parse_gml(bytes, size, name, &arcs->settings, arcs, attributes)
                                  : graph_parse_graphml(bytes, size, name, &arcs->settings, arcs, attributes);
}

/* ---- reading ---- */

static int finish(int status, graph_arcs *arcs, fr_graph *out, fr_graph_attributes *attributes,
                  fr_graph_notes *notes)
{
    if (status == FR_OK) status = graph_arcs_finish(arcs, out, notes);
    graph_arcs_free(arcs);
    if (status != FR_OK && attributes != NULL) fr_graph_attributes_free(attributes);
    return status;
}

static void clear(fr_graph *out, fr_graph_attributes *attributes, fr_graph_notes *notes)
{
    *out = (fr_graph){0};
    if (attributes != NULL) *attributes = (fr_graph_attributes){0};
    if (notes != NULL) *notes = (fr_graph_notes){0};
}

int fr_graph_parse(const char *bytes, int64_t size, const char *name, const fr_graph_settings *settings,
                   fr_graph *out, fr_graph_attributes *attributes, fr_graph_notes *notes)
{
    fr_graph_format format = wanted_format(name, settings);
    clear(out, attributes, notes);
    if (format == FR_GRAPH_FGRAPH)
        return fr_fail(FR_EUSAGE, "%s: a .fgraph file is mapped, not parsed", name);
    graph_arcs arcs;
    graph_source source;
    int status = graph_arcs_init(&arcs, name, settings);
    if (status == FR_OK && is_markup(format)) {
        status = parse_markup(bytes, size, name, format, &arcs, attributes);
    } else if (status == FR_OK) {
        status = graph_source_open_memory(bytes, size, name, &source);
        if (status == FR_OK) status = parse_source(&source, format, &arcs);
        graph_source_close(&source);
    }
    return finish(status, &arcs, out, attributes, notes);
}

/* A mapped file is as it is. */
static int read_fgraph(const char *path, const fr_graph_settings *settings, fr_graph *out)
{
    bool changed =
        settings != NULL && (settings->unweighted || settings->drop_loops || settings->n_nodes > 0 ||
                             settings->one_based || settings->named || settings->columns_given);
    if (changed)
        return fr_fail(FR_EUSAGE,
                       "%s: settings for text files cannot change a finished .fgraph file; give them when it "
                       "is made from text",
                       path);
    return fr_fgraph_open(path, out);
}

int fr_graph_read(const char *path, const fr_graph_settings *settings, fr_graph *out,
                  fr_graph_attributes *attributes, fr_graph_notes *notes)
{
    fr_graph_format format = wanted_format(path, settings);
    clear(out, attributes, notes);
    if (format == FR_GRAPH_FGRAPH) return read_fgraph(path, settings, out);
    graph_arcs arcs;
    int status = graph_arcs_init(&arcs, path, settings);
    if (status == FR_OK && is_markup(format)) {
        char *bytes = NULL;
        int64_t size = 0;
        status = fr_file_read(path, &bytes, &size);
        if (status == FR_OK) status = parse_markup(bytes, size, path, format, &arcs, attributes);
        fr_free(bytes);
    } else if (status == FR_OK) {
        graph_source source;
        status = graph_source_open(path, &source);
        if (status == FR_OK) status = parse_source(&source, format, &arcs);
        graph_source_close(&source);
    }
    return finish(status, &arcs, out, attributes, notes);
}
