"""frugal feems cv: tables and metrics, fold files, the published choice; the same bytes for any number of threads or ranks,
and after an interruption or a killed process."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess

import pytest

from conftest import PROGRAM, read_csv, read_summary

TABLES = ["cv.csv", "cv_mean.csv", "folds.csv"]
SMALL = ["--lambdas", "100,10,1", "--folds", 10, "--no-figures"]
# long enough to be interrupted on any machine: 95 folds, one after the other
LONG = ["--lambda-grid", "100:1:4", "--tight", "--threads", 1, "--no-figures"]


def tables(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_tables_and_metrics(frugal, barrier, tmp_path):
    out = tmp_path / "out"
    result = frugal("feems", "cv", *barrier, "--lambdas", "1,100,10", "--folds", 10, "--refit", "-o", out)
    assert result.code == 0, result.text
    assert (out / "cv.csv").read_text().startswith("lambda,fold,error\n")
    errors, means, folds = (read_csv(out / name) for name in TABLES)
    assert [float(row["lambda"]) for row in means] == [100, 10, 1]  # descending, however they were given
    assert len(errors) == 30 and len(folds) == 95 and {int(row["fold"]) for row in folds} == set(range(10))
    sizes = [sum(row["fold"] == str(k) for row in folds) for k in range(10)]
    assert max(sizes) - min(sizes) == 1
    for row in means:
        of_lambda = [float(e["error"]) for e in errors if e["lambda"] == row["lambda"]]
        mean = sum(of_lambda) / 10
        assert abs(mean - float(row["mean"])) < 1e-12
        spread = (sum((e - mean) ** 2 for e in of_lambda) / 9 / 10) ** 0.5
        assert abs(spread - float(row["standard_error"])) < 1e-12
    summary = read_summary(out)
    metrics = summary["metrics"]
    best = min(means, key=lambda row: float(row["mean"]))
    assert metrics["best_lambda"] == float(best["lambda"]) and metrics["lambda"] == metrics["best_lambda"]
    limit = float(best["mean"]) + float(best["standard_error"])
    assert metrics["one_standard_error_lambda"] == max(float(r["lambda"]) for r in means if float(r["mean"]) <= limit)
    assert len(read_csv(out / "edges.csv")) == 249  # --refit
    assert "journal.sqlite" not in {path.name for path in out.iterdir()}
    if shutil.which("gnuplot"):
        assert (out / "figures/cross_validation.svg").exists()


def test_fit_with_cv_is_cv_and_then_fit(frugal, barrier, tmp_path):
    assert frugal("feems", "fit", *barrier, "--cv", *SMALL, "-o", tmp_path / "a").code == 0
    assert frugal("feems", "cv", *barrier, *SMALL, "-o", tmp_path / "b").code == 0
    best = read_summary(tmp_path / "b")["metrics"]["best_lambda"]
    assert frugal("feems", "fit", *barrier, "--lambda", best, "--no-figures", "-o", tmp_path / "c").code == 0
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
    assert (tmp_path / "a/edges.csv").read_bytes() == (tmp_path / "c/edges.csv").read_bytes()
    assert not (tmp_path / "b/edges.csv").exists()


def test_fold_file_gives_the_authors_errors(frugal, shared, wolves, tmp_path):
    oracle = json.loads((shared / "oracles/feems/wolves250_cv5.json").read_text())
    null = json.loads((shared / "oracles/feems/wolves250.json").read_text())
    out = tmp_path / "out"
    lambdas = [100, 10, 2.06913808111479]
    result = frugal("feems", "cv", *wolves, "--lambdas", ",".join(map(str, lambdas)), "--folds",
                    shared / "oracles/feems/wolves250_cv5_folds.csv", "--w0", null["null_w0"], "--s2", null["null_s2"],
                    "--no-figures", "-o", out)
    assert result.code == 0, result.text
    found = {}
    for row in read_csv(out / "cv.csv"):
        found.setdefault(float(row["lambda"]), []).append(float(row["error"]))
    for position, lam in enumerate(lambdas):
        expected = [errors[position] for errors in oracle["per_fold"]]
        # the authors' optimiser stops early: single folds move by up to 3e-5 (spec, acceptance row 10)
        assert max(abs(a - b) for a, b in zip(found[lam], expected)) < 3e-5
    given = {(row["node"], row["fold"]) for row in read_csv(shared / "oracles/feems/wolves250_cv5_folds.csv")}
    assert {(row["node"], row["fold"]) for row in read_csv(out / "folds.csv")} == given


@pytest.mark.parametrize("change, message", [
    (lambda lines: lines[1:], "heading node,fold"),
    (lambda lines: lines[:-1], "has no row for node"),
    (lambda lines: [*lines, lines[-1]], "is there twice"),
    (lambda lines: [*lines, "9999,0"], "no sample lies at node 9999"),
    (lambda lines: [*lines[:-1], lines[-1].split(",")[0] + ",7"], "fold 5 holds no node"),
    (lambda lines: [*lines[:-1], lines[-1].split(",")[0] + ",one"], "one"),
])
def test_fold_files_that_are_wrong(frugal, shared, wolves, tmp_path, change, message):
    lines = (shared / "oracles/feems/wolves250_cv5_folds.csv").read_text().split()
    (tmp_path / "folds.csv").write_text("\n".join(change(lines)) + "\n")
    result = frugal("feems", "cv", *wolves, "--folds", tmp_path / "folds.csv", "-o", tmp_path / "out")
    assert result.code == 3 and message in result.err, result.text
    assert [path.name for path in tmp_path.iterdir()] == ["folds.csv"]


@pytest.mark.parametrize("words", [["--folds", 1], ["--folds", 96], ["--lambda-grid", "1:2:3"], ["--lambda-grid", "100:1"],
                                   ["--lambda-grid", "1:0:3"], ["--lambdas", "1", "--lambda-grid", "2:1:2"],
                                   ["--lambdas", "1,1"]])
def test_plans_that_are_wrong(frugal, barrier, tmp_path, words):
    result = frugal("feems", "cv", *barrier, *words, "-o", tmp_path / "out")
    assert result.code == 2, result.text
    assert list(tmp_path.iterdir()) == []


def test_the_published_choice_for_the_wolves(frugal, wolves, tmp_path):
    """Leave-one-out on 307 nodes: the paper's lambda, 2.069, and the oracle's means."""
    grid = [100, 37.92690191, 14.38449888, 5.455594781, 2.069138081, 0.7847599704]
    means = [0.328389, 0.327644, 0.326866, 0.326303, 0.326273, 0.326677]
    out = tmp_path / "out"
    result = frugal("feems", "cv", *wolves, "--lambdas", ",".join(map(str, grid)), "--no-figures", "-o", out)
    assert result.code == 0, result.text
    assert read_summary(out)["metrics"]["best_lambda"] == 2.069138081
    for row, lam, mean in zip(read_csv(out / "cv_mean.csv"), grid, means):
        # acceptance row 11: where a fit stops moves the means by this much
        assert abs(float(row["mean"]) - mean) < (3e-5 if lam >= 2 else 3e-4)


def test_fits_that_do_not_converge_are_told_of(frugal, barrier, tmp_path):
    result = frugal("feems", "cv", *barrier, *SMALL, "--max-iterations", 2, "-o", tmp_path / "out")
    assert result.code == 1, result.text
    summary = read_summary(tmp_path / "out")
    assert summary["status"] == "not_converged" and summary["metrics"]["cv_not_converged"] > 0
    assert any("of the cross-validation stopped" in warning for warning in summary["warnings"])
    assert len(read_csv(tmp_path / "out/cv.csv")) == 30


def test_threads_do_not_change_the_bytes(frugal, barrier, tmp_path):
    for threads in [1, 2, 3]:
        result = frugal("feems", "cv", *barrier, *SMALL, "--threads", threads, "-o", tmp_path / str(threads))
        assert result.code == 0, result.text
    assert tables(tmp_path / "1") == tables(tmp_path / "2") == tables(tmp_path / "3")


def test_the_seed_draws_the_folds(frugal, barrier, tmp_path):
    for name, seed in [("a", 1), ("b", 1), ("c", 2)]:
        assert frugal("feems", "cv", *barrier, *SMALL, "--seed", seed, "-o", tmp_path / name).code == 0
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
    assert tables(tmp_path / "a")["folds.csv"] != tables(tmp_path / "c")["folds.csv"]


# ---- many ranks --------------------------------------------------------------------------------------------------------


def test_two_ranks_write_the_bytes_of_one_process(frugal, mpirun, barrier, tmp_path):
    assert frugal("feems", "cv", *barrier, *SMALL, "--refit", "-o", tmp_path / "one").code == 0
    result = mpirun("feems", "cv", *barrier, *SMALL, "--refit", "-o", tmp_path / "two")
    assert result.returncode == 0, result.stderr
    assert tables(tmp_path / "one") == tables(tmp_path / "two")
    assert (tmp_path / "one/edges.csv").read_bytes() == (tmp_path / "two/edges.csv").read_bytes()
    assert result.stderr.count("wrote ") == 1  # only rank 0 speaks


@pytest.mark.parametrize("words, code, message", [
    (["--folds", "none", "-o", "out"], 3, "cannot read"),
    (["--folds", 2], 2, "-o"),
])
def test_all_ranks_end_when_one_cannot_go_on(mpirun, barrier, tmp_path, monkeypatch, words, code, message):
    """In one job of a hundred MPICH's mpirun takes note of its own clean-up first, and exits with 1; never three times in a row."""
    monkeypatch.chdir(tmp_path)
    codes = []
    while code not in codes and len(codes) < 3:
        result = mpirun("feems", "cv", *barrier, *words)
        assert result.returncode != 0
        codes.append(result.returncode)
        assert sum(message in line for line in result.stderr.splitlines() if line.startswith("frugal: ")) == 1, result.stderr
    assert code in codes, result.stderr
    assert list(tmp_path.iterdir()) == []


# ---- interruptions -----------------------------------------------------------------------------------------------------


def start_until_fold(fold, *arguments):
    """Starts the program on a terminal and reads its progress bar until that many folds are finished."""
    master, slave = pty.openpty()
    process = subprocess.Popen([str(PROGRAM), *map(str, arguments)], stderr=slave, stdout=subprocess.DEVNULL,
                               stdin=subprocess.DEVNULL)
    os.close(slave)
    seen = ""
    while not any(int(done) >= fold for done in re.findall(r"\] (\d+)/95", seen)):
        seen += os.read(master, 4096).decode()  # fails at the program's end
    return process, master, seen


def finish(process, master):
    """The rest of what it says, and its exit code."""
    text = ""
    try:
        while part := os.read(master, 4096).decode():
            text += part
    except OSError:  # the terminal's other end is closed
        pass
    os.close(master)
    return process.wait(timeout=60), text


@pytest.fixture(scope="module")
def whole(frugal, barrier, tmp_path_factory):
    """The long run in one go."""
    out = tmp_path_factory.mktemp("whole") / "out"
    result = frugal("feems", "cv", *barrier, *LONG, "-o", out)
    assert result.code == 0, result.text
    return out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_its_folds_and_resumes_to_the_same_bytes(frugal, barrier, whole, tmp_path, number):
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    process, master, _ = start_until_fold(3, "feems", "cv", *barrier, *LONG, "-o", out)
    process.send_signal(number)
    code, text = finish(process, master)
    assert code == 130 and "--resume" in text and str(partial) in text, text
    assert not out.exists() and (partial / "journal.sqlite").exists()
    kept = len({row["fold"] for row in read_csv(partial / "cv.csv")})
    assert 3 <= kept < 95
    assert read_summary(partial)["status"] == "interrupted"

    result = frugal("feems", "cv", *barrier, *LONG, "-o", out)
    assert result.code == 2 and "--resume" in result.err and "--force" in result.err, result.text
    result = frugal("feems", "cv", *barrier, *LONG, "--seed", 2, "-o", out, "--resume")
    assert result.code == 3 and "other settings or inputs" in result.err, result.text
    assert (partial / "journal.sqlite").exists()  # a slip costs nothing

    result = frugal("feems", "fit", *barrier, "-o", out, "--resume")
    assert result.code == 2 and "of another kind" in result.err, result.text
    assert (partial / "journal.sqlite").exists()

    result = frugal("feems", "cv", *barrier, *LONG, "-o", out, "--resume")
    assert result.code == 0, result.text
    assert tables(out) == tables(whole)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_killed_run_resumes_to_the_same_bytes(frugal, barrier, whole, tmp_path):
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    process, master, _ = start_until_fold(5, "feems", "cv", *barrier, *LONG, "-o", out)
    process.kill()
    code, _ = finish(process, master)
    assert code == -signal.SIGKILL and not out.exists() and partial.exists()
    process, master, seen = start_until_fold(6, "feems", "cv", *barrier, *LONG, "-o", out, "--resume")
    first = int(re.findall(r"\] (\d+)/95", seen)[0])
    assert first >= 4  # went on from the journal, at most about a second of work lost
    code, text = finish(process, master)
    assert code == 0, text
    assert tables(out) == tables(whole)
    assert not partial.exists()


def test_force_starts_over(frugal, barrier, tmp_path):
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    partial.mkdir()
    (partial / "stray").write_text("x")
    assert frugal("feems", "cv", *barrier, *SMALL, "-o", out).code == 2
    assert frugal("feems", "cv", *barrier, *SMALL, "-o", out, "--force").code == 0
    assert not partial.exists() and not (out / "stray").exists()


def test_resume_refuses_a_pipe(frugal, barrier, tmp_path):
    """Nobody can tell whether it gives the same as before."""
    reader, writer = os.pipe()
    os.close(writer)
    os.set_inheritable(reader, True)
    words = [f"/dev/fd/{reader}" if str(word).endswith(".coord") else word for word in barrier]
    result = frugal("feems", "cv", *words, "--resume", "-o", tmp_path / "out", close_fds=False)
    os.close(reader)
    assert result.code == 2, result.text
    assert "is a pipe" in result.err
