"""Runs whole commands of frugal and measures them; formats what bench/run prints."""

import csv
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def say(text):
    print(text, file=sys.stderr, flush=True)


class Command:
    """One command: medians of wall time (seconds) and of peak memory (MB), and the summary of the last run."""

    def __init__(self, program, name, arguments, runs):
        say(f"{name} ...")
        seconds, memory = [], []
        for _ in range(runs):
            with tempfile.TemporaryDirectory(prefix="frugal-bench-") as scratch:
                folder = pathlib.Path(scratch) / "out"
                start = time.perf_counter()
                finished = subprocess.run([program, *map(str, arguments), "--quiet", "-o", folder],
                                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
                seconds.append(time.perf_counter() - start)
                if finished.returncode not in (0, 1):  # 1: a fit stopped before it converged; its time is still true
                    sys.exit(f"bench: {name}: exit code {finished.returncode}: {finished.stderr.strip()}")
                self.summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
                memory.append(self.summary["peak_memory_bytes"] / 1e6)
        self.name = name if self.summary["status"] == "done" else f"{name} (not converged)"
        self.runs = runs
        self.seconds = statistics.median(seconds)
        self.memory = statistics.median(memory)
        say(f"    {self.seconds:.3g} s, {self.memory:.0f} MB")


def markdown(heading, rows):
    """A table; all columns but the first are set to the right."""
    text = [heading, ["---"] + ["---:"] * (len(heading) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in text) + "\n"


def write_csv(path, heading, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)


def show_seconds(value):
    if value is None:
        return ""
    if value < 0.1:
        return f"{1e3 * value:.2g} ms"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


def show_ratio(reference, ours):
    if reference is None:
        return ""
    ratio = reference / ours
    return f"{ratio:.0f} ×" if ratio >= 10 else f"{ratio:.2g} ×"


def exponent(sizes, values):
    """Least squares slope of log value on log size."""
    x, y = [math.log(s) for s in sizes], [math.log(v) for v in values]
    x_mean, y_mean = statistics.fmean(x), statistics.fmean(y)
    return sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y)) / sum((a - x_mean) ** 2 for a in x)


def machine(program):
    """A line that says what was measured on what."""
    told = subprocess.run([program, "info"], stdout=subprocess.PIPE, text=True, check=True).stdout
    info = dict(line.split(None, 1) for line in told.splitlines() if " " in line)
    model = "unknown processor"
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text(encoding="utf-8").splitlines()
                 if line.startswith("model name")]
        model = names[0] if names else model
    blas = info.get("openblas", "unknown BLAS").split(" NO_")[0]
    return f"frugal {info.get('frugal')}, {blas}; {model}, {len(os.sched_getaffinity(0))} processors."


def gnuplot(script):
    """Draws if gnuplot is there."""
    if shutil.which("gnuplot") is None:
        say("no gnuplot: the growth is not drawn")
        return False
    return subprocess.run(["gnuplot"], input=script, text=True, check=False).returncode == 0
