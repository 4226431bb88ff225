#!/bin/sh
# check_installed.sh BUILD PREFIX COMPILER...: installs BUILD into a scratch folder, builds the examples against that and runs
# them on simulated genotypes and a random graph.
set -eu
build=$1
prefix=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

DESTDIR=$scratch meson install --no-rebuild -C "$build" --quiet
PKG_CONFIG_PATH=$(dirname "$(find "$scratch$prefix" -name frugal.pc)")
export PKG_CONFIG_PATH
# Word splitting is meant: lists of flags.
# shellcheck disable=SC2046
"$@" -Wall -Wextra -Werror "$here/feems_fit.c" $(pkg-config --cflags --libs frugal) -o "$scratch/feems_fit"

program=$scratch$prefix/bin/frugal
"$program" feems simulate --trees 300 --no-figures --quiet -o "$scratch/sim"
"$scratch/feems_fit" "$scratch/sim/sim" "$scratch/sim/sim.coord" "$scratch/sim/sim.nodes" "$scratch/sim/sim.edges" 10 \
    >"$scratch/example.csv"

# The program and the example must agree, edge by edge, to the digits that the example prints.
"$program" feems fit --bfile "$scratch/sim/sim" --coords "$scratch/sim/sim.coord" --nodes "$scratch/sim/sim.nodes" \
    --edges "$scratch/sim/sim.edges" --lambda 10 --no-figures --quiet -o "$scratch/fit"
awk -F, 'FNR == 1 { next }
    NR == FNR { weight[$1 "," $2] = $3; next }
    { difference = weight[$1 "," $2] / $7 - 1; n++ }
    difference > 1e-5 || difference < -1e-5 { print "edge " $1 "," $2 ": " weight[$1 "," $2] " is not " $7; bad = 1 }
    END { if (n != 249) { print n " edges instead of 249"; bad = 1 } exit bad }' "$scratch/example.csv" "$scratch/fit/edges.csv"

# The same for a cluster: node for node.
# shellcheck disable=SC2046
"$@" -Wall -Wextra -Werror "$here/cluster_l1.c" $(pkg-config --cflags --libs frugal) -o "$scratch/cluster_l1"
"$program" cluster generate sbm --nodes 500 --block-size 50 --p 0.5 --q 0.01 --no-figures --quiet -o "$scratch/blocks"
"$scratch/cluster_l1" "$scratch/blocks/graph.fgraph" 7 1500 >"$scratch/example.txt"
"$program" cluster l1pr "$scratch/blocks/graph.fgraph" --seed-nodes 7 --alpha 0.1 --target-volume 1500 --no-figures --quiet \
    -o "$scratch/cluster"
sed 1d "$scratch/cluster/cluster.csv" | cmp - "$scratch/example.txt"
[ "$(wc -l <"$scratch/example.txt")" -ge 40 ]
