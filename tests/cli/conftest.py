"""What the tests of whole commands share: the program, the real inputs, and a way to run the one on the other.

The program is named by FRUGAL_PROGRAM (default: build/frugal), the folder of real inputs by FRUGAL_DATA (default: shared,
beside the checkout). Where that folder is missing tests that need it are skipped, with CI=true they fail.
"""

import csv
import json
import os
import pathlib
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("FRUGAL_PROGRAM") or TOP / "build" / "frugal").resolve()


class Result:
    """One finished run; `text` is all it said, for messages of failing assertions."""

    def __init__(self, finished):
        self.code = finished.returncode
        self.out = finished.stdout.decode()
        self.err = finished.stderr.decode()
        self.text = f"exit code {self.code}\n{self.out}\n{self.err}"


def run_program(*arguments, env=None, **more):
    """Runs the program; keyword arguments go to subprocess.run."""
    environment = {"OMP_WAIT_POLICY": "passive", **os.environ, **(env or {})}  # others may use this machine too
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "timeout": 280}
    command = [str(PROGRAM), *map(str, arguments)]
    finished = subprocess.run(command, env=environment, check=False, **{**options, **more})
    finished.stdout = finished.stdout or b""
    finished.stderr = finished.stderr or b""
    return Result(finished)


def read_csv(path):
    """A table as a list of dictionaries of texts."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_summary(folder):
    """The summary of a result folder."""
    return json.loads((pathlib.Path(folder) / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def frugal():
    """Runs the program with the given arguments."""
    assert PROGRAM.exists(), f"{PROGRAM} is missing: build it, or name it by FRUGAL_PROGRAM"
    return run_program


@pytest.fixture(scope="session")
def mpirun(frugal):
    """Runs the program on two ranks."""
    if shutil.which("mpirun") is None:
        pytest.skip("mpirun is not installed")
    if not json.loads(frugal("info", "--json").out)["metrics"]["mpi"]:
        pytest.skip("built without MPI")
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
               "ASAN_OPTIONS": "detect_leaks=0"}  # MPI libraries keep memory until the process ends

    def run(*arguments):
        command = ["mpirun", "-n", "2", str(PROGRAM), *map(str, arguments)]
        return subprocess.run(command, env={**os.environ, **allowed}, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=280)

    return run


@pytest.fixture(scope="session")
def shared():
    """The folder of real inputs and oracles."""
    folder = pathlib.Path(os.environ.get("FRUGAL_DATA") or TOP.parent / "shared")
    if not folder.is_dir():
        message = f"the folder of real inputs, {folder}, is missing (set FRUGAL_DATA)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def data(shared):
    """The folder of FEEMS inputs."""
    return shared / "data" / "feems"


@pytest.fixture(scope="session")
def barrier(data):
    """Options that give the barrier data set to fit and cv."""
    return ["--bfile", data / "barrier", "--coords", data / "barrier.coord", "--nodes", data / "barrier.nodes",
            "--edges", data / "barrier.edges"]


@pytest.fixture(scope="session")
def wolves(data):
    """Options that give the wolves on the grid with 307 nodes."""
    return ["--bfile", data / "wolvesadmix", "--coords", data / "wolvesadmix.coord",
            "--nodes", data / "wolves_grid250.nodes", "--edges", data / "wolves_grid250.edges"]


@pytest.fixture(scope="session")
def graphs(shared):
    """The folder of graphs for local clustering."""
    return shared / "data" / "localgraph"


@pytest.fixture(scope="session")
def oracle(shared):
    """Reads a JSON file of reference values of local clustering."""
    return lambda name: json.loads((shared / "oracles" / "localgraph" / name).read_text(encoding="utf-8"))


@pytest.fixture
def cluster(frugal, tmp_path):
    """Runs a verb of `frugal cluster` without figures; gives its metrics and its folder."""
    def run(verb, *words, code=0, name="out"):
        folder = tmp_path / name
        result = frugal("cluster", verb, *words, "--no-figures", "--force", "-o", folder)
        assert result.code == code, result.text
        return read_summary(folder)["metrics"], folder
    return run


def column(path, name):
    """One column of a table, as texts."""
    return [row[name] for row in read_csv(path)]


def nodes_of(folder):
    """The nodes of cluster.csv."""
    return [int(text) for text in column(folder / "cluster.csv", "node")]


BARBELL = "0 1\n0 2\n1 2\n2 3\n3 4\n3 5\n4 5\n"  # two triangles joined by an edge


@pytest.fixture
def barbell(tmp_path):
    """A file with two triangles, 0 1 2 and 3 4 5, joined by the edge 2 3."""
    path = tmp_path / "barbell.edges"
    path.write_text(BARBELL)
    return path
