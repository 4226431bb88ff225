"""Every verb of `frugal conformal` against reference values, through files and options."""

import json
import math

import pytest

import arrays
from conftest import read_csv, read_summary


@pytest.fixture(scope="module")
def reference(shared):
    return shared / "oracles" / "conformal"


@pytest.fixture(scope="module")
def expected(reference):
    return lambda name: json.loads((reference / name).read_text(encoding="utf-8"))


@pytest.fixture
def conformal(frugal, tmp_path):
    """Runs a verb without figures; gives its metrics and its folder."""
    def run(verb, *words, code=0, name="out"):
        folder = tmp_path / name
        result = frugal("conformal", verb, *words, "--no-figures", "--force", "-o", folder)
        assert result.code == code, result.text
        return read_summary(folder)["metrics"], folder
    return run


@pytest.fixture
def diabetes(reference):
    """Options that give the training and test points of the diabetes data."""
    return ["--x", reference / "diab_X.npy", "--y", reference / "diab_Y.npy", "--test", reference / "diab_Xtest.npy",
            "--test-y", reference / "diab_Ytest.npy"]


@pytest.fixture
def halves(reference, tmp_path):
    """The same with the calibration points behind the training points, and the rows of the first."""
    x = arrays.rows(reference / "diab_X.npy") + arrays.rows(reference / "diab_Xcal.npy")
    y = arrays.read(reference / "diab_Y.npy")[1] + arrays.read(reference / "diab_Ycal.npy")[1]
    arrays.write(tmp_path / "x.npy", sum(x, []), (280, 10))
    arrays.write(tmp_path / "y.npy", y)
    arrays.write(tmp_path / "index.npy", list(range(120)), descr="<i8")
    return ["--x", tmp_path / "x.npy", "--y", tmp_path / "y.npy", "--test", reference / "diab_Xtest.npy",
            "--test-y", reference / "diab_Ytest.npy", "--split-index", tmp_path / "index.npy"]


def sets_of(folder, alpha=0.1):
    """Lists of pieces, one a test point, in order."""
    sets = {}
    for row in read_csv(folder / "intervals.csv"):
        if float(row["alpha"]) == alpha:
            pieces = sets.setdefault(row["test_id"], [])
            if row["piece"] != "":
                pieces.append([float(row["lower"]), float(row["upper"])])
    return list(sets.values())


def assert_sets(folder, wanted, tolerance, alpha=0.1):
    """`wanted`: a list of pieces, or one piece, for each test point."""
    found = sets_of(folder, alpha)
    assert len(found) == len(wanted)
    for pieces, other in zip(found, wanted):
        other = [[float(end) for end in piece] for piece in (other if isinstance(other[0], list) else [other])]
        assert len(pieces) == len(other)
        for piece, reference_piece in zip(pieces, other):
            assert piece == pytest.approx(reference_piece, abs=tolerance)


# ---- full ------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, key", [(["--intercept"], "icpt"), ([], "noicpt")])
def test_full_ridge(conformal, expected, diabetes, words, key):
    metrics, folder = conformal("full", *diabetes, *words, "--alpha", "0.05,0.1,0.2")
    wanted = expected("diab_expected.json")["full_ridge"]
    for alpha in [0.05, 0.1, 0.2]:
        assert_sets(folder, [case[f"{key}_{alpha:g}"] for case in wanted], 1e-8, alpha)
    assert metrics["guarantee"] == {"0.05": 0.95, "0.1": 0.9, "0.2": 0.8}
    assert metrics["n"] == 120 and metrics["p"] == 10 and metrics["test_points"] == 12
    assert metrics["seconds_per_test_point"] >= 0 and "coverage" in metrics


def test_infinite_and_disconnected_sets(conformal, expected, tmp_path):
    statuses = set()
    for case in expected("extra.json")["ridge_disconnected"]:
        (tmp_path / "x.csv").write_text("\n".join(",".join(map(str, row)) for row in case["X"]))
        (tmp_path / "y.csv").write_text("\n".join(map(str, case["Y"])))
        (tmp_path / "t.csv").write_text(",".join(map(str, case["x"])))
        words = ["--x", tmp_path / "x.csv", "--y", tmp_path / "y.csv", "--test", tmp_path / "t.csv", "--rho", "0.5"]
        _, folder = conformal("full", *words, *(["--intercept"] if case["intercept"] else []), "--alpha", case["alpha"])
        assert_sets(folder, [case["set"]], 1e-8, case["alpha"])
        statuses |= {row["status"] for row in read_csv(folder / "intervals.csv")}
    assert statuses == {"infinite", "disconnected"}


def test_p_values_hold_the_sets_of_all_levels(conformal, diabetes):
    _, folder = conformal("full", *diabetes, "--intercept", "--alpha", "0.05,0.1,0.5", "--pvalues")
    steps = read_csv(folder / "pvalues.csv")
    assert float(steps[0]["lower"]) == -math.inf and float(steps[-1]["upper"]) == math.inf
    for alpha in [0.05, 0.1, 0.5]:
        for point, pieces in enumerate(sets_of(folder, alpha)):
            members = [row for row in steps if row["test_id"] == str(point) and float(row["p_value"]) > alpha]
            assert [float(members[0]["lower"]), float(members[-1]["upper"])] == pieces[0] and len(pieces) == 1
            for row, after in zip(members, members[1:]):
                assert row["upper"] == after["lower"]


def test_full_lasso(conformal, expected, reference):
    words = ["--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test", reference / "lasso_Xtest.npy"]
    wanted = expected("lasso_expected.json")
    metrics, folder = conformal("full", *words, "--model", "lasso", "--lambda", repr(wanted["lambda_full"]))
    assert_sets(folder, [case["full_on_max_range"] for case in wanted["tests"]], 1e-8)
    assert metrics["guarantee"] == pytest.approx(0.9 - 1 / 101) and "coverage" not in metrics
    assert metrics["most_segments"] >= metrics["segments"] >= 1 and metrics["on_grid"] == 0
    rule, other = conformal("full", *words, "--model", "lasso", "--range", "-1:1", name="rule")
    assert read_summary(other)["settings"]["lambda"] == pytest.approx(wanted["lambda_full"], rel=1e-14)
    assert rule["guarantee"] is None
    for pieces, case in zip(sets_of(other), wanted["tests"]):
        low, high = case["full_on_max_range"][0]
        assert pieces == ([] if high < -1 or low > 1 else [pytest.approx([max(low, -1), min(high, 1)], abs=1e-8)])


def test_points_that_fall_back_on_a_grid_are_marked(conformal, frugal, reference, tmp_path):
    words = ["--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test", reference / "lasso_Xtest.npy",
             "--model", "lasso"]
    exact, folder = conformal("full", *words)
    needed = [int(row["segments"]) for row in read_csv(folder / "points.csv")]
    some, other = conformal("full", *words, "--max-segments", str(sorted(needed)[2]), name="some")
    marks = [row["status"] == "grid" for row in read_csv(other / "intervals.csv")]
    assert marks == [number > sorted(needed)[2] for number in needed]
    assert some["on_grid"] == sum(marks) and some["guarantee"] == exact["guarantee"]
    assert f"{sum(marks)} of 6 test points" in read_summary(other)["warnings"][0]
    every, other = conformal("full", *words, "--max-segments", "1", name="every")
    assert every["on_grid"] == 6 and every["guarantee"] is None
    assert read_summary(folder)["warnings"] == [] and len(read_summary(other)["warnings"]) == 1


def test_lasso_on_the_whole_line(conformal, reference):
    """Without ends the range costs nothing, and what lies within the usual range is the same."""
    words = ["--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test", reference / "lasso_Xtest.npy",
             "--model", "lasso"]
    _, usual = conformal("full", *words)
    metrics, whole = conformal("full", *words, "--range=-inf:inf", name="whole")
    assert metrics["guarantee"] == 0.9 and sets_of(whole) == [[pytest.approx(piece, abs=1e-9) for piece in pieces]
                                                              for pieces in sets_of(usual)]


def test_elastic_net_and_intercept(conformal, expected, tmp_path):
    for case in expected("extra.json")["lasso_variants"]:
        (tmp_path / "x.csv").write_text("\n".join(",".join(map(str, row)) for row in case["X"]))
        (tmp_path / "y.csv").write_text("\n".join(map(str, case["Y"])))
        (tmp_path / "t.csv").write_text(",".join(map(str, case["x"])))
        words = ["--x", tmp_path / "x.csv", "--y", tmp_path / "y.csv", "--test", tmp_path / "t.csv", "--model", "lasso",
                 "--lambda", case["lambda"], "--l2", case["l2"], "--range", f"{case['lo']!r}:{case['hi']!r}",
                 "--alpha", case["alpha"], *(["--intercept"] if case["intercept"] else [])]
        metrics, folder = conformal("full", *words)
        assert_sets(folder, [case["set"]], 1e-8, case["alpha"])
        assert ("degenerate" in metrics) == (case["name"] == "duplicate_columns")


def test_sets_of_fits_from_files(conformal, expected, tmp_path):
    """The mean of four numbers and a trial value as a black box: the grid's hull, one step wider, holds the exact set."""
    trial = [-3 + k / 8 for k in range(73)]
    fits = [[(6 + value) / 5] * 5 for value in trial]
    (tmp_path / "y.csv").write_text("y\r\n0\r\n1\r\n2\r\n3\r\n")
    (tmp_path / "trial.csv").write_text("\n".join(map(repr, trial)))
    words = ["--y", tmp_path / "y.csv", "--trial", tmp_path / "trial.csv", "--alpha", "0.4"]
    arrays.write(tmp_path / "fits.npy", sum(fits, []), (73, 5))
    _, folder = conformal("full", *words, "--predictions", tmp_path / "fits.npy")
    assert_sets(folder, [[[-0.125, 3.125]]], 1e-12, 0.4)  # exact: [0, 3]
    assert {row["status"] for row in read_csv(folder / "intervals.csv")} == {"grid"}
    arrays.write(tmp_path / "fits.npy", sum(fits, []) * 2, (2, 73, 5))  # two test points
    (tmp_path / "truth.csv").write_text("1\n7\n")
    metrics, folder = conformal("full", *words, "--predictions", tmp_path / "fits.npy", "--compat-2016", "--test-y",
                                tmp_path / "truth.csv")
    assert metrics["test_points"] == 2 and metrics["coverage"] == 0.5
    assert sets_of(folder, 0.4)[0] == sets_of(folder, 0.4)[1]
    assert sets_of(folder, 0.4)[0][0] == pytest.approx([0, 3], abs=0.2)


# ---- tcp -------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("trim, words, key, guarantee", [
    ("ridge", ["--rho", "0.5"], "tcp_ridge", 0.9 - 1 / 101),
    ("split", [], "tcp_split", 0.9 - 1 / 51),
    ("loo", [], "tcp_loo", None),
    ("max", [], "full_on_max_range", 0.9 - 1 / 101),
])
def test_tcp(conformal, expected, reference, trim, words, key, guarantee):
    if trim == "split":
        words = ["--split-index", reference / "lasso_split_I1.npy"]
    metrics, folder = conformal("tcp", "--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test",
                                reference / "lasso_Xtest.npy", "--test-y", reference / "lasso_Ytest.npy", "--trim", trim, *words)
    wanted = expected("lasso_expected.json")["tests"]
    assert_sets(folder, [case[key] for case in wanted], 1e-8)
    assert metrics["guarantee"] == (None if guarantee is None else pytest.approx(guarantee))
    points = read_csv(folder / "points.csv")
    if trim == "split":
        for row, case in zip(points, wanted):
            assert [float(row["trim_lower"]), float(row["trim_upper"])] == pytest.approx(case["split_trim"], abs=1e-9)
        assert metrics["alpha_trim"] == pytest.approx(1 / 51) and metrics["mean_trim_width"] > metrics["mean_width"]
    assert all(int(row["segments"]) >= 1 for row in points)


def test_tcp_levels_and_rules(conformal, frugal, reference, tmp_path):
    words = ["--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test", reference / "lasso_Xtest.npy"]
    exact, _ = conformal("tcp", *words, "--exact-level")
    assert exact["guarantee"] == pytest.approx(0.9)
    result = frugal("conformal", "tcp", *words, "--lambda-rule", "cv", "--no-figures", "-o", tmp_path / "cv")
    assert result.code == 0 and "nothing is proved" in result.err, result.text
    assert read_summary(tmp_path / "cv")["metrics"]["guarantee"] is None
    grid, folder = conformal("tcp", *words, "--grid", "0.05")
    assert {row["status"] for row in read_csv(folder / "intervals.csv")} == {"grid"}
    fixed, other = conformal("tcp", *words, "--trim", "range", "--range", "-4:4", name="range")
    assert fixed["guarantee"] is None and fixed["mean_trim_width"] == 8


# ---- split -----------------------------------------------------------------------------------------------------------------

def test_split(conformal, expected, halves):
    metrics, folder = conformal("split", *halves)
    wanted = expected("diab_expected.json")["split"]
    assert_sets(folder, wanted["intervals"], 1e-9)
    assert metrics["score_quantile"] == pytest.approx(wanted["q"], abs=1e-9)
    assert metrics["calibration_points"] == 160 and metrics["guarantee"] == 0.9


def test_split_signed(conformal, expected, halves):
    for case in expected("extra.json")["split_asymmetric"]:
        _, folder = conformal("split", *halves, "--signed", "--alpha", case["alpha"])
        assert_sets(folder, case["intervals"], 1e-9, case["alpha"])


@pytest.fixture
def prefit(reference, expected, tmp_path):
    """The ridge predictions of the reference as files of another program."""
    split = expected("diab_expected.json")["split"]
    cal, test = arrays.rows(reference / "diab_Xcal.npy"), arrays.rows(reference / "diab_Xtest.npy")
    for name, points in [("cal", cal), ("test", test)]:
        values = [split["intercept"] + sum(a * b for a, b in zip(split["coef"], row)) for row in points]
        (tmp_path / f"{name}.csv").write_text("mu\n" + "\n".join(map(repr, values)))
    words = ["--cal-mu", tmp_path / "cal.csv", "--cal-y", reference / "diab_Ycal.npy", "--test-mu", tmp_path / "test.csv"]
    return words, cal, test


def column_file(path, values):
    path.write_text("\n".join(map(str, values)))
    return path


def test_split_of_predictions(conformal, expected, prefit):
    words, _, _ = prefit
    _, folder = conformal("split", *words)
    assert_sets(folder, expected("diab_expected.json")["split"]["intervals"], 1e-9)


def test_split_normalised(conformal, expected, prefit, tmp_path):
    words, cal, test = prefit
    scales = [column_file(tmp_path / name, [repr(1 + 0.5 * abs(row[2])) for row in points])
              for name, points in [("s.csv", cal), ("st.csv", test)]]
    metrics, folder = conformal("split", *words, "--normalised", "--cal-sigma", scales[0], "--test-sigma", scales[1])
    wanted = expected("diab_expected.json")["split_normalised"]
    assert_sets(folder, wanted["intervals"], 1e-9)
    assert metrics["score_quantile"] == pytest.approx(wanted["q"], abs=1e-9)


def test_split_by_group(conformal, expected, prefit, reference, tmp_path):
    words, cal, test = prefit
    groups = [column_file(tmp_path / name, ["upper" if row[1] > 0 else "lower" for row in points])
              for name, points in [("g.csv", cal), ("gt.csv", test)]]
    _, folder = conformal("split", *words, "--groups", groups[0], "--test-groups", groups[1], "--test-y",
                          reference / "diab_Ytest.npy")
    wanted = expected("diab_expected.json")["mondrian"]
    found = sets_of(folder)
    for [[low, high]], group in zip(found, wanted["group_test"]):
        assert (high - low) / 2 == pytest.approx(wanted["q"][group], abs=1e-9)
    rows = {row["group"]: row for row in read_csv(folder / "coverage.csv")}
    assert set(rows) == {"", "lower", "upper"} and rows["upper"]["guarantee"] == "0.9"
    assert int(rows[""]["points"]) == int(rows["lower"]["points"]) + int(rows["upper"]["points"]) == 12


@pytest.mark.parametrize("words, infinite, reason", [
    (["--signed", "--alpha", "0.1"], 3, "each side takes half"),
    (["--groups", "cal-group.csv", "--test-groups", "test-group.csv"], 2, "groups have too few"),
    (["--weights", "cal-weight.csv", "--test-weights", "test-weight.csv"], 1, "weights are too large"),
])
def test_sets_that_are_infinite_for_a_reason(frugal, tmp_path, words, infinite, reason):
    for name, values in [("cal-mu", [0] * 12), ("cal-y", range(12)), ("test-mu", [0] * 3), ("cal-group", "aaaaaaaaaabb"),
                         ("test-group", "abc"), ("cal-weight", [1] * 12), ("test-weight", [1, 1, 90])]:
        column_file(tmp_path / f"{name}.csv", values)
    words = [tmp_path / word if word.endswith(".csv") else word for word in words]
    result = frugal("conformal", "split", "--cal-mu", tmp_path / "cal-mu.csv", "--cal-y", tmp_path / "cal-y.csv", "--test-mu",
                    tmp_path / "test-mu.csv", *words, "--no-figures", "-o", tmp_path / "out")
    assert result.code == 0 and f"{infinite} of 3 test points are infinite" in result.err and reason in result.err


def test_split_weighted(conformal, expected, prefit, tmp_path):
    words, cal, test = prefit
    weights = [column_file(tmp_path / name, [repr(math.exp(row[2])) for row in points])
               for name, points in [("w.csv", cal), ("wt.csv", test)]]
    _, folder = conformal("split", *words, "--weights", weights[0], "--test-weights", weights[1])
    for [[low, high]], q in zip(sets_of(folder), expected("diab_expected.json")["weighted"]["q"]):
        assert (high - low) / 2 == pytest.approx(q, abs=1e-9)


def test_split_lasso_by_cross_validation(conformal, reference):
    words = ["--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test", reference / "lasso_Xtest.npy",
             "--split-index", reference / "lasso_split_I1.npy", "--model", "lasso", "--no-intercept"]
    rule, folder = conformal("split", *words)
    assert read_summary(folder)["settings"]["lambda"] == pytest.approx(math.sqrt(50 * math.log(300)), rel=1e-12)
    cv, folder = conformal("split", *words, "--lambda-rule", "cv", name="cv")
    assert 0 < read_summary(folder)["settings"]["lambda"] and cv["guarantee"] == rule["guarantee"] == 0.9


def test_split_lasso_by_rule(conformal, expected, reference):
    _, folder = conformal("split", "--x", reference / "lasso_X.npy", "--y", reference / "lasso_Y.npy", "--test",
                          reference / "lasso_Xtest.npy", "--split-index", reference / "lasso_split_I1.npy", "--model", "lasso",
                          "--no-intercept")
    wanted = expected("lasso_expected.json")["tests"]
    assert_sets(folder, [case["split"] for case in wanted], 1e-9)
    for row, case in zip(read_csv(folder / "points.csv"), wanted):
        assert float(row["centre"]) == pytest.approx(case["split_center"], abs=1e-9)


def test_too_few_calibration_points_are_infinite(conformal, frugal, tmp_path):
    for name, values in [("mu", [1.5] * 4), ("y", [0, 1, 2, 3]), ("t", [1.5])]:
        column_file(tmp_path / f"{name}.csv", values)
    words = ["--cal-mu", tmp_path / "mu.csv", "--cal-y", tmp_path / "y.csv", "--test-mu", tmp_path / "t.csv"]
    metrics, folder = conformal("split", *words, "--alpha", "0.1,0.2")
    assert sets_of(folder, 0.1) == [[[-math.inf, math.inf]]] and sets_of(folder, 0.2) == [[[0, 3]]]
    assert metrics["share_infinite"] == {"0.1": 1, "0.2": 0} and metrics["mean_width"] == {"0.1": None, "0.2": 3}
    assert any("infinite" in warning for warning in read_summary(folder)["warnings"])


# ---- jackknife, cqr ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("variant, key, guarantee", [
    ("plain", "jackknife", None), ("plus", "jackknife_plus", 0.8), ("minmax", "jackknife_minmax", 0.9),
])
def test_jackknife(conformal, expected, diabetes, variant, key, guarantee):
    metrics, folder = conformal("jackknife", *diabetes, "--variant", variant)
    assert_sets(folder, [case[key] for case in expected("diab_expected.json")["jackknife_family"]], 1e-9)
    assert metrics["guarantee"] == guarantee


def test_cv_plus(conformal, expected, diabetes, reference):
    _, folder = conformal("jackknife", *diabetes, "--variant", "cv+", "--folds", reference / "diab_fold.npy")
    assert_sets(folder, expected("diab_expected.json")["cv_plus"], 1e-9)
    first, _ = conformal("jackknife", *diabetes, "--variant", "cv+", "--folds", "5")
    again, _ = conformal("jackknife", *diabetes, "--variant", "cv+", "--folds", "5", "--threads", "1")
    other, _ = conformal("jackknife", *diabetes, "--variant", "cv+", "--folds", "5", "--seed", "2")
    assert first["mean_width"] == again["mean_width"] != other["mean_width"]


def test_cqr(conformal, expected, halves):
    _, folder = conformal("cqr", *halves)
    assert_sets(folder, expected("diab_expected.json")["cqr"]["intervals"], 1e-6)


def test_cqr_of_quantiles(conformal, expected, reference, tmp_path):
    wanted = expected("diab_expected.json")["cqr"]
    words = ["--cal-y", reference / "diab_Ycal.npy"]
    for side, key in [("low", "beta_lo"), ("high", "beta_hi")]:
        for part, name in [("cal", "diab_Xcal"), ("test", "diab_Xtest")]:
            values = [wanted[key][0] + sum(a * b for a, b in zip(wanted[key][1:], row))
                      for row in arrays.rows(reference / f"{name}.npy")]
            words += [f"--{part}-{side}", column_file(tmp_path / f"{part}{side}.csv", map(repr, values))]
    _, folder = conformal("cqr", *words)
    assert_sets(folder, wanted["intervals"], 1e-6)


# ---- classes -----------------------------------------------------------------------------------------------------------------

@pytest.fixture
def classes(reference):
    return ["--cal-prob", reference / "cls_Pcal.npy", "--cal-label", reference / "cls_ycal.npy", "--prob",
            reference / "cls_Ptest.npy"]


def labels_of(folder, alpha=0.1):
    sets = {}
    for row in read_csv(folder / "sets.csv"):
        if float(row["alpha"]) == alpha:
            sets.setdefault(row["test_id"], []).extend([int(row["label"])] if row["label"] != "" else [])
    return list(sets.values())


def test_lac_and_aps(conformal, expected, classes):
    wanted = expected("cls_expected.json")
    for score in ["lac", "aps"]:
        metrics, folder = conformal("classify", *classes, "--score", score)
        assert labels_of(folder) == wanted[score]["sets"]
        assert metrics["threshold"] == pytest.approx(wanted[score]["q"], abs=1e-12)
        assert metrics["mean_size"] == pytest.approx(sum(map(len, wanted[score]["sets"])) / 20)


def test_randomised_aps(conformal, expected, classes, reference, tmp_path):
    wanted = expected("cls_expected.json")["aps_randomised"]
    u = arrays.read(reference / "cls_ucal.npy")[1] + arrays.read(reference / "cls_utest.npy")[1]
    arrays.write(tmp_path / "u.npy", u)
    metrics, folder = conformal("classify", *classes, "--score", "aps", "--randomise", tmp_path / "u.npy")
    assert labels_of(folder) == wanted["sets"] and [] in wanted["sets"]
    assert metrics["threshold"] == pytest.approx(wanted["q"], abs=1e-12)
    assert metrics["share_empty"] == pytest.approx(wanted["sets"].count([]) / 20)
    _, seeded = conformal("classify", *classes, "--score", "aps", "--randomise", "seed", name="seeded")
    assert labels_of(seeded) != wanted["sets"]
    _, full = conformal("classify", *classes, "--score", "aps", "--randomise", tmp_path / "u.npy", "--at-least-one",
                        name="full")
    assert [] not in labels_of(full)


def test_by_label(conformal, expected, classes):
    wanted = expected("cls_expected.json")
    _, folder = conformal("classify", *classes, "--by-label", "--pvalues")
    assert labels_of(folder) == wanted["mondrian_lac"]["sets"]
    thresholds = [float(row["threshold"]) for row in read_csv(folder / "thresholds.csv")]
    assert thresholds == pytest.approx(wanted["mondrian_lac"]["q"], abs=1e-12)
    values = [float(row["p_value"]) for row in read_csv(folder / "pvalues.csv")]
    assert values == pytest.approx(sum(wanted["label_conditional_pvalues"], []), abs=1e-12)


def test_raps(conformal, expected, classes, reference, tmp_path):
    u = arrays.read(reference / "cls_ucal.npy")[1] + arrays.read(reference / "cls_utest.npy")[1]
    arrays.write(tmp_path / "u.npy", u)
    for case in expected("extra.json")["raps"]:
        words = ["--randomise", tmp_path / "u.npy"] if case["randomised"] else []
        metrics, folder = conformal("classify", *classes, "--score", "raps", "--penalty", case["reg"], "--free-ranks",
                                    case["kreg"], "--alpha", case["alpha"], *words)
        assert labels_of(folder, case["alpha"]) == case["sets"]
        assert metrics["threshold"] == pytest.approx(case["q"], abs=1e-12)


def test_classes_with_names(conformal, tmp_path):
    """Columns of the test table in another order; coverage for each true class."""
    cal = ["cat,dog"] + ["0.9,0.1", "0.2,0.8"] * 10
    (tmp_path / "cal.csv").write_text("\n".join(cal))
    (tmp_path / "label.csv").write_text("\n".join(["cat", "dog"] * 10))  # no heading, though it is made of words
    (tmp_path / "test.csv").write_text("dog,cat\n0.05,0.95\n0.85,0.15\n")
    (tmp_path / "truth.csv").write_text("animal\ncat\ncat\n")
    metrics, folder = conformal("classify", "--cal-prob", tmp_path / "cal.csv", "--cal-label", tmp_path / "label.csv",
                                "--prob", tmp_path / "test.csv", "--test-label", tmp_path / "truth.csv", "--alpha", "0.1")
    rows = read_csv(folder / "sets.csv")
    assert [(row["test_id"], row["label"]) for row in rows] == [("0", "cat"), ("1", "dog")]
    assert metrics["coverage"] == 0.5 and metrics["classes"] == 2
    groups = {row["group"]: row for row in read_csv(folder / "coverage.csv")}
    assert set(groups) == {"", "cat"} and groups["cat"]["guarantee"] == ""  # holds on average over classes only


# ---- online ------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("heading", [[], ["city"]])
def test_labels_with_blanks(conformal, tmp_path, heading):
    """A file of labels has one column, whatever stands in a line."""
    cities = ["New York", "Paris", "Los Angeles", "Paris"]
    (tmp_path / "cal-group.csv").write_text("\n".join(heading + cities * 5) + "\n")
    (tmp_path / "test-group.csv").write_text("\n".join(heading + cities) + "\n")
    words = [f"--{name}={column_file(tmp_path / (name + '.csv'), values)}" for name, values in [
        ("cal-mu", [0] * 20), ("cal-y", [1, 2, 3, 2] * 5), ("test-mu", [0] * 4)]]
    _, folder = conformal("split", *words, "--groups", tmp_path / "cal-group.csv", "--test-groups",
                          tmp_path / "test-group.csv", "--alpha", "0.5")
    assert sets_of(folder, 0.5) == [[[-1, 1]], [[-2, 2]], [[-3, 3]], [[-2, 2]]]
    assert [row["group"] for row in read_csv(folder / "points.csv")] == cities


def test_online(conformal, expected, tmp_path):
    for case in expected("extra.json")["aci"]:
        steps, cal = case["steps"], case["cal_scores"]
        words = ["--cal-mu", column_file(tmp_path / "mu.csv", [0] * len(cal)),
                 "--cal-y", column_file(tmp_path / "y.csv", cal),
                 "--test-mu", column_file(tmp_path / "t.csv", [0] * len(steps)),
                 "--test-y", column_file(tmp_path / "ty.csv", [-step["score"] for step in steps])]
        metrics, folder = conformal("online", *words, "--alpha", case["alpha"], "--gamma", case["g"])
        rows = read_csv(folder / "online.csv")
        for row, step in zip(rows, steps):
            assert float(row["alpha_t"]) == pytest.approx(step["alpha_t"], abs=1e-12)
            assert int(row["error"]) == step["err"] and float(row["score"]) == step["score"]
            assert float(row["q"]) == float(step["q"])
        assert metrics["coverage"] == pytest.approx(1 - sum(step["err"] for step in steps) / len(steps))
        assert metrics["guarantee"] is None
        assert metrics["alpha_next"] == pytest.approx(case["alpha_next"], abs=1e-12)
        assert float(rows[-1]["error_rate"]) == pytest.approx(1 - metrics["coverage"])
