from __future__ import annotations

import json

import pytest
from sklearn.metrics import roc_auc_score

from made_up_results import made_up_results
from training.evaluation.results import FOLDS, HOSPITALS, WHOLE, save_results
from zoo import ZooError
from zoo.page.leaderboard import own_results
from zoo.page.leaderboard.own_results import read_own_results


@pytest.fixture
def results(tmp_path):
    """results(**arguments of made_up_results) -> the file's path."""

    def save(**arguments):
        save_results(tmp_path / "mine.json", made_up_results(**arguments))
        return tmp_path / "mine.json"

    return save


@pytest.fixture
def altered(results):
    """altered(change) -> the path of a results file after change(its values)."""

    def alter(change):
        path = results()
        values = json.loads(path.read_text())
        change(values)
        path.write_text(json.dumps(values))
        return path

    return alter


@pytest.mark.parametrize("schemes", [(FOLDS,), (WHOLE,), (HOSPITALS, WHOLE)])
def test_the_answers_of_all_splits_are_taken_together(results, schemes):
    made = made_up_results(schemes=schemes)
    standings = read_own_results(results(schemes=schemes))
    hgg = {case.id: case.grade == "HGG" for case in made.cases}
    assert {row.id for row in standings.rows} == {row.name for row in made.models}
    for row in standings.rows:
        outcomes = [outcome for outcome in made.outcomes if (outcome.model, outcome.scheme) == (row.id, schemes[-1])]
        y = [hgg[case] for outcome in outcomes for case in outcome.cases]
        p_hgg = [p for outcome in outcomes for p in outcome.p_hgg]
        assert (row.y == y).all()
        assert row.auc.value == pytest.approx(roc_auc_score(y, p_hgg))
        assert (row.auc.low, row.shifted, row.unseen, row.seconds) == (None, None, None, None)
    assert [row.auc.value for row in standings.rows] == sorted((row.auc.value for row in standings.rows), reverse=True)


@pytest.mark.parametrize("simulated", [True, False])
def test_it_says_whose_figures_these_are(results, simulated):
    text = " ".join(read_own_results(results(simulated=simulated)).about)
    assert "Your own results: cohort made up, 166 cases, cross-validation" in text
    assert "`python -m training report FILE`" in text
    assert ("say nothing about patients" in text) is simulated


def test_a_control_without_a_size_stands_too(results):
    (control,) = [row for row in read_own_results(results()).rows if row.id == "site-control"]
    assert (control.parameters, control.gflops) == (None, None)


def test_a_model_that_graded_nothing_is_left_out(altered):
    def empty(values):
        for outcome in values["outcomes"]:
            if outcome["model"] == "single-t1ce":
                outcome.update(cases=[], logit=[], p_hgg=[])

    assert "single-t1ce" not in [row.id for row in read_own_results(altered(empty)).rows]


def test_one_grade_alone_has_no_auc(altered):
    def all_hgg(values):
        for case in values["cases"]:
            case["grade"] = "HGG"

    assert {row.auc for row in read_own_results(altered(all_hgg)).rows} == {None}


def _set(section, index, **values):
    return lambda results: results[section][index].update(values)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda values: values.update(format=2), "format 2"),
        (lambda values: values.pop("outcomes"), "JSON without outcomes"),
        (lambda values: values.pop("cases"), "no entry for 'cases'"),
        (lambda values: values.update(outcomes=[]), "neither cross-validation nor a whole cohort"),
        (lambda values: values.update(models=values["models"] * 100), "more than 200 models"),
        (lambda values: values.update(models=3), "other values than such a file holds"),
        (_set("cases", 0, grade="G4"), "the grade 'G4'"),
        (_set("cases", 0, id="other"), "no entry for"),
        (_set("outcomes", 0, p_hgg=[0.5]), "more cases than probabilities, or fewer"),
        (_set("models", 0, gflops=float("inf")), "the size inf"),
        (_set("models", 0, parameters="many"), "could not convert"),
    ],
)
def test_a_faulty_file_is_told_in_a_sentence(altered, change, found):
    with pytest.raises(ZooError) as raised:
        read_own_results(altered(change))
    text = str(raised.value)
    assert "mine.json: expected a results file of format 1, as `python -m training evaluate --out` writes it" in text
    assert found in text
    assert text.endswith("Choose another file, or evaluate again.")


@pytest.mark.parametrize("p_hgg", [1.5, -0.1, float("nan")])
def test_what_is_no_probability_is_refused(altered, p_hgg):
    def change(values):
        values["outcomes"][0]["p_hgg"][0] = p_hgg

    with pytest.raises(ZooError, match="not between 0 and 1"):
        read_own_results(altered(change))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"I am a text file", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "JSON without outcomes"),
        (b"[" * 100_000, "found"),
    ],
    ids=["text", "bytes", "list", "deep"],
)
def test_other_files_are_refused(tmp_path, content, found):
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(ZooError, match=found):
        read_own_results(path)


def test_a_large_file_is_refused_before_it_is_read(results, monkeypatch):
    monkeypatch.setattr(own_results, "MOST_BYTES", 1000)
    with pytest.raises(ZooError, match="more than 0 MB"):
        read_own_results(results())


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(ZooError, match="the file is gone"):
        read_own_results(tmp_path / "gone.json")


def test_long_names_are_cut(altered):
    rows = read_own_results(altered(_set("models", 0, title="x" * 10_000))).rows
    assert max(len(row.title) for row in rows) == own_results.MOST_LETTERS
