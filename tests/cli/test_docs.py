"""The manual is true: every shell block of the pages runs as it stands, and every link within the repository leads somewhere."""

import os
import pathlib
import re
import subprocess

import pytest

from conftest import PROGRAM, TOP

PAGES = ["README.md", *sorted(f"docs/{page.name}" for page in (TOP / "docs").glob("*.md"))]


def read(page):
    return (TOP / page).read_text(encoding="utf-8")


def shell_blocks(page):
    """Blocks marked sh; those marked console are about the checkout, indented ones need data that are not here."""
    return re.findall(r"^ *```sh\n(.*?)^ *```$", read(page), re.MULTILINE | re.DOTALL)


def anchors(page):
    """The names that headings have on the web: lower case, without punctuation, blanks as dashes."""
    headings = re.findall(r"^#+ (.*)$", read(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [page for page in PAGES if shell_blocks(page)])
def test_commands_run_as_they_stand(frugal, page, tmp_path):
    program, work = tmp_path / "bin", tmp_path / "work"
    program.mkdir()
    work.mkdir()
    (program / "frugal").symlink_to(PROGRAM)
    environment = {"OMP_WAIT_POLICY": "passive", **os.environ, "PATH": f"{program}:{os.environ['PATH']}"}
    script = "set -eu\n" + "\n".join(shell_blocks(page))
    finished = subprocess.run(["bash", "-c", script], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=280, check=False)
    assert finished.returncode == 0, finished.stdout
    assert not list(work.glob("*.partial"))


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_repository(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = os.path.normpath(pathlib.Path(page).parent / path) if path else page
        assert (TOP / file).exists(), f"{page} links to {target}"
        assert not anchor or anchor in anchors(file), f"{page} links to {target}"


def test_the_columns_that_the_manual_names(frugal, tmp_path):
    """docs/results.md has a row or a word for each column of the tables of a cross-validated fit."""
    manual = read("docs/results.md")
    assert frugal("demo", "--trees", 200, "--no-figures", "-o", tmp_path / "demo").code == 0
    tables = sorted((tmp_path / "demo").glob("*.csv"))
    assert len(tables) == 6
    for table in tables:
        assert f"`{table.name}`" in manual
        for column in table.read_text(encoding="utf-8").splitlines()[0].split(","):
            assert f"`{column}`" in manual, f"{column} of {table.name}"
