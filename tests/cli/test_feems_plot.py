"""frugal feems plot: figures and report of a folder are drawn again, tables stay as they are, failures change nothing."""

import shutil

import pytest

pytestmark = pytest.mark.skipif(shutil.which("gnuplot") is None, reason="gnuplot is not installed")


@pytest.fixture
def folder(frugal, barrier, tmp_path):
    out = tmp_path / "out"
    assert frugal("feems", "fit", *barrier, "--no-figures", "-o", out).code == 0
    return out


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_redraws_in_place(frugal, folder):
    before = contents(folder)
    result = frugal("feems", "plot", folder)
    assert result.code == 0, result.text
    first = contents(folder)
    assert {name: first[name] for name in before} == before
    assert "figures/migration_map.svg" in first and "report.html" in first
    result = frugal("feems", "plot", folder, "--palette", "red-blue", "--color-limit", 1, "--projection", "plane")
    assert result.code == 0, result.text
    second = contents(folder)
    assert set(second) == set(first) and second["figures/migration_map.svg"] != first["figures/migration_map.svg"]
    assert {name: second[name] for name in before} == before
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_failures_change_nothing(frugal, folder, tmp_path):
    assert frugal("feems", "plot", folder).code == 0
    before = contents(folder)
    assert frugal("feems", "plot", folder, "--basemap", tmp_path / "none.shp").code == 3
    assert frugal("feems", "plot", folder, "--projection", "nonsense").code == 2
    assert contents(folder) == before
    table = (folder / "edges.csv").read_text()
    (folder / "edges.csv").write_text(table.replace("weight", "heaviness"))
    result = frugal("feems", "plot", folder)
    assert result.code == 3 and "edges.csv" in result.err, result.text
    (folder / "edges.csv").write_text(table)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_a_folder_that_is_not_there_or_holds_no_result(frugal, tmp_path):
    result = frugal("feems", "plot", tmp_path / "none")
    assert result.code == 3 and "cannot read the folder" in result.err, result.text
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "report.html").write_text("precious")
    result = frugal("feems", "plot", tmp_path / "thesis")
    assert result.code == 3 and "summary.json" in result.err, result.text
    assert (tmp_path / "thesis" / "report.html").read_text() == "precious"
