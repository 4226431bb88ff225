#!/bin/sh
# check_installed.sh BUILD PREFIX COMPILER...: installs BUILD into a scratch folder, builds the examples against that and runs
# them on simulated genotypes, a random graph and made-up points.
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

# The same for prediction sets: 60 features of which 3 matter; the ends of all sets, to the digits that the example prints.
# shellcheck disable=SC2046
"$@" -Wall -Wextra -Werror "$here/conformal_lasso.c" $(pkg-config --cflags --libs frugal) -o "$scratch/conformal_lasso"
awk -v folder="$scratch" 'function unit() { s = 16807 * s % 2147483647; return s / 2147483647 - 0.5 }
    BEGIN {
        s = 20161129
        for (k = 0; k < 60; k++) {
            file = folder (k < 50 ? "/train.csv" : "/test.csv")
            row = ""; y = 2 * unit()
            for (j = 0; j < 60; j++) { x = 10 * unit(); y += j < 3 ? x : 0; row = row (j > 0 ? "," : "") sprintf("%.6f", x) }
            print row (k < 50 ? sprintf(",%.6f", y) : "") >file
        }
    }'
"$scratch/conformal_lasso" "$scratch/train.csv" "$scratch/test.csv" 0.2 >"$scratch/example.txt"
"$program" conformal tcp --train "$scratch/train.csv" --target 61 --test "$scratch/test.csv" --intercept --alpha 0.2 \
    --no-figures --quiet -o "$scratch/conformal"
awk -F, 'FNR == 1 && NR > FNR { next }
    NR == FNR { split($0, word, " "); low[FNR] = word[2]; high[FNR] = word[3]; lines = FNR; next }
    function far(a, b) { return a - b > 1e-6 || b - a > 1e-6 }
    { n++; if (far(low[n], $4) || far(high[n], $5)) { print "set " $1 ": " low[n] " to " high[n] " is not " $4 " to " $5; bad = 1 } }
    END { if (n < 10 || n != lines) { print n " pieces, " lines " lines"; bad = 1 } exit bad }' "$scratch/example.txt" \
    "$scratch/conformal/intervals.csv"
