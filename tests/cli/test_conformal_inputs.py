"""Inputs of `frugal conformal`: every form gives the same sets; what is wrong is refused with its place."""

import gzip
import random

import pytest

import arrays
from conftest import column, read_csv, read_summary

COLUMNS = ["age", "bmi", "dose"]


def make_rows(n, seed):
    """Points (age, bmi, dose, y) with few digits."""
    draw = random.Random(seed)
    rows = [[round(draw.gauss(0, 1), 3) for _ in COLUMNS] for _ in range(n)]
    return [[*row, round(row[0] - 2 * row[1] + draw.gauss(0, 1), 3)] for row in rows]


TRAIN, TEST = make_rows(30, 1), make_rows(8, 2)


def table(names, rows, order=None, separator=",", end="\n"):
    order = order or range(len(rows[0]))
    lines = [separator.join(names[k] for k in order)] if names else []
    return end.join(lines + [separator.join(str(row[k]) for k in order) for row in rows]) + end


@pytest.fixture
def files(tmp_path):
    """Training and test points as tables with the target y."""
    (tmp_path / "train.csv").write_text(table([*COLUMNS, "y"], TRAIN))
    (tmp_path / "test.csv").write_text(table([*COLUMNS, "y"], TEST))
    return tmp_path


@pytest.fixture
def run(frugal, tmp_path):
    """Full conformal prediction with the options; the bytes of intervals.csv, the result and the folder."""
    def call(*words, verb="full", name="out"):
        folder = tmp_path / name
        result = frugal("conformal", verb, *words, "--no-figures", "--force", "-o", folder)
        assert result.code == 0, result.text
        return (folder / "intervals.csv").read_bytes(), result, folder
    return call


@pytest.fixture
def refuse(frugal, tmp_path):
    """Runs a verb that must fail with the code and all of the words in its message, and leave nothing behind."""
    def call(code, words, *messages):
        before = sorted(path.name for path in tmp_path.iterdir())
        result = frugal("conformal", *words, "-o", tmp_path / "out")
        assert result.code == code, result.text
        assert result.err.startswith("frugal: ") and result.err.count("\n") == 1 + (code == 2), result.text
        for message in messages:
            assert str(message) in result.err, result.text
        assert sorted(path.name for path in tmp_path.iterdir()) == before
    return call


# ---- the same data in other clothes --------------------------------------------------------------------------------------------

@pytest.fixture
def plain(run, files):
    """The sets of the plain tables."""
    return run("--train", files / "train.csv", "--target", "y", "--test", files / "test.csv", name="plain")[0]


def test_columns_by_name_in_any_order(run, files, plain):
    (files / "other.csv").write_text(table([*COLUMNS, "y"], TEST, [2, 0, 3, 1]))
    found, result, folder = run("--train", files / "train.csv", "--target", "y", "--test", files / "other.csv")
    assert found == plain and "warning" not in result.err
    assert read_summary(folder)["metrics"]["test_points"] == 8 and "coverage" in read_summary(folder)["metrics"]


@pytest.mark.parametrize("separator, end, mark", [("\t", "\n", ""), (";", "\r\n", "\ufeff"), (",", "\r\n", "")])
def test_separators_and_line_ends(run, files, plain, separator, end, mark):
    for name, rows in [("train", TRAIN), ("test", TEST)]:
        (files / f"{name}.txt").write_bytes((mark + table([*COLUMNS, "y"], rows, None, separator, end)).encode())
    assert run("--train", files / "train.txt", "--target", "y", "--test", files / "test.txt")[0] == plain


def test_packed_tables_without_names(run, files, plain):
    for name, rows, order in [("train", TRAIN, [3, 0, 1, 2]), ("test", TEST, [0, 1, 2])]:
        (files / f"{name}.gz").write_bytes(gzip.compress(table(None, rows, order).encode()))
    words = ["--train", files / "train.gz", "--target", "1", "--test", files / "test.gz"]
    found, _, folder = run(*words)
    assert found == plain and "coverage" not in read_summary(folder)["metrics"]


def test_arrays(run, files, plain):
    arrays.write(files / "x.npy", sum((row[:3] for row in TRAIN), []), (30, 3))
    arrays.write(files / "y.npy", [row[3] for row in TRAIN], (30, 1))
    arrays.write(files / "t.npy", sum((row[:3] for row in TEST), []), (8, 3))
    arrays.write(files / "ty.npy", [row[3] for row in TEST])
    (files / "x.npy.gz").write_bytes(gzip.compress((files / "x.npy").read_bytes()))
    words = ["--y", files / "y.npy", "--test", files / "t.npy"]
    assert run("--x", files / "x.npy", *words)[0] == plain
    assert run("--x", files / "x.npy.gz", *words, "--test-y", files / "ty.npy")[0] == plain
    arrays.write(files / "train.npy", sum(TRAIN, []), (30, 4))
    assert run("--train", files / "train.npy", "--target", "4", "--test", files / "t.npy")[0] == plain


def test_a_matrix_and_a_vector_as_tables(run, files, plain):
    (files / "x.csv").write_text(table([*COLUMNS, "y"], TRAIN, [0, 1, 2]))
    (files / "y.csv").write_text(table([*COLUMNS, "y"], TRAIN, [3]))
    words = ["--x", files / "x.csv", "--y", files / "y.csv", "--test", files / "test.csv"]
    found, result, _ = run(*words)
    assert found == plain and "1 column that" in result.err and "left out: y" in result.err  # y of the test table


def test_ids_and_columns_that_are_no_features(run, files, plain):
    train = [[f"P{k}", "f" if k % 2 else "m", *row] for k, row in enumerate(TRAIN)]
    test = [[f"Q {k}", "f", *row] for k, row in enumerate(TEST)]
    (files / "a.csv").write_text(table(["name", "sex", *COLUMNS, "y"], train))
    (files / "b.csv").write_text(table(["name", "sex", *COLUMNS, "y"], test))
    words = ["--train", files / "a.csv", "--target", "y", "--test", files / "b.csv", "--ignore", "sex", "--id", "name"]
    found, result, folder = run(*words)
    assert "warning" not in result.err
    assert column(folder / "intervals.csv", "test_id") == [f"Q {k}" for k in range(8)]
    assert [line.split(b",", 1)[1] for line in found.splitlines()] == [line.split(b",", 1)[1] for line in plain.splitlines()]


def test_groups_in_a_column(run, files):
    train = [["a" if k < 20 else "b", *row] for k, row in enumerate(TRAIN)]
    test = [["b" if k % 2 else "a", *row] for k, row in enumerate(TEST)]
    (files / "a.csv").write_text(table(["ward", *COLUMNS, "y"], train))
    (files / "b.csv").write_text(table(["ward", *COLUMNS, "y"], test))
    _, _, folder = run("--train", files / "a.csv", "--target", "y", "--test", files / "b.csv", "--group-column", "ward",
                       "--alpha", "0.3", verb="split")
    assert column(folder / "points.csv", "group") == ["a", "b"] * 4
    assert {row["group"]: row["points"] for row in read_csv(folder / "coverage.csv")} == {"": "8", "a": "4", "b": "4"}


def test_truths_that_are_partly_unknown(run, files):
    rows = [[*row[:3], row[3] if k else ""] for k, row in enumerate(TEST)]
    (files / "part.csv").write_text(table([*COLUMNS, "y"], rows))
    _, _, folder = run("--train", files / "train.csv", "--target", "y", "--test", files / "part.csv")
    assert column(folder / "coverage.csv", "points") == ["7"]
    (files / "none.csv").write_text(table([*COLUMNS, "y"], [[*row[:3], ""] for row in TEST]))
    _, _, folder = run("--train", files / "train.csv", "--target", "y", "--test", files / "none.csv")
    assert "coverage" not in read_summary(folder)["metrics"]
    for unknown in ["NA", "NaN"]:
        rows[0][3] = unknown
        (files / "part.csv").write_text(table([*COLUMNS, "y"], rows))
        _, _, folder = run("--train", files / "train.csv", "--target", "y", "--test", files / "part.csv")
        assert column(folder / "coverage.csv", "points") == ["7"]
    arrays.write(files / "truth.npy", [float("nan")] + [row[3] for row in TEST[1:]])
    (files / "features.csv").write_text(table(COLUMNS, [row[:3] for row in TEST]))
    _, _, folder = run("--train", files / "train.csv", "--target", "y", "--test", files / "features.csv", "--test-y",
                       files / "truth.npy")
    assert column(folder / "coverage.csv", "points") == ["7"]


@pytest.mark.parametrize("verb, words", [
    ("full", []), ("tcp", ["--lambda", "3"]), ("jackknife", []), ("split", []), ("cqr", ["--alpha", "0.3"]),
    ("jackknife", ["--variant", "cv+", "--model", "lasso"]), ("tcp", ["--trim", "ridge"]),
])
def test_any_number_of_threads(run, files, verb, words):
    words = ["--train", files / "train.csv", "--target", "y", "--test", files / "test.csv", *words]
    one, _, folder = run(*words, "--threads", "1", verb=verb, name="one")
    two, _, other = run(*words, "--threads", "2", verb=verb, name="two")
    assert one == two
    for name in ["points.csv", "coverage.csv"]:
        assert (folder / name).read_bytes() == (other / name).read_bytes()


# ---- data that can be worked with ---------------------------------------------------------------------------------------------

def test_constant_and_duplicated_columns(run, files):
    train = [[1, row[0], row[0], row[3]] for row in TRAIN]
    test = [[1, row[0], row[0], row[3]] for row in TEST]
    (files / "a.csv").write_text(table(["one", "a", "b", "y"], train))
    (files / "b.csv").write_text(table(["one", "a", "b", "y"], test))
    words = ["--train", files / "a.csv", "--target", "y", "--test", files / "b.csv"]
    for more in [["--intercept"], [], ["--model", "lasso", "--lambda", "1"], ["--model", "lasso", "--lambda", "1", "--intercept"]]:
        assert len(run(*words, *more)[0].splitlines()) >= 9
    for verb in ["jackknife", "split", "cqr"]:
        assert len(run(*words, "--alpha", "0.3", verb=verb)[0].splitlines()) == 9


def test_a_constant_target(run, files):
    (files / "a.csv").write_text(table([*COLUMNS, "y"], [[*row[:3], 5] for row in TRAIN]))
    _, _, folder = run("--train", files / "a.csv", "--target", "y", "--test", files / "test.csv", "--intercept")
    for row in read_csv(folder / "intervals.csv"):
        assert float(row["lower"]) <= 5 + 1e-9 and float(row["upper"]) >= 5 - 1e-9


@pytest.mark.parametrize("scale", [1e-120, 1e120])
def test_large_and_small_targets(run, files, plain, scale):
    """Sets of ridge regression scale with y."""
    (files / "a.csv").write_text(table([*COLUMNS, "y"], [[*row[:3], repr(row[3] * scale)] for row in TRAIN]))
    _, _, folder = run("--train", files / "a.csv", "--target", "y", "--test", files / "test.csv")
    for row, line in zip(read_csv(folder / "intervals.csv"), plain.decode().splitlines()[1:]):
        assert float(row["lower"]) == pytest.approx(float(line.split(",")[3]) * scale, rel=1e-9, abs=1e-12 * scale)


# ---- data that cannot ------------------------------------------------------------------------------------------------------------

def change(path, line, cell, text):
    """Puts a text into a cell of a table, both counted from 0."""
    lines = path.read_text().splitlines()
    cells = lines[line].split(",")
    cells[cell] = text
    lines[line] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("text, messages", [
    ("male", ["(bmi)", "'male'", "--ignore", "categories"]),
    ("", ["(bmi)", "an empty cell", "missing"]),
    ("NA", ["(bmi)", "'NA'", "missing"]),
    ("nan", ["(bmi)", "'nan'"]),
    ("inf", ["(bmi)", "'inf'"]),
    ("1e999", ["(bmi)", "'1e999'"]),
    ("1.5.2", ["(bmi)", "'1.5.2'"]),
])
@pytest.mark.parametrize("name", ["train.csv", "test.csv"])
def test_cells_that_are_no_numbers(refuse, files, name, text, messages):
    change(files / name, 3, 1, text)
    refuse(3, ["full", "--train", files / "train.csv", "--target", "y", "--test", files / "test.csv"],
           f"{name}:4: column 2", "expected a finite number", *messages)


@pytest.mark.parametrize("heading", ['""', "Unnamed: 0", ""])
def test_row_names_are_no_features(run, files, plain, heading):
    """R and pandas write row names as a first column without a name."""
    for name, rows in [("train", TRAIN), ("test", TEST)]:
        numbered = [[f'"{k + 1}"', *row] for k, row in enumerate(rows)]
        (files / f"{name}-r.csv").write_text(table([heading, *COLUMNS, "y"], numbered))
    words = ["--train", files / "train-r.csv", "--target", "y", "--test", files / "test-r.csv"]
    if "Unnamed" in heading:
        words += ["--ignore", heading]
    found, result, _ = run(*words)
    assert found == plain
    assert ("column 1 has no name" in result.err) == ("Unnamed" not in heading)


def test_arrays_of_other_shapes(refuse, files):
    for name, count, shape in [("x", 90, (30, 3, 1)), ("flat", 90, (30, 3)), ("y", 30, (30,)), ("t", 3, (3,))]:
        arrays.write(files / f"{name}.npy", [float(k) for k in range(count)], shape)
    refuse(3, ["full", "--x", files / "x.npy", "--y", files / "y.npy", "--test", files / "flat.npy"], "x.npy", "3 dimensions")
    refuse(3, ["full", "--x", files / "flat.npy", "--y", files / "y.npy", "--test", files / "t.npy"],
           "t.npy has 1 column, ", "shape (1, p)")


def test_a_text_column(refuse, files):
    (files / "train.csv").write_text(table(["sex", "bmi", "dose", "y"], [["f", *row[1:]] for row in TRAIN]))
    (files / "test.csv").write_text(table(["sex", "bmi", "dose", "y"], [["m", *row[1:]] for row in TEST]))
    refuse(3, ["full", "--train", files / "train.csv", "--target", "y", "--test", files / "test.csv"], "(sex)", "'f'", "--ignore")


def test_arrays_that_are_not_finite(refuse, files):
    arrays.write(files / "x.npy", [1, 2, 3, float("nan")], (4, 1))
    arrays.write(files / "y.npy", [1, 2, 3, 4])
    refuse(3, ["full", "--x", files / "x.npy", "--y", files / "y.npy", "--test", files / "x.npy"], "x.npy[3, 0]", "nan")
    arrays.write(files / "x.npy", [1, 2, 3, 4], (4, 1))
    arrays.write(files / "y.npy", [1, float("inf"), 3, 4])
    refuse(3, ["full", "--x", files / "x.npy", "--y", files / "y.npy", "--test", files / "x.npy"], "y.npy[1, 0]", "inf")


@pytest.mark.parametrize("words, code, messages", [
    ([], 2, ["--train and --target, or by --x and --y"]),
    (["--train", "train.csv"], 2, ["--train needs --target"]),
    (["--train", "train.csv", "--target", "y"], 2, ["--test FILE is missing"]),
    (["--x", "train.csv", "--test", "test.csv"], 2, ["--x and --y go together"]),
    (["--train", "train.csv", "--target", "y", "--x", "train.csv", "--test", "test.csv"], 2, ["--train and --target, or"]),
    (["--train", "train.csv", "--target", "Y", "--test", "test.csv"], 3, ["no column 'Y'", "did you mean 'y'?"]),
    (["--train", "train.csv", "--target", "weight", "--test", "test.csv"], 3, ["no column 'weight'", "age, bmi, dose, y"]),
    (["--train", "train.csv", "--target", "5", "--test", "test.csv"], 3, ["no column '5'"]),
    (["--train", "train.csv", "--target", "y", "--test", "none.csv"], 3, ["none.csv", "No such file"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--test-y", "test.csv"], 2, ["leave --test-y out"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--ignore", "bmii"], 3, ["did you mean 'bmi'?"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--ignore", "age,bmi,dose"], 3, ["no column left"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--id", "name"], 3, ["no column 'name'"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--alpha", "0"], 2, ["--alpha", "above 0, below 1"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--alpha", "0.1,1"], 2, ["--alpha", "above 0, below 1"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--alpha", "0.1,0.2,0.1"], 2, ["lists 0.1 twice"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--rho", "-1"], 2, ["--rho"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--lambda", "2"], 2, ["--lambda is for --model lasso"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--model", "lasso", "--range", "3:1"], 2,
     ["--range must be two numbers", "'3:1'"]),
    (["--train", "train.csv", "--target", "y", "--test", "test.csv", "--model", "lasso", "--range", "3"], 2, ["such as -3:4.5"]),
])
def test_options(refuse, files, words, code, messages):
    words = [files / word if str(word).endswith(".csv") else word for word in words]
    refuse(code, ["full", *words], *messages)


@pytest.mark.parametrize("name, text, messages", [
    ("train.csv", "", ["train.csv", "empty"]),
    ("train.csv", "age,bmi,dose,y\n", ["train.csv", "no rows"]),
    ("train.csv", "age,bmi,dose,y\n1,2,3,4\n", ["one training point", "at least two"]),
    ("train.csv", "y\n1\n2\n3\n", ["no column left that could be a feature"]),
    ("train.csv", "age,bmi,dose,y\n1,2,3,4\n1,2,3\n", ["train.csv:3", "expected 4 columns"]),
    ("train.csv", "age,bmi,age,y\n1,2,3,4\n5,6,7,8\n", ["'age'"]),
    ("train.csv", "age,bmi,dose,y\nr1,1,2,3,4\n", ["train.csv:2", "found 5", "row.names = FALSE"]),
    ("train.csv", "age,bmi,dose,Y\n1,2,3,4\n5,6,7,8\n", ["no column 'y'; did you mean 'Y'?"]),
    ("train.csv", "a,b,c,d\n1,2,3,4\n5,6,7,8\n", ["no column 'y'", "a, b, c, d"]),
    ("test.csv", "age,bmi,dse\n1,2,3\n", ["the column 'dose' of", "is it 'dse'?"]),
    ("test.csv", "1,2,3\n", ["test.csv has none", "matched by name"]),
    ("test.csv", "age,bmi,dose\n", ["test.csv", "no rows"]),
])
def test_tables(refuse, files, name, text, messages):
    (files / name).write_text(text)
    refuse(3, ["full", "--train", files / "train.csv", "--target", "y", "--test", files / "test.csv"], *messages)


def test_sizes_that_do_not_fit(refuse, files):
    for name, count in [("short.csv", 29), ("test-short.csv", 7)]:
        (files / name).write_text("\n".join(["1"] * count))
    (files / "x.csv").write_text(table(COLUMNS, TRAIN, [0, 1, 2]))
    words = ["--train", files / "train.csv", "--target", "y", "--test", files / "x.csv"]
    refuse(3, ["full", "--x", files / "x.csv", "--y", files / "short.csv", "--test", files / "x.csv"],
           "29 values for 30 training points")
    refuse(3, ["full", *words, "--test-y", files / "short.csv"], "29 values for 30 test points")
    refuse(3, ["jackknife", *words, "--variant", "cv+", "--folds", files / "short.csv"], "29 folds for 30 training points")
    refuse(3, ["split", *words, "--groups", files / "short.csv", "--test-groups", files / "short.csv"], "29 labels for 30")
    refuse(3, ["split", *words, "--weights", files / "short.csv", "--test-weights", files / "short.csv"], "29 values for 30")
    (files / "wide.csv").write_text("1,2\n3,4\n")
    (files / "plain.csv").write_text("1,2,3\n3,4,5\n")
    (files / "two.csv").write_text("3\n4\n")
    refuse(3, ["full", "--x", files / "wide.csv", "--y", files / "two.csv", "--test", files / "plain.csv"],
           "plain.csv has 3 columns", "wide.csv has 2")


@pytest.mark.parametrize("text, messages", [
    ("0\n1\n30\n", ["index.csv:3", "from 0 to 29", "30"]), ("0\n1\n0\n", ["index.csv:3", "row 0 is listed twice"]),
    ("-1\n", ["from 0 to 29", "-1"]), ("1.5\n", ["whole number"]), ("", ["empty"]), ("0,1\n2,3\n", ["2 columns"]),
    ("\n".join(map(str, range(30))), ["all 30 rows"]),
])
@pytest.mark.parametrize("verb", ["split", "tcp", "cqr"])
def test_rows_of_a_part(refuse, files, verb, text, messages):
    (files / "index.csv").write_text(text)
    refuse(3, [verb, "--train", files / "train.csv", "--target", "y", "--test", files / "test.csv", "--split-index",
               files / "index.csv"], *messages)


@pytest.mark.parametrize("verb, words, message", [
    ("tcp", ["--trim", "max", "--rho", "2"], "--rho is for --trim ridge"),
    ("tcp", ["--trim", "max", "--lambda-half", "2"], "--lambda-half is for --trim split"),
    ("tcp", ["--trim", "range"], "--trim range needs --range"),
    ("tcp", ["--lambda", "2", "--lambda-rule", "sqrt"], "not both"),
    ("tcp", ["--compat-2016"], "--compat-2016 is for --grid"),
    ("tcp", ["--exact-level", "--alpha", "0.01"], "trimming spends 0.0625"),
    ("jackknife", ["--folds", "5"], "--folds is for --variant cv+"),
    ("jackknife", ["--variant", "cv+", "--folds", "1"], "--folds must be a file or a number from 2"),
    ("jackknife", ["--variant", "cv+", "--folds", "31"], "more than the 30 training points"),
    ("jackknife", ["--lambda", "1"], "--lambda is for --model lasso"),
    ("split", ["--signed", "--normalised"], "exclude each other"),
    ("split", ["--groups", "train.csv"], "--groups and --test-groups go together"),
    ("split", ["--cal-sigma", "train.csv"], "--cal-sigma is for predictions by --cal-mu"),
    ("cqr", ["--level-low", "0.9", "--level-high", "0.5"], "--level-low must be below --level-high"),
    ("cqr", ["--test-low", "train.csv"], "--test-low is for quantiles by --cal-low"),
    ("online", ["--gamma", "-1"], "--gamma"),
])
def test_options_of_other_verbs(refuse, files, verb, words, message):
    refuse(2, [verb, "--train", files / "train.csv", "--target", "y", "--test", files / "test.csv", *words], message)


@pytest.mark.parametrize("cal, label, test, words, code, messages", [
    ("0.5,0.5\n0.9,0.2\n", "0\n1\n", "0.5,0.5\n", [], 3, ["1"]),
    ("0.5,0.5\n1.1,-0.1\n", "0\n1\n", "0.5,0.5\n", [], 3, ["1"]),
    ("0.5,0.5\n0.9,0.1\n", "0\n2\n", "0.5,0.5\n", [], 3, ["label '2'", "row 1", "from 0 to 1"]),
    ("a,b\n0.5,0.5\n0.9,0.1\n", "a\nc\n", "0.5,0.5\n", [], 3, ["label 'c'"]),
    ("0.5,0.5\n0.9,0.1\n", "0\n", "0.5,0.5\n", [], 3, ["1 labels for 2 calibration points"]),
    ("0.5,0.5\n0.9,0.1\n", "0\n1\n", "0.5,0.3,0.2\n", [], 3, ["3 columns", "has 2"]),
    ("a,b\n0.5,0.5\n0.9,0.1\n", "a\nb\n", "a,c\n0.5,0.5\n", [], 3, ["class 'b'", "missing"]),
    ("1\n1\n", "0\n0\n", "1\n", [], 3, ["at least two classes"]),
    ("0.5,0.5\n0.9,0.1\n", "0\n1\n", "0.5,0.5\n", ["--score", "raps"], 2, ["--penalty and --free-ranks"]),
    ("0.5,0.5\n0.9,0.1\n", "0\n1\n", "0.5,0.5\n", ["--penalty", "1"], 2, ["--penalty is for --score raps"]),
    ("0.5,0.5\n0.9,0.1\n", "0\n1\n", "0.5,0.5\n", ["--randomise", "seed"], 2, ["aps and raps"]),
])
def test_classes(refuse, tmp_path, cal, label, test, words, code, messages):
    for name, text in [("cal", cal), ("label", label), ("test", test)]:
        (tmp_path / f"{name}.csv").write_text(text)
    refuse(code, ["classify", "--cal-prob", tmp_path / "cal.csv", "--cal-label", tmp_path / "label.csv", "--prob",
                  tmp_path / "test.csv", *words], *messages)


@pytest.mark.parametrize("text, messages", [
    ("lower,upper\n1,2\n3,x\n", ["i.csv:3", "'x'"]), ("lower,upper\n2,1\n", ["i.csv:2", "above upper"]),
    ("lower,upper\n,1\n", ["i.csv:2", "one end is missing"]), ("a,b\n1,2\n", ["no column 'lower'"]),
    ("1,2\n", ["no header line"]), ("lower,upper\n", ["no rows"]),
    ("test_id,alpha,lower,upper\n0,0.1,1,2\n1,0.2,1,2\n", ["test point '0' has no row at alpha 0.2"]),
    ("alpha,lower,upper\n2,1,2\n", ["i.csv:2", "alpha must lie between 0 and 1"]),
    ("lower,upper\n1,2\n2,3\n3,4\n", ["2 values for 3 test points"]),
])
def test_tables_of_intervals(refuse, tmp_path, text, messages):
    (tmp_path / "i.csv").write_text(text)
    (tmp_path / "truth.csv").write_text("1\n2\n")
    refuse(3, ["coverage", tmp_path / "i.csv", "--truth", tmp_path / "truth.csv"], *messages)


def test_coverage_without_truth(refuse, tmp_path):
    (tmp_path / "i.csv").write_text("lower,upper\n1,2\n")
    refuse(2, ["coverage", tmp_path / "i.csv"], "--truth FILE is missing")
    refuse(2, ["coverage"], "give INTERVALS..., found 0")


@pytest.mark.parametrize("words, code, message", [
    ([], 2, "--predictions needs --trial"),
    (["--trial", "trial.csv", "--rho", "1"], 2, "--rho is for ridge and lasso"),
    (["--trial", "trial.csv"], 3, "no multiple of the 2 trial values"),
    (["--trial", "fits.csv"], 3, "one was expected"),
])
def test_fits(refuse, tmp_path, words, code, message):
    (tmp_path / "y.csv").write_text("1\n2\n")
    (tmp_path / "trial.csv").write_text("0\n1\n")
    (tmp_path / "fits.csv").write_text("1,1,1\n1,1,1\n1,1,1\n")
    words = [tmp_path / word if word.endswith(".csv") else word for word in words]
    refuse(code, ["full", "--y", tmp_path / "y.csv", "--predictions", tmp_path / "fits.csv", *words], message)
