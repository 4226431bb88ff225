"""What `frugal conformal` writes: figures, reports, the comparison of runs, warnings where guarantee and truth disagree."""

import html.parser
import random
import shutil

import pytest

from conftest import read_csv, read_summary

needs_gnuplot = pytest.mark.skipif(shutil.which("gnuplot") is None, reason="needs gnuplot")


def write_points(path, n, seed, shift=0.0):
    """y = a - 2 b + noise, a and b standard normal; `shift` is added to y."""
    draw = random.Random(seed)
    lines = ["a,b,y"]
    for _ in range(n):
        a, b = draw.gauss(0, 1), draw.gauss(0, 1)
        lines.append(f"{a:.4f},{b:.4f},{a - 2 * b + draw.gauss(0, 1) + shift:.4f}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def points(tmp_path):
    """Options that give 60 training and 40 test points."""
    train, test = write_points(tmp_path / "train.csv", 60, 1), write_points(tmp_path / "test.csv", 40, 2)
    return ["--train", train, "--target", "y", "--test", test]


@pytest.fixture
def run(frugal, tmp_path):
    def call(verb, *words, name="out", code=0):
        result = frugal("conformal", verb, *words, "--force", "-o", tmp_path / name)
        assert result.code == code, result.text
        return result, tmp_path / name
    return call


class Page(html.parser.HTMLParser):
    """Text of a page, and what it would fetch from elsewhere."""

    def __init__(self, path):
        super().__init__()
        self.text, self.outside = "", []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("src", "href") and not value.startswith(("data:", "#")):
                self.outside.append(value)


def check_figures(folder, names):
    assert {path.name for path in (folder / "figures").iterdir()} == {f"{name}.{kind}" for name in names for kind in ["svg", "png"]}
    page = Page(folder / "report.html")
    assert page.outside == [] and page.text.count("Figure ") == len(names)
    return page.text


@needs_gnuplot
@pytest.mark.parametrize("verb, words, names", [
    ("full", ["--alpha", "0.1,0.3", "--pvalues"], ["intervals", "widths", "coverage", "p_values"]),
    ("full", ["--model", "lasso", "--lambda", "2"], ["intervals", "widths", "coverage"]),
    ("tcp", ["--lambda", "2"], ["intervals", "widths", "coverage"]),
    ("split", ["--normalised"], ["intervals", "widths", "coverage"]),
    ("jackknife", [], ["intervals", "widths", "coverage"]),
    ("cqr", [], ["intervals", "widths", "coverage"]),
    ("online", ["--gamma", "0.05"], ["intervals", "widths", "coverage", "online"]),
])
def test_figures_and_report(run, points, verb, words, names):
    result, folder = run(verb, *points, *words)
    text = check_figures(folder, names)
    assert "not drawn" not in result.err
    for word in ["Guaranteed", "cite", "exchangeable" if verb != "online" else "in the long run", "intervals.csv"]:
        assert word in text
    summary = read_summary(folder)
    assert set(summary["metrics"]) >= {"guarantee", "coverage", "coverage_low", "coverage_high", "mean_width", "median_width",
                                       "share_infinite", "share_empty", "share_disconnected", "seconds_per_test_point"}


@needs_gnuplot
def test_figures_of_classes(run, tmp_path):
    draw = random.Random(3)
    for name, n in [("cal", 50), ("test", 30)]:
        rows, labels = ["low,middle,high"], ["label"]
        for _ in range(n):
            weights = [draw.random() + 0.01 for _ in range(3)]
            total = sum(weights)
            rows.append(",".join(repr(weight / total) for weight in weights))
            labels.append(draw.choices(["low", "middle", "high"], weights)[0])
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
        (tmp_path / f"{name}-label.csv").write_text("\n".join(labels))
    _, folder = run("classify", "--cal-prob", tmp_path / "cal.csv", "--cal-label", tmp_path / "cal-label.csv", "--prob",
                    tmp_path / "test.csv", "--test-label", tmp_path / "test-label.csv", "--alpha", "0.1,0.2", "--score", "aps",
                    "--pvalues")
    assert "Group" in check_figures(folder, ["coverage", "set_sizes"])
    metrics = read_summary(folder)["metrics"]
    sizes = {}
    for row in read_csv(folder / "sets.csv"):
        if row["alpha"] == "0.1":
            sizes[row["test_id"]] = int(row["size"])
    assert metrics["mean_size"]["0.1"] == pytest.approx(sum(sizes.values()) / 30)
    assert metrics["mean_size"]["0.1"] >= metrics["mean_size"]["0.2"] and len(sizes) == 30


@needs_gnuplot
def test_a_stream_is_drawn_in_its_order(run, points):
    _, folder = run("online", *points, "--gamma", "0.2")
    figures = {path.stem: path.read_text(encoding="utf-8") for path in (folder / "figures").glob("*.svg")}
    assert "in their order" in figures["intervals"] and "guaranteed" not in figures["coverage"]
    page = Page(folder / "report.html").text  # a level at or below 0 gives the whole line: said on top of the page
    assert read_summary(folder)["metrics"]["share_infinite"] > 0 and "Infinite" in page[:page.index("Figure")]
    _, folder = run("full", *points)
    figures = {path.stem: path.read_text(encoding="utf-8") for path in (folder / "figures").glob("*.svg")}
    assert "by prediction" in figures["intervals"] and "guaranteed" in figures["coverage"]


@needs_gnuplot
def test_many_and_long_rows(run, tmp_path):
    """A chart has 40 rows and says that there are more; names that are too long are cut."""
    (tmp_path / "i.csv").write_text("lower,upper,method\n" + "0,1,m\n" * 90)
    (tmp_path / "t.csv").write_text("0.5\n" * 90)
    groups = [f"g_{k % 45}" for k in range(90)]
    groups[3] = "größe-" * 10
    (tmp_path / "g.csv").write_text("\n".join(groups), encoding="utf-8")
    result, folder = run("coverage", tmp_path / "i.csv", "--truth", tmp_path / "t.csv", "--groups", tmp_path / "g.csv")
    text = (folder / "figures" / "coverage.svg").read_text(encoding="utf-8")
    assert "the first 40 rows of 47" in text and "\u2026" in text and "g_0" in text and "not drawn" not in result.err
    assert "Key numbers" not in Page(folder / "report.html").text


@needs_gnuplot
def test_sets_that_are_all_infinite_or_empty(run, tmp_path):
    """Nothing to draw of the widths; no figure, and no warning of gnuplot."""
    for name, text in [("mu", "1\n2\n"), ("y", "1\n3\n"), ("t", "1\n5\n")]:
        (tmp_path / f"{name}.csv").write_text(text)
    result, folder = run("split", "--cal-mu", tmp_path / "mu.csv", "--cal-y", tmp_path / "y.csv", "--test-mu",
                         tmp_path / "t.csv")
    check_figures(folder, ["intervals"])
    assert "not drawn" not in result.err and "infinite" in result.err
    empty = "test_id,alpha,lower,upper\n0,0.1,,\n1,0.1,,\n"
    (tmp_path / "i.csv").write_text(empty)
    result, folder = run("coverage", tmp_path / "i.csv", "--truth", tmp_path / "t.csv")
    check_figures(folder, ["intervals", "coverage"])
    assert "not drawn" not in result.err and read_summary(folder)["metrics"]["share_empty"] == 1


# ---- the guarantee and the truth ----------------------------------------------------------------------------------------------

def test_what_is_guaranteed_is_said(run, points):
    for verb, words, sentence in [
            ("full", [], "covers with probability at least 0.9, if all points are exchangeable"),
            ("jackknife", [], "at least 0.8"), ("jackknife", ["--variant", "plain"], "nothing is proved of the coverage"),
            ("tcp", ["--lambda", "2", "--exact-level"], "at least 0.9"), ("online", [], "in the long run"),
            ("split", [], "if calibration and test points are exchangeable")]:
        assert sentence in run(verb, *points, *words, "--no-figures")[0].err


def test_coverage_that_the_guarantee_rules_out_is_warned_of(run, points, tmp_path):
    shifted = write_points(tmp_path / "shifted.csv", 40, 3, shift=3)
    words = [*points[:5], shifted, "--no-figures"]
    result, folder = run("full", *words, "--intercept")
    assert "exchangeable (p" not in result.err and "are probably not exchangeable" in result.err
    warnings = read_summary(folder)["warnings"]
    assert len(warnings) == 1 and "of 40 points are covered" in warnings[0]
    assert float(read_csv(folder / "coverage.csv")[0]["p_value"]) < 0.01
    result, folder = run("full", *points, "--intercept", "--no-figures")
    assert read_summary(folder)["warnings"] == []
    result, _ = run("jackknife", *words, "--variant", "plain")  # nothing proved, nothing to contradict
    assert "not exchangeable" not in result.err


# ---- comparing -----------------------------------------------------------------------------------------------------------------

def test_comparing_runs(run, points, tmp_path):
    run("full", *points, "--alpha", "0.1,0.2", "--no-figures", name="full")
    run("split", *points, "--no-figures", name="one")
    run("split", *points, "--seed", "2", "--no-figures", name="two")
    (tmp_path / "groups.csv").write_text("\n".join(["x", "y"] * 20))
    result, folder = run("coverage", tmp_path / "full", tmp_path / "one" / "intervals.csv", tmp_path / "two", "--groups",
                         tmp_path / "groups.csv", "--no-figures")
    rows = read_csv(folder / "coverage.csv")
    assert len(rows) == 4 * 3
    methods = {row["method"] for row in rows}
    assert len(methods) == 3 and {"full-ridge", "split-ridge"} < methods and any("two" in method for method in methods)
    for name, method in [("full", "full-ridge"), ("one", "split-ridge")]:
        for row in read_csv(tmp_path / name / "coverage.csv"):
            assert row in rows, "the numbers of the run itself"
    assert [row["guarantee"] for row in rows if row["group"] == "x"] == [""] * 4
    assert len(read_summary(folder)["metrics"]) == 4 and result.err.count("is claimed") == 4
    assert {row["method"] for row in read_csv(folder / "intervals.csv")} == methods


def test_tables_of_other_programs(run, tmp_path):
    (tmp_path / "i.csv").write_text("upper,lower\n2,1\ninf,0\n4,3\n")
    (tmp_path / "truth.csv").write_text("truth\n1\n-1\n4\n")
    _, folder = run("coverage", tmp_path / "i.csv", "--truth", tmp_path / "truth.csv", "--claimed", "0.9", "--no-figures")
    metrics = read_summary(folder)["metrics"]
    assert (metrics["covered"], metrics["test_points"], metrics["alpha"]) == (2, 3, 0.1)
    assert metrics["share_infinite"] == pytest.approx(1 / 3) and metrics["mean_width"] == 1
    assert metrics["p_value"] == pytest.approx(1 - 0.9 ** 3)  # of two or fewer


def test_truth_by_test_id(run, tmp_path):
    (tmp_path / "i.csv").write_text("test_id,alpha,lower,upper\nB,0.1,0,1\nA,0.1,5,6\nA,0.1,8,9\n")
    (tmp_path / "truth.csv").write_text("test_id,y\nA,8.5\nC,7\nB,2\n")
    _, folder = run("coverage", tmp_path / "i.csv", "--truth", tmp_path / "truth.csv", "--no-figures")
    metrics = read_summary(folder)["metrics"]
    assert (metrics["covered"], metrics["test_points"], metrics["share_disconnected"]) == (1, 2, 0.5)
    assert metrics["mean_width"] == 1.5 and metrics["guarantee"] is None
