"""Measures the lasso and conformal prediction and prints the tables as Markdown; the numbers go to bench-out/conformal_*.csv.

    ./run bench conformal [--quick] [--only calls,growth,threads] [--build-dir DIR] [--peer PYTHON]

R with glmnet, and scikit-learn in PYTHON (or in the Python that runs this), are timed on the same data where they are installed.
"""

import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from measure import exponent, machine, markdown, say, show_ratio, show_seconds

TOP = pathlib.Path(__file__).resolve().parents[1]
OUT = TOP / "bench-out"
SECTIONS = ["calls", "growth", "threads"]
TARGETS = {"lasso at one lambda": 8e-3, "lasso path of 100": 24e-3, "lasso MaxTrim": 5e-3, "lasso SplitTrim": 1.5e-3,
           "ridge": 50e-6}
GRID = 1.6  # seconds a test point: 200 refits of glmnet, measured elsewhere on a machine of this class

GLMNET = """
suppressMessages(library(glmnet))
d <- as.matrix(read.table(commandArgs(TRUE)[1])); y <- d[, 1]; x <- d[, -1]; n <- nrow(x)
lambda <- sqrt(n * log(ncol(x))) / n
top <- max(abs(crossprod(x, y))) / n
one <- function() glmnet(x, y, lambda = lambda, intercept = FALSE, standardize = FALSE, thresh = 1e-12)
path <- function() glmnet(x, y, lambda = top * 0.01^((0:99) / 99), intercept = FALSE, standardize = FALSE)
median_of <- function(f) median(sapply(1:11, function(k) system.time(f())[["elapsed"]]))
cat("lasso at one lambda,", median_of(function() for (k in 1:10) one()) / 10, "\\n", sep = "")
cat("lasso path of 100,", median_of(path), "\\n", sep = "")
"""

SKLEARN = """
import sys, time, statistics, numpy as np
from sklearn.linear_model import Lasso, lasso_path
d = np.loadtxt(sys.argv[1]); y, x = d[:, 0].copy(), np.asfortranarray(d[:, 1:]); n, p = x.shape
def median(f):
    taken = []
    for _ in range(11):
        start = time.perf_counter(); f(); taken.append(time.perf_counter() - start)
    return statistics.median(taken)
alpha = np.sqrt(n * np.log(p)) / n
print("lasso at one lambda,", median(lambda: Lasso(alpha=alpha, fit_intercept=False, tol=1e-12, max_iter=100000).fit(x, y)), sep="")
top = np.abs(x.T @ y).max() / n
print("lasso path of 100,", median(lambda: lasso_path(x, y, alphas=top * 0.01 ** (np.arange(100) / 99), tol=1e-7)), sep="")
"""


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./run bench conformal", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of a second for each call")
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma-separated sections: " + ", ".join(SECTIONS))
    parser.add_argument("--build-dir", default=TOP / "build", type=pathlib.Path)
    parser.add_argument("--peer", default=sys.executable, help="a Python with scikit-learn")
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

    def library(self, *arguments):
        say(f"conformal_library {arguments[0]} ...")
        program = self.program.parent / "bench" / "conformal_library"
        return subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True).stdout

    def rows(self, section):
        text = self.library(section, self.seconds)
        (OUT / f"conformal_{section}.csv").write_text(text, encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    def peers(self):
        """{call: {program: seconds}} of what is installed."""
        found = {}
        with tempfile.TemporaryDirectory(prefix="frugal-bench-") as scratch:
            data = f"{scratch}/data.txt"
            self.library("data", 200, 2000, data)
            single = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            programs = {"scikit-learn": [self.options.peer, "-c", SKLEARN, data]}
            if shutil.which("Rscript"):
                programs["glmnet"] = ["Rscript", "-e", GLMNET, data]
            for name, command in programs.items():
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=single, check=False)
                if done.returncode != 0:
                    say(f"bench: no {name} here")
                    continue
                for line in done.stdout.splitlines():
                    call, _, seconds = line.rpartition(",")
                    found.setdefault(call, {})[name] = float(seconds)
        return found

    def calls(self):
        peers, table = self.peers(), []
        for row in self.rows("calls"):
            call, ours = row["call"], float(row["seconds"])
            there = ", ".join(f"{name} {show_seconds(value)} ({show_ratio(value, ours)})"
                              for name, value in peers.get(call, {}).items())
            if call in ("lasso MaxTrim", "lasso SplitTrim"):
                there = f"200 refits of glmnet {show_seconds(GRID)} ({show_ratio(GRID, ours)})"
            once = show_seconds(float(row["fit_seconds"])) if row["fit_seconds"] else ""
            table.append([call, show_seconds(ours), once, show_seconds(TARGETS.get(call)), there])
        return ("n = 200, p = 2000, one thread. Conformal sets: per test point, and what is done once.\n\n"
                + markdown(["call", "time", "once", "target", "others (ratio)"], table))

    def growth(self):
        rows, text = self.rows("growth"), "Growth, one thread: seconds per test point.\n\n"
        table = [[row["call"], row["n"], row["p"], row["m"], show_seconds(float(row["seconds"])),
                  show_seconds(float(row["fit_seconds"]))] for row in rows]
        text += markdown(["call", "n", "p", "test points", "per point", "once"], table)
        powers = []
        for call in ("lasso MaxTrim", "ridge"):
            for what, fixed in (("n", ("p", "2000")), ("p", ("n", "200"))):
                chosen = [row for row in rows if row["call"] == call and row["m"] == "20" and row[fixed[0]] == fixed[1]]
                power = exponent([float(row[what]) for row in chosen], [float(row["seconds"]) for row in chosen])
                powers.append(f"{call} in {what}: {power:.2f}")
        return (text + "\nExponents: " + "; ".join(powers) + ". Each size is one data set; SplitTrim has none, because its time "
                "goes by the range that a split leaves, which differs up to tenfold between data sets.\n")

    def threads(self):
        text = self.library("threads", self.seconds)
        (OUT / "conformal_threads.csv").write_text(text, encoding="utf-8")
        rows = [(int(threads), float(seconds)) for threads, seconds in csv.reader(text.splitlines()[1:])]
        table = [[threads, show_seconds(seconds), f"{rows[0][1] / seconds:.2f} ×"] for threads, seconds in rows]
        return ("100 test points, MaxTrim, fits included.\n\n" + markdown(["threads", "time", "speed-up"], table))


def main(arguments):
    options = parse(arguments)
    bench = Bench(options)
    subprocess.run(["ninja", "-C", options.build_dir, "frugal", "bench/conformal_library"], stdout=sys.stderr, check=True)
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"bench: the machine is busy (load {load:.1f}): these times are worth little")
    page = [f"{machine(bench.program)} Load average before: {load:.1f}.\n"]
    page += [getattr(bench, section)() for section in SECTIONS if section in options.only]
    text = "\n".join(page)
    (OUT / "conformal.md").write_text(text, encoding="utf-8")
    print(text, end="")
