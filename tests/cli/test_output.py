"""Result folders appear whole or not at all; --force, full disks, unwritable places; what goes to which stream."""

import contextlib
import json
import os
import resource
import subprocess

import pytest

from conftest import PROGRAM, read_summary

SIMULATE = ["feems", "simulate", "--rows", 3, "--columns", 4, "--trees", 300, "--maf", 0, "--no-figures"]
LARGE = ["feems", "simulate", "--rows", 8, "--columns", 12, "--trees", 4000, "--no-figures"]


def test_json_is_the_summary_and_nothing_else(frugal, tmp_path):
    result = frugal(*SIMULATE, "--json", "-o", tmp_path / "out")
    assert result.code == 0, result.text
    told, written = json.loads(result.out), read_summary(tmp_path / "out")
    for summary in [told, written]:
        del summary["peak_memory_bytes"]  # grows until the last moment
    assert told == written


def test_quiet_says_nothing_and_verbose_says_more(frugal, tmp_path):
    quiet, usual, verbose = (frugal(*SIMULATE, *words, "-o", tmp_path / name) for name, words in
                             [("q", ["--quiet"]), ("n", []), ("v", ["-v"])])
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert usual.out == "" and f"wrote {tmp_path / 'n'}" in usual.err
    assert len(verbose.err) > len(usual.err) and "simulate: " in verbose.err
    failed = frugal(*SIMULATE, "--quiet", "-o", tmp_path / "n")
    assert failed.code == 2 and "exists already" in failed.err  # errors are told all the same


def test_the_command_can_be_pasted_back(frugal, tmp_path):
    out = tmp_path / "it's here"
    assert frugal(*SIMULATE, "-o", out).code == 0
    command = read_summary(out)["command"].replace("frugal", str(PROGRAM), 1) + " --force"
    before = (out / "sim.bed").read_bytes()
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    assert (out / "sim.bed").read_bytes() == before


def test_an_existing_folder_is_refused_without_force(frugal, tmp_path):
    out = tmp_path / "out"
    assert frugal(*SIMULATE, "-o", out).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    result = frugal(*SIMULATE, "--seed", 2, "-o", out)
    assert result.code == 2 and "--force" in result.err, result.text
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert frugal(*SIMULATE, "--seed", 2, "-o", out, "--force").code == 0
    assert read_summary(out)["seed"] == 2 and (out / "sim.bed").read_bytes() != before["sim.bed"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_force_spares_folders_of_other_things(frugal, tmp_path):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter1.tex").write_text("precious")
    result = frugal(*SIMULATE, "-o", out, "--force")
    assert result.code == 2 and "no result folder" in result.err, result.text
    assert (out / "chapter1.tex").read_text() == "precious"
    result = frugal(*SIMULATE, "-o", out / "chapter1.tex", "--force")
    assert result.code == 2, result.text
    assert (out / "chapter1.tex").read_text() == "precious"


def test_a_failure_with_force_leaves_the_old_result(frugal, barrier, tmp_path):
    out = tmp_path / "out"
    assert frugal(*SIMULATE, "-o", out).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    result = frugal("feems", "fit", *barrier, "--weights", tmp_path / "none", "--eval-only", "-o", out, "--force")
    assert result.code == 3, result.text
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_places_that_cannot_be_written(frugal, tmp_path):
    (tmp_path / "file").write_text("x")
    for out in [tmp_path / "file" / "out", tmp_path / "none" / "out", "/proc/frugal-out"]:
        result = frugal(*SIMULATE, "-o", out)
        assert result.code == 4 and "cannot make" in result.err, result.text
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_standard_output_is_an_error(frugal, tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "wb") as full:
        result = frugal(*SIMULATE, "--json", "-o", tmp_path / "out", stdout=full)
    assert result.code == 4 and "standard output" in result.err, result.text


def test_a_file_size_limit_is_a_full_disk(frugal, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))

    result = frugal(*LARGE, "-o", tmp_path / "out", preexec_fn=limit)
    assert result.code == 4 and "cannot write" in result.err, result.text
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def small_disk(folder, kilobytes):
    """A file system of that size on the folder; skips the test where it may not be mounted."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", folder], check=False,
                             capture_output=True) if os.geteuid() == 0 else None
    if mounted is None or mounted.returncode != 0:
        pytest.skip("a small disk needs the right to mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk(frugal, barrier, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 64):
        result = frugal(*LARGE, "-o", disk / "out")
        assert result.code == 4 and "No space left" in result.err, result.text
        assert list(disk.iterdir()) == []
        result = frugal("feems", "cv", *barrier, "--lambdas", "10,1", "--folds", 5, "--refit", "--no-figures", "-o", disk / "out")
        assert result.code == 4, result.text
        assert not (disk / "out").exists()


def test_numbers_in_the_summary_are_the_shortest_that_read_back(frugal, tmp_path):
    assert frugal(*SIMULATE, "--barrier-weight", "0.1", "-o", tmp_path / "out").code == 0
    text = (tmp_path / "out/summary.json").read_text()
    assert '"barrier_weight": 0.1,' in text


def test_threads_and_seed_are_resolved(frugal, tmp_path):
    assert frugal(*SIMULATE, "--threads", 1, "--seed", 9, "-o", tmp_path / "out").code == 0
    summary = read_summary(tmp_path / "out")
    assert (summary["threads"], summary["settings"]["threads"], summary["seed"]) == (1, 1, 9)
