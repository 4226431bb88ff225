/* Does the mass of the seeds fit? A problem of flow diffusion has a solution where every component's volume is at least the
 * mass within it; more is asked for here, since at equality x has no lower end.
 *
 * Each seed grows a region, breadth first, until the region's volume is above its mass. Regions that meet become one. The
 * volumes of regions that are done prove the case; one that cannot grow is a component that is too small. All regions
 * together have about the volume of the mass. */
#include "pflow.h"

#include "grow.h"

typedef struct {
    double mass, volume;
    int64_t parent;     /* region it was joined to, or itself */
    int64_t head, tail; /* numbers of nodes whose rows are not read yet, linked; -1: none */
} region;

typedef struct {
    pflow_run *run;
    touched_nodes nodes; /* column 0: mass of the seed */
    int64_t room;        /* of the arrays by number: */
    int64_t *region_of, *follower;
    int64_t n_regions;
    region *regions; /* one for each seed at most */
} region_growth;

static int make_room(region_growth *growth)
{
    int64_t before = growth->room, room = growth->nodes.capacity;
    if (room <= before) return FR_OK;
    if (!cluster_grow(&growth->region_of, room, sizeof *growth->region_of)) return FR_ENOMEM;
    if (!cluster_grow(&growth->follower, room, sizeof *growth->follower)) return FR_ENOMEM;
    for (int64_t k = before; k < room; k++)
        growth->region_of[k] = -1;
    growth->room = room;
    return FR_OK;
}

static int64_t find(region_growth *growth, int64_t number)
{
    region *regions = growth->regions;
    int64_t place = growth->region_of[number];
    while (place >= 0 && regions[place].parent != place)
        place = regions[place].parent = regions[regions[place].parent].parent;
    return place;
}

static void visit(region_growth *growth, int64_t place, int64_t number)
{
    region *here = &growth->regions[place];
    growth->region_of[number] = place;
    growth->follower[number] = -1;
    here->mass += growth->nodes.column[0][number];
    here->volume += growth->nodes.degree[number];
    if (here->tail >= 0)
        growth->follower[here->tail] = number;
    else
        here->head = number;
    here->tail = number;
}

/* What the other region has goes to this one. */
static void join(region_growth *growth, int64_t place, int64_t other_place)
{
    region *here = &growth->regions[place], *other = &growth->regions[other_place];
    here->mass += other->mass;
    here->volume += other->volume;
    other->parent = place;
    if (other->head < 0) return;
    if (here->tail >= 0)
        growth->follower[here->tail] = other->head;
    else
        here->head = other->head;
    here->tail = other->tail;
}

/* Reads the row of the first node in line. */
static int advance(region_growth *growth, int64_t place)
{
    region *here = &growth->regions[place];
    int64_t number = here->head;
    uint32_t node = growth->nodes.node[number];
    const fr_graph *graph = growth->nodes.graph;
    here->head = growth->follower[number];
    if (here->head < 0) here->tail = -1;
    int status = touched_row(&growth->nodes, node);
    if (status == FR_OK) status = make_room(growth);
    if (status != FR_OK) return status;
    growth->run->info->arcs_read += graph->row[node + 1] - graph->row[node];
    for (int64_t k = graph->row[node]; k < graph->row[node + 1]; k++) {
        int64_t other = touched_number(&growth->nodes, graph->neighbour[k]), found = find(growth, other);
        if (found < 0)
            visit(growth, place, other);
        else if (found != place)
            join(growth, place, found);
    }
    return FR_OK;
}

static int grow_from(region_growth *growth, int64_t number)
{
    int64_t place = growth->n_regions++;
    region *here = &growth->regions[place];
    *here = (region){.parent = place, .head = -1, .tail = -1};
    visit(growth, place, number);
    while (!(here->volume > here->mass)) {
        if (here->head < 0)
            return fr_fail(FR_EUSAGE,
                           "the seeds in the component of node %lld get mass %.10g, which must be below the "
                           "component's volume, %.10g",
                           (long long)growth->nodes.node[number], here->mass, here->volume);
        int status = advance(growth, place);
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

static int grow_all(region_growth *growth)
{
    const pflow_run *run = growth->run;
    int status = touched_reserve(&growth->nodes, run->n_seeds);
    if (status == FR_OK) status = make_room(growth);
    if (status != FR_OK) return status;
    for (int64_t k = 0; k < run->n_seeds; k++)
        growth->nodes.column[0][touched_number(&growth->nodes, (uint32_t)run->seed[k])] = run->source[k];
    for (int64_t k = 0; k < run->n_seeds && status == FR_OK; k++)
        if (run->source[k] > 0 && growth->region_of[k] < 0) status = grow_from(growth, k);
    return status;
}

int pflow_check_room(pflow_run *run)
{
    region_growth growth = {.run = run};
    int status = touched_new(run->workspace, 1, &growth.nodes);
    growth.regions = fr_alloc(run->n_seeds, sizeof *growth.regions);
    if (growth.regions == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = grow_all(&growth);
    touched_free(&growth.nodes);
    fr_free(growth.regions);
    fr_free(growth.region_of);
    fr_free(growth.follower);
    return status;
}

int pflow_ball_volume(pflow_run *run, double *volume)
{
    touched_nodes nodes;
    int status = touched_new(run->workspace, 0, &nodes);
    const fr_graph *graph = run->workspace->graph;
    if (status == FR_OK) status = touched_reserve(&nodes, run->n_seeds);
    for (int64_t k = 0; k < run->n_seeds && status == FR_OK; k++) {
        int64_t node = run->seed[k];
        touched_number(&nodes, (uint32_t)node);
        status = touched_row(&nodes, node);
        for (int64_t a = graph->row[node]; status == FR_OK && a < graph->row[node + 1]; a++)
            touched_number(&nodes, graph->neighbour[a]);
        if (status == FR_OK) status = touched_reserve(&nodes, run->n_seeds - k);
        if (status == FR_OK) run->info->arcs_read += graph->row[node + 1] - graph->row[node];
    }
    *volume = 0;
    for (int64_t k = 0; k < nodes.count; k++)
        *volume += nodes.degree[k];
    touched_free(&nodes);
    return status;
}
