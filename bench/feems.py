"""Measures speed and memory of frugal feems and prints the tables as Markdown; the numbers go to bench-out/*.csv.

    ./run bench feems [--quick] [--only commands,library,growth,threads] [--repeats N] [--data FOLDER] [--build-dir DIR]

The wolf data are looked for in FOLDER/data/feems; FOLDER is FRUGAL_DATA or, without it, ../shared.

Figures of the reference implementation (the authors' Python package, version 1, with CHOLMOD) were measured elsewhere on
a machine of this class with two quiet processors; those marked "reported" are its authors' own, on their machine.
"""

import argparse
import csv
import os
import pathlib
import subprocess
import sys

from measure import Command, exponent, gnuplot, machine, markdown, say, show_ratio, show_seconds, write_csv

TOP = pathlib.Path(__file__).resolve().parents[1]
OUT = TOP / "bench-out"
SECTIONS = ["commands", "library", "growth", "threads"]
LAMBDA = 2.06913808  # the published choice of cross-validation

REFERENCE = {  # seconds
    "graph 307": 4.9, "graph 1207": 68, "fit 307": 0.37, "fit 1207": 1.8, "whole fit 307": 4.9 + 0.37,
    "whole fit 1207": 68 + 1.8, "5 folds x 4, 307": 4.4, "5 folds x 1, 1207": 5.6, "loo 307, one lambda": 19,
    "loo 307": 600, "loo 1207": 3708,
}
REPORTED = {"loo 307", "loo 1207"}  # table 1 of the paper
REFERENCE_MEMORY = 298  # MB
REMARK = ("Times are medians. Reference: the authors' Python package, version 1, measured elsewhere on a machine of this "
          "class with two quiet processors; \"reported\": by its authors, on theirs.")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./run bench feems", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run of each, without the long ones")
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma-separated sections: " + ", ".join(SECTIONS))
    parser.add_argument("--repeats", type=int, default=5, help="runs of each short command (default 5)")
    parser.add_argument("--data", default=os.environ.get("FRUGAL_DATA") or TOP.parent / "shared")
    parser.add_argument("--build-dir", default=TOP / "build", type=pathlib.Path)
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    for section in options.only:
        if section not in SECTIONS:
            parser.error(f"there is no section '{section}'; there are {', '.join(SECTIONS)}")
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    return options


class Bench:
    def __init__(self, options):
        self.options = options
        self.quick = options.quick
        self.repeats = 1 if options.quick else options.repeats
        self.program = options.build_dir.resolve() / "frugal"
        self.data = pathlib.Path(options.data).resolve() / "data" / "feems"
        self.has_wolves = (self.data / "wolvesadmix.bed").exists()

    def samples(self):
        return ["--bfile", self.data / "wolvesadmix", "--coords", self.data / "wolvesadmix.coord"]

    def wolves(self, nodes):
        grid = self.data / {307: "wolves_grid250", 1207: "wolves_grid100"}[nodes]
        return [*self.samples(), "--nodes", f"{grid}.nodes", "--edges", f"{grid}.edges"]

    def outline(self):
        return ["--outer", self.data / "wolvesadmix.outer"]

    # ---- whole commands ----------------------------------------------------------------------------------------------

    def wolf_rows(self):
        fit, cv = ["feems", "fit", "--no-figures"], ["feems", "cv", "--no-figures"]
        small, large, fitted = self.wolves(307), self.wolves(1207), ["--lambda", LAMBDA]
        one, four = ["--lambdas", LAMBDA], ["--lambdas", f"100,10,{LAMBDA},0.1"]
        long_runs = 1 if self.quick else min(self.repeats, 3)
        yield "fit, 1207 nodes", [*fit, *large, *fitted], self.repeats, 0.5, "whole fit 1207"
        yield "fit, 307 nodes", [*fit, *small, *fitted], self.repeats, None, "whole fit 307"
        yield "fit, 1207 nodes, with figures and report", ["feems", "fit", *large, *fitted], self.repeats, None, None
        yield "5 folds × 4 λ, 307 nodes", [*cv, *small, "--folds", 5, *four], self.repeats, None, "5 folds x 4, 307"
        yield "5 folds × 1 λ, 1207 nodes", [*cv, *large, "--folds", 5, *one], self.repeats, None, "5 folds x 1, 1207"
        yield "leave one out, 78 folds × 1 λ, 307 nodes", [*cv, *small, *one], long_runs, None, "loo 307, one lambda"
        yield "leave one out, 78 folds × 20 λ, 307 nodes", [*cv, *small], long_runs, 10, "loo 307"
        if not self.quick:
            yield "leave one out, 94 folds × 20 λ, 1207 nodes", [*cv, *large], long_runs, 60, "loo 1207"
        for n in (64, 512):
            grid = ["feems", "grid", "--no-figures", *self.outline(), "--resolution", n]
            yield f"grid of the wolf outline, N = {n}", grid, self.repeats, None, None

    def command_rows(self):
        """(name, arguments, runs, target in seconds, key of the reference's time)"""
        if self.has_wolves:
            yield from self.wolf_rows()
        trees, target = (2000, None) if self.quick else (20000, 60)
        simulate = ["feems", "simulate", "--no-figures", "--trees", trees]
        yield f"simulate the barrier, {trees} genealogies", simulate, min(self.repeats, 3), target, None

    def commands(self):
        rows, table = [], []
        for name, arguments, runs, target, key in self.command_rows():
            result = Command(self.program, name, arguments, runs)
            theirs = REFERENCE.get(key)
            rows.append([result.name, runs, result.seconds, result.memory, target, theirs])
            table.append([result.name, show_seconds(result.seconds), show_seconds(target), f"{result.memory:.0f} MB",
                          "100 MB" if "nodes" in name else "",
                          show_seconds(theirs) + (" (reported)" if key in REPORTED else ""),
                          show_ratio(theirs, result.seconds)])
        write_csv(OUT / "feems_commands.csv",
                  ["what", "runs", "seconds", "memory_mb", "target_seconds", "reference_seconds"], rows)
        heading = ["what", "ours", "target", "peak memory", "target", "reference", "ratio"]
        return (f"Whole commands, from reading the files to writing the tables.\n\n{markdown(heading, table)}\n{REMARK} "
                "Its time of a fit is that of building its graph object and of the fit; that of a cross-validation is of "
                f"the call alone. Its peak memory on 1207 nodes is {REFERENCE_MEMORY} MB.\n")

    # ---- library calls -----------------------------------------------------------------------------------------------

    def library(self):
        say("library calls ...")
        program = self.program.parent / "bench" / "feems_library"
        finished = subprocess.run([program, self.data, str(0.2 if self.quick else 2)], stdout=subprocess.PIPE,
                                  text=True, check=True)
        (OUT / "feems_library.csv").write_text(finished.stdout, encoding="utf-8")
        names = {"load": "reading genotypes, places and graph", "set_up": "order of elimination",
                 "null_fit": "null fit", "evaluation": "one evaluation with gradient",
                 "fit": "fit at λ 2.069, null fit included", "fit_factr_1e7": "the same, with the reference's stop rule"}
        reference = {"load": "graph", "fit": "fit", "fit_factr_1e7": "fit"}
        table = []
        for row in csv.DictReader(finished.stdout.splitlines()):
            call, nodes, seconds = row["call"], int(row["nodes"]), float(row["median"])
            theirs = REFERENCE.get(f"{reference.get(call)} {nodes}")
            name = names.get(call) or f"grid, N = {call.split('_')[1]}"
            table.append([name, nodes, show_seconds(seconds), show_seconds(theirs), show_ratio(theirs, seconds)])
        return (f"Library calls.\n\n{markdown(['call', 'nodes', 'ours', 'reference', 'ratio'], table)}\n{REMARK} "
                "Beside our reading stands the time in which it builds its graph object.\n")

    # ---- growth ------------------------------------------------------------------------------------------------------

    def growth(self):
        rows = []
        for n in (64, 128) if self.quick else (64, 128, 256, 512):
            fit = ["feems", "fit", "--no-figures", *self.samples(), *self.outline(), "--resolution", n,
                   "--lambda", LAMBDA]
            runs = min(self.repeats, 3 if n < 256 else 1)
            result = Command(self.program, f"fit inside the wolf outline, N = {n}", fit, runs)
            metrics, timings = result.summary["metrics"], result.summary["timings"]
            rows.append([n, metrics["n_nodes"], metrics["n_edges"], metrics["n_observed"], metrics["evaluations"],
                         timings["fit"] / metrics["evaluations"], result.seconds, result.memory])
        heading = ["n", "nodes", "edges", "observed", "evaluations", "seconds_per_evaluation", "seconds", "memory_mb"]
        write_csv(OUT / "feems_growth.csv", heading, rows)
        nodes = [row[1] for row in rows]
        powers = [exponent(nodes, [row[k] for row in rows]) for k in (5, 6, 7)]
        table = [[n, d, m, o, k, show_seconds(each), show_seconds(whole), f"{memory:.0f} MB"]
                 for n, d, m, o, k, each, whole, memory in rows]
        table.append(["exponent in nodes", "", "", "", "", *(f"{power:.2f}" for power in powers)])
        self.draw_growth(powers)
        return ("Growth: one fit at λ 2.069 on grids of the wolf outline, as a whole command.\n\n"
                + markdown(["N", "nodes", "edges", "observed nodes", "evaluations", "one evaluation", "the command",
                            "peak memory"], table)
                + "\nThe target at N = 512 is 300 s and 6000 MB.\n")

    @staticmethod
    def draw_growth(powers):
        script = f"""set datafile separator ','
set logscale xy
set xlabel 'nodes'
set key above vertical left
set grid
set multiplot layout 1,2
set ylabel 'seconds'
plot '{OUT}/feems_growth.csv' using 2:7 skip 1 with linespoints pt 7 title 'the command: nodes^{{{powers[1]:.2f}}}', \
     '{OUT}/feems_growth.csv' using 2:6 skip 1 with linespoints pt 6 title 'one evaluation: nodes^{{{powers[0]:.2f}}}'
set ylabel 'peak memory, MB'
plot '{OUT}/feems_growth.csv' using 2:8 skip 1 with linespoints pt 7 title 'nodes^{{{powers[2]:.2f}}}'
unset multiplot
"""
        if gnuplot(f"set terminal pngcairo size 1100,420\nset output '{OUT}/feems_growth.png'\n{script}"):
            gnuplot(f"set terminal svg size 1100,420\nset output '{OUT}/feems_growth.svg'\n{script}")

    # ---- threads -----------------------------------------------------------------------------------------------------

    def threads(self):
        name, more = "78 folds × 20 λ", []
        if self.quick:
            name, more = "10 folds × 5 λ", ["--folds", 10, "--lambda-grid", "100:0.01:5"]
        processors = len(os.sched_getaffinity(0))
        counts = [n for n in (1, 2, 4, 8, 16, 32) if n <= processors]
        rows = []
        for n in counts:
            cv = ["feems", "cv", "--no-figures", *self.wolves(307), *more, "--threads", n]
            result = Command(self.program, f"cross-validation, --threads {n}", cv, min(self.repeats, 3))
            rows.append([n, result.seconds, result.memory])
        write_csv(OUT / "feems_threads.csv", ["threads", "seconds", "memory_mb"], rows)
        table = [[n, show_seconds(seconds), f"{rows[0][1] / seconds:.2f} ×", f"{memory:.0f} MB"]
                 for n, seconds, memory in rows]
        return (f"Threads: cross-validation of {name} on 307 nodes.\n\n"
                + markdown(["threads", "the command", "speed-up", "peak memory"], table))


def main(arguments):
    options = parse(arguments)
    bench = Bench(options)
    subprocess.run(["ninja", "-C", options.build_dir, "frugal", "bench/feems_library"], stdout=sys.stderr, check=True)
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"bench: the machine is busy (load {load:.1f}): these times are worth little")
    if not bench.has_wolves:
        say(f"bench: no wolf data in {bench.data}: only what needs none is measured (see --help)")
    mode = " Quick mode." if bench.quick else ""
    page = [f"{machine(bench.program)} Load average before: {load:.1f}.{mode}\n"]
    for section in SECTIONS:
        if section in options.only and (bench.has_wolves or section == "commands"):
            page.append(getattr(bench, section)())
    text = "\n".join(page)
    (OUT / "feems.md").write_text(text, encoding="utf-8")
    print(text, end="")

