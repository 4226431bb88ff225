"""Measures speed and memory of frugal cluster and prints the tables as Markdown; the numbers go to bench-out/cluster_*.csv.

    ./run bench cluster [--quick] [--only calls,commands,growth,rho,threads,files] [--data FOLDER] [--build-dir DIR] [--peer PYTHON]

The graphs are looked for in FOLDER/data/localgraph; FOLDER is FRUGAL_DATA or, without it, ../shared. PYTHON is an interpreter
with the package localgraphclustering, which is then timed in the same run. Other figures of that package (its C++ compiled with -O3)
were measured elsewhere on a machine of this class with two quiet processors.
"""

import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

from measure import Command, exponent, gnuplot, machine, markdown, say, show_ratio, show_seconds, write_csv

TOP = pathlib.Path(__file__).resolve().parents[1]
OUT = TOP / "bench-out"
SECTIONS = ["calls", "commands", "growth", "rho", "threads", "files"]

# call: (target, the package elsewhere), seconds
CALLS = {
    "acl 0.1 1e-05": (0.12e-3, 2.0e-3), "acl 0.05 5e-06": (0.5e-3, 6.9e-3), "acl 0.01 1e-06": (0.25, 2.99),
    "l1 coordinate descent 0.1 1e-05": (0.12e-3, 1.4e-3), "l1 coordinate descent 0.05 5e-06": (0.5e-3, 8.0e-3),
    "l1 coordinate descent 0.01 1e-06": (0.25, 4.46), "l1 coordinate descent to 1e-2 0.1 1e-05": (0.12e-3, 1.4e-3),
    "l1 coordinate descent to 1e-2 0.05 5e-06": (0.5e-3, 8.0e-3),
    "l1 coordinate descent to 1e-2 0.01 1e-06": (0.25, 4.46), "l1 FISTA 0.1 1e-05": (None, 8.2e-3),
    "path to 500 nodes 0.1 1e-09": (1, None), "sweep": (20e-6, 0.9e-3), "simplelocal": (10e-3, 81e-3),
    "crd": (60e-3, 650e-3), "triangles": (None, 155e-3), "fiedler": (22e-3, 44e-3), "ncp apr": (1.5, 20),
    "triangles on Cornell5": (90e-3, 750e-3), "fiedler on Cornell5": (310e-3, 620e-3),
    "planted acl 0.1 0.0001": (0.05e-3, 1.4e-3), "planted sweep": (None, 19e-3),
    "planted l1 FISTA 0.1 0.0001": (None, 99e-3),
}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./run bench cluster", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of a second for each call")
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma-separated sections: " + ", ".join(SECTIONS))
    parser.add_argument("--data", default=os.environ.get("FRUGAL_DATA") or TOP.parent / "shared")
    parser.add_argument("--build-dir", default=TOP / "build", type=pathlib.Path)
    parser.add_argument("--peer", help="a Python with the package localgraphclustering")
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    for section in options.only:
        if section not in SECTIONS:
            parser.error(f"there is no section '{section}'; there are {', '.join(SECTIONS)}")
    return options


class Bench:
    def __init__(self, options):
        self.options = options
        self.seconds = 0.2 if options.quick else 1
        self.program = options.build_dir.resolve() / "frugal"
        self.data = pathlib.Path(options.data).resolve() / "data" / "localgraph"
        self.has_graphs = (self.data / "JohnsHopkins.edgelist.gz").exists()

    def library(self, *arguments):
        """The CSV that cluster_library prints."""
        say(f"cluster_library {arguments[0]} ...")
        program = self.program.parent / "bench" / "cluster_library"
        return subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True).stdout

    def peer(self):
        if not self.options.peer:
            return {}
        say("the package localgraphclustering ...")
        done = subprocess.run([self.options.peer, pathlib.Path(__file__).with_name("cluster_peer.py"), self.data,
                               str(self.seconds)], stdout=subprocess.PIPE, text=True, check=True)
        (OUT / "cluster_peer.csv").write_text(done.stdout, encoding="utf-8")
        rows = [row for row in csv.reader(done.stdout.splitlines()) if len(row) == 2]  # the package talks in between
        return {name: float(seconds) for name, seconds in rows}

    # ---- library calls -----------------------------------------------------------------------------------------------

    def calls(self):
        text = self.library("calls", self.data, self.seconds)
        (OUT / "cluster_calls.csv").write_text(text, encoding="utf-8")
        peer, table = self.peer(), []
        for name, size, median, *_ in csv.reader(text.splitlines()[1:]):
            target, elsewhere = CALLS.get(name, (None, None))
            here = peer.get(name.replace(" to 1e-2", ""))
            shown = f"{show_seconds(here)} (here)" if here else show_seconds(elsewhere)
            table.append([name, size, show_seconds(float(median)), show_seconds(target), shown,
                          show_ratio(here or elsewhere, float(median))])
        return ("Library calls (JohnsHopkins from node 3382, unless another graph is named), medians.\n\n"
                + markdown(["call", "nodes", "ours", "target", "LocalGraphClustering", "ratio"], table)
                + "\nThe package's C++ core compiled with -O3, coordinate descent to its tolerance 1e-2; \"here\": timed in this run, else on another machine of this "
                "class.\n")

    # ---- whole commands ----------------------------------------------------------------------------------------------

    def commands(self):
        graph, seed = self.data / "JohnsHopkins.edgelist.gz", ["--seed-nodes", 3382]
        runs = [
            ("l1pr", ["l1pr", graph, *seed, "--alpha", 0.1, "--rho", 1e-5]),
            ("acl", ["acl", graph, *seed, "--alpha", 0.1, "--eps", 1e-5]),
            ("path to 500 nodes", ["path", graph, *seed, "--alpha", 0.1, "--rho-min", 1e-9, "--max-nodes", 500]),
            ("crd", ["crd", graph, *seed]),
            ("fiedler", ["fiedler", graph]),
            ("triangles", ["triangles", graph]),
            ("ncp, 200 samples a stage", ["ncp", graph, "--samples", 200]),
        ]
        table, rows = [], []
        for name, arguments in runs:
            done = Command(self.program, name, ["cluster", *arguments, "--no-figures"], 1 if self.options.quick else 5)
            rows.append([name, done.seconds, done.memory])
            table.append([name, show_seconds(done.seconds), f"{done.memory:.0f} MB"])
        write_csv(OUT / "cluster_commands.csv", ["what", "seconds", "memory_mb"], rows)
        return ("Whole commands on JohnsHopkins (compressed text), from reading the file to writing the tables.\n\n"
                + markdown(["what", "time", "peak memory"], table))

    # ---- growth ------------------------------------------------------------------------------------------------------

    def growth(self):
        text = self.library("growth", self.seconds)
        (OUT / "cluster_growth.csv").write_text(text, encoding="utf-8")
        rows = [[float(cell) for cell in row] for row in csv.reader(text.splitlines()[1:])]
        table = [[f"{int(n):,}".replace(",", " "), f"{int(arcs):,}".replace(",", " "), show_seconds(acl), int(acl_arcs),
                  show_seconds(l1), int(l1_arcs), show_seconds(sweep), f"{memory:.0f} MB"]
                 for n, arcs, acl, acl_arcs, l1, l1_arcs, sweep, memory in rows]
        nodes = [row[0] for row in rows]
        powers = [exponent(nodes, [row[k] for row in rows]) for k in (2, 4, 6)]
        table.append(["exponent in nodes", "", f"{powers[0]:.2f}", "", f"{powers[1]:.2f}", "", f"{powers[2]:.2f}", ""])
        self.draw("growth", "nodes of the graph", "seconds of one call", [(3, "acl"), (5, "l1pr"), (7, "sweep")])
        return ("Growth: the same cluster of 100 nodes inside larger and larger planted graphs (α = 0.1, ρ = ε = 1e-4); the "
                "memory is that of the process with the graph.\n\n"
                + markdown(["nodes", "arcs", "acl", "arcs read", "l1pr", "arcs read", "sweep", "memory"], table))

    def rho(self):
        text = self.library("rho", self.data, self.seconds)
        (OUT / "cluster_rho.csv").write_text(text, encoding="utf-8")
        table = [[f"{float(rho):.3g}", show_seconds(float(acl)), arcs, show_seconds(float(l1)), more]
                 for rho, acl, arcs, l1, more in csv.reader(text.splitlines()[1:])]
        self.draw("rho", "ρ or ε", "seconds of one call", [(2, "acl"), (4, "l1pr")])
        return ("Against ρ, on Cornell5 from node 0, α = 0.1.\n\n"
                + markdown(["ρ = ε", "acl", "arcs read", "l1pr", "arcs read"], table))

    def threads(self):
        text = self.library("threads", self.data, self.seconds)
        (OUT / "cluster_threads.csv").write_text(text, encoding="utf-8")
        rows = [(int(threads), float(median)) for threads, median in csv.reader(text.splitlines()[1:])]
        table = [[threads, show_seconds(median), f"{rows[0][1] / median:.2f} ×"] for threads, median in rows]
        self.draw("threads", "threads", "seconds of a community profile", [(2, "ncp apr, 200 samples a stage")],
                  "set xtics 1\nset xrange [0.5:*]\nset yrange [0:*]\nset offsets 0, 0.5, 0, 0")
        return ("Community profile of JohnsHopkins (apr, 200 samples a stage) against threads.\n\n"
                + markdown(["threads", "time", "speed-up"], table))

    @staticmethod
    def draw(name, x_label, y_label, columns, axes="set logscale xy\nset format '10^{%T}'"):
        plots = ", ".join(f"'{OUT}/cluster_{name}.csv' using 1:{column} skip 1 with linespoints pt 7 title '{title}'"
                          for column, title in columns)
        script = f"""set datafile separator ','
{axes}
set xlabel '{x_label}'
set ylabel '{y_label}'
set key above
set grid
plot {plots}
"""
        for terminal in ("pngcairo size 700,460", "svg size 700,460"):
            ending = terminal.split()[0].removesuffix("cairo")
            gnuplot(f"set terminal {terminal}\nset output '{OUT}/cluster_{name}.{ending}'\n{script}")

    # ---- files -------------------------------------------------------------------------------------------------------

    def files(self):
        table = []
        with tempfile.TemporaryDirectory(prefix="frugal-bench-") as scratch:
            text = self.library("load", f"{scratch}/graph.edgelist", self.seconds)
            for what, threads, megabytes, median, rate in csv.reader(text.splitlines()[1:]):
                table.append([f"{what}, {float(megabytes):.0f} MB, {threads} thread(s)", show_seconds(float(median)),
                              f"{float(rate):.0f} MB/s" if rate else ""])
            if not self.options.quick:
                made = self.library("huge", f"{scratch}/huge.fgraph").strip().split(",")
                mapped = self.library("map", f"{scratch}/huge.fgraph").strip().split(",")
                table.append([f".fgraph of {int(mapped[1]):,} arcs: open", show_seconds(float(mapped[2])), ""])
                table.append(["acl 0.1 1e-4 in it", show_seconds(float(mapped[3])), f"{float(mapped[4]):.0f} MB"])
                table.append(["making it", "", f"{float(made[2]):.0f} MB"])
        return "Files.\n\n" + markdown(["what", "time", "rate or memory"], table)


def main(arguments):
    options = parse(arguments)
    bench = Bench(options)
    subprocess.run(["ninja", "-C", options.build_dir, "frugal", "bench/cluster_library"], stdout=sys.stderr, check=True)
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"bench: the machine is busy (load {load:.1f}): these times are worth little")
    if not bench.has_graphs:
        say(f"bench: no graphs in {bench.data}: only what needs none is measured (see --help)")
    page = [f"{machine(bench.program)} Load average before: {load:.1f}.\n"]
    for section in SECTIONS:
        if section in options.only and (bench.has_graphs or section in ("growth", "files")):
            page.append(getattr(bench, section)())
    text = "\n".join(page)
    (OUT / "cluster.md").write_text(text, encoding="utf-8")
    print(text, end="")
