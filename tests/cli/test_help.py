"""Help, version, info, man pages, completion; unknown words and the exit code of bad usage."""

import json
import shutil
import subprocess

import pytest

from conftest import TOP

VERBS = {
    "feems": ["grid", "fit", "cv", "predict", "simulate", "plot"],
    "cluster": ["l1pr", "acl", "path", "search", "stagewise", "hk", "ppr-path", "sweep", "ball", "score", "mqi", "flowimprove",
                "simplelocal", "crd", "flow-diffusion", "fiedler", "fiedler-local", "mov", "densest", "triangles", "components", "cores",
                "extrema", "labels", "ncp", "clusters", "segment", "convert", "edit", "check", "generate"],
    "conformal": ["full", "tcp", "split", "jackknife", "cqr", "classify", "online", "coverage"],
}
COMMANDS = [[method, verb] for method, verbs in VERBS.items() for verb in verbs] + [["reproduce"], ["demo"], ["info"]]


def test_no_arguments_is_bad_usage_and_says_how(frugal):
    result = frugal()
    assert result.code == 2, result.text
    assert "Usage: frugal METHOD VERB" in result.err and result.out == ""


def test_program_help_lists_methods_and_commands(frugal):
    result = frugal("--help")
    assert result.code == 0, result.text
    for word in [*VERBS, "demo", "info", "Example"]:
        assert word in result.out


@pytest.mark.parametrize("method", VERBS)
def test_method_help_lists_all_verbs(frugal, method):
    result = frugal(method, "--help")
    assert result.code == 0, result.text
    rows = result.out.split("\nVerbs:\n")[1].split("\n\n")[0].splitlines()
    assert [row.split()[0] for row in rows if not row.startswith("   ")] == VERBS[method]
    assert "Example:" in result.out
    assert frugal(method).code == 2


@pytest.mark.parametrize("words", COMMANDS)
def test_command_help_has_options_and_an_example(frugal, words):
    result = frugal(*words, "--help")
    assert result.code == 0, result.text
    for word in ["--threads N", "--seed S", "--json", "--quiet", "--verbose", "--version", "Example:\n  frugal"]:
        assert word in result.out
    lines = result.out.split("Example:")[0].splitlines()[1:]
    assert max(len(line) for line in lines) <= 80


def test_help_shows_range_default_and_unit(frugal):
    out = " ".join(frugal("feems", "fit", "--help").out.split())
    assert "--maf X" in out and "from 0, below 0.5; default 0" in out
    assert "--spacing KM" in out and "also --grid-spacing" in out
    assert "--s2-mode fixed|one|node" in out and "default fixed" in out


@pytest.mark.parametrize("words", [[], ["feems", "fit"], ["info"]])
def test_version(frugal, words):
    result = frugal(*words, "--version")
    assert result.code == 0 and result.out.startswith("frugal 0."), result.text


@pytest.mark.parametrize("words, near", [
    (["demmo"], "demo"), (["demo", "clutser", "-o", "x"], "cluster"), (["feem", "fit"], "feems"), (["feems", "fti"], "fit"), (["feems", "simulat"], "simulate"),
    (["cluster", "l1prr"], "l1pr"), (["clutser"], "cluster"), (["cluster", "ncp", "--sample"], "--samples"),
    (["feems", "fit", "--lamda", "3"], "--lambda"), (["feems", "cv", "--fold", "3"], "--folds"),
    (["feems", "fit", "--cords=x"], "--coords"),
])
def test_slips_are_corrected(frugal, words, near):
    result = frugal(*words)
    assert result.code == 2, result.text
    assert f"did you mean {near}?" in result.err and "--help" in result.err and result.out == ""


def test_far_words_are_not_guessed_at(frugal):
    result = frugal("feems", "fit", "--zzzzzz")
    assert result.code == 2 and "unknown option --zzzzzz" in result.err and "mean" not in result.err


@pytest.mark.parametrize("words, message", [
    (["fit", "--lambda", "-3", "-o", "x"], "--lambda must be a number not below 0, found '-3'"),
    (["fit", "--lambda", "3km", "-o", "x"], "found '3km'"),
    (["fit", "--lambda", "nan", "-o", "x"], "found 'nan'"),
    (["fit", "--lambda"], "--lambda needs a value"),
    (["fit", "--maf", "0.7", "-o", "x"], "--maf must be a number from 0, below 0.5, found '0.7'"),
    (["fit", "--max-iterations", "1.5", "-o", "x"], "--max-iterations must be a whole number from 1"),
    (["fit", "--s2-mode", "many", "-o", "x"], "--s2-mode must be one of fixed, one, node, found 'many'"),
    (["fit", "--spacing", "0", "-o", "x"], "--spacing must be a number above 0 km, found '0'"),
    (["fit", "--spacing", "110miles", "-o", "x"], "found '110miles'"),
    (["cv", "--lambdas", "3,,4", "-o", "x"], "--lambdas must be numbers not below 0, found '3,,4'"),
    (["fit", "--force=3", "-o", "x"], "takes no value"),
    (["fit", "--output", ""], "--output needs a value that is not empty"),
    (["fit"], "--output DIR is missing"),
    (["fit", "stray", "-o", "x"], "'stray' is no option"),
    (["plot"], "give one DIR, found 0"),
    (["plot", "a", "b"], "give one DIR, found 2"),
])
def test_bad_values_name_the_option_the_range_and_what_was_found(frugal, tmp_path, words, message):
    result = frugal("feems", *words, cwd=tmp_path)
    assert result.code == 2, result.text
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


def test_info(frugal):
    result = frugal("info", "--threads", "1")
    assert result.code == 0, result.text
    for word in ["frugal", "openblas", "cholmod", "proj", "geos", "sqlite", "threads      1", "cpu", "mpi", "gnuplot"]:
        assert word in result.out
    metrics = json.loads(frugal("info", "--json").out)["metrics"]
    assert isinstance(metrics["mpi"], bool) and metrics["libraries"]["jansson"]


def test_man_pages_are_clean_roff(frugal):
    pages = frugal("info", "--man", "list").out.split()
    assert set(pages) >= {"frugal", *("-".join(["frugal", *words]) for words in COMMANDS)}
    installed = (TOP / "src" / "cli" / "pages" / "meson.build").read_text()
    for page in pages:
        assert page == "frugal" or f"'{page.split('-', 2)[-1]}'" in installed or f"'{page}'" in installed
        result = frugal("info", "--man", page)
        assert result.code == 0 and result.out.startswith(f".TH {page} 1"), result.text
        if shutil.which("groff"):
            checked = subprocess.run(["groff", "-man", "-Tascii", "-ww"], input=result.out.encode(), check=False,
                                     capture_output=True)
            assert checked.returncode == 0 and checked.stderr == b"", checked.stderr.decode()
    assert frugal("info", "--man", "feems-fti").code == 2


def complete(frugal, tmp_path, *words):
    """What bash offers after these words."""
    script = tmp_path / "completion"
    script.write_text(frugal("info", "--bash-completion").out)
    quoted = " ".join(f"'{word}'" for word in words)
    command = f"source '{script}'; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _frugal; echo ${{COMPREPLY[@]}}"
    return subprocess.run(["bash", "-c", command], check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_completion(frugal, tmp_path):
    assert set(complete(frugal, tmp_path, "frugal", "")) == {*VERBS, "reproduce", "demo", "info", "--help"}
    for method, verbs in VERBS.items():
        assert set(complete(frugal, tmp_path, "frugal", method, "")) == {*verbs, "--help"}
    assert complete(frugal, tmp_path, "frugal", "feems", "fit", "--lambda-g") == ["--lambda-grid"]
    assert complete(frugal, tmp_path, "frugal", "feems", "fit", "--s2-mode", "o") == ["one"]
    assert complete(frugal, tmp_path, "frugal", "cluster", "l1pr", "--solver", "e") == ["exact"]
    assert "--bfile" not in complete(frugal, tmp_path, "frugal", "feems", "plot", "--")
