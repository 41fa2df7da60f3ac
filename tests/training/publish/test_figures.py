"""Evidence is of the very weights that are published, or says that it is not."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_up_results import Arm, made_up_results
from training.evaluation.results import FOLDS, WHOLE, save_results
from training.publish.evidence import write_predictions, write_results
from training.publish.figures import evidence_of
from training.publish.hub_card import model_card
from zoo import ZooError
from zoo.metrics import area_under, roc_curve
from zoo.weights.load import load_weights

LEADERBOARD = Path(__file__).parents[3] / "zoo" / "assets" / "leaderboard.json"
ID = "early-fusion.compact"


@pytest.fixture(scope="module")
def model(registry):
    return load_weights(registry.model(ID))


def _results(path, scheme, weights="", **changes):
    made = made_up_results({ID: Arm(0.9), "other": Arm(0.6)}, schemes=[scheme], **changes)
    save_results(path, replace(made, protocol={"weights": {ID: weights}}))
    return path


def test_the_leaderboard_gives_each_case_s_answer(model, tmp_path):
    evidence = evidence_of(model, LEADERBOARD)
    write_predictions(tmp_path / "predictions.csv", evidence)
    rows = list(csv.DictReader((tmp_path / "predictions.csv").open()))
    for one in evidence.test_sets:
        told = [(row["grade"] == "HGG", float(row["p_hgg"])) for row in rows if row["split"] == one.name]
        y, p_hgg = np.array(told).T
        assert area_under(roc_curve(y, p_hgg)) == pytest.approx(one.auc, abs=1e-3)
    assert len({row["case"] for row in rows}) == len(rows) == 1000


def test_the_results_file_says_how_the_cohort_was_split(model, tmp_path):
    write_results(tmp_path / "results.json", model, evidence_of(model, LEADERBOARD))
    told = json.loads((tmp_path / "results.json").read_text())
    assert told["training"]["split_sizes"] == {"train": 1800, "inner": 300, "held_out": 300}
    assert [one["cases"] for one in told["test_sets"]] == [300, 300, 400]


def test_studies_as_other_scanners_would_have_given_them_are_a_set_of_their_own(model, tmp_path):
    board = json.loads(LEADERBOARD.read_text())
    board["models"][ID]["shifted"] = board["models"][ID]["held_out"]
    (tmp_path / "board.json").write_text(json.dumps(board))
    evidence = evidence_of(model, tmp_path / "board.json")
    held_out, shifted, _ = evidence.test_sets
    assert [one.name for one in evidence.test_sets] == ["held_out", "shifted", "unseen"]
    assert (shifted.fingerprint, shifted.cases) == (held_out.fingerprint, held_out.cases)
    assert {row.split for row in shifted.predictions} == {"shifted"}
    text = " ".join(model_card(model, evidence, "someone/a-model", "mit").text.split())
    assert "**shifted**: 300 held-out studies as other scanners would have given them, cohort `" in text
    assert "true signs reaches an AUC of 0.959 on held_out, 0.946 on unseen." in text


def test_a_cross_validation_is_of_other_weights(model, tmp_path):
    evidence = evidence_of(model, _results(tmp_path / "r.json", FOLDS))
    (one,) = evidence.test_sets
    assert not one.these_weights
    assert {row.split for row in one.predictions} == {f"fold {number} of 5" for number in range(1, 6)}
    assert one.hospitals["Henry Ford"] == {"LGG": 34, "HGG": 35}
    text = " ".join(model_card(model, evidence, "someone/a-model", "mit").text.split())
    assert "not of the weights in this repository" in text
    assert f"same hospital: {one.same_hospital['auc']:.3f}" in text
    assert "How long a study takes was not measured" in text


def test_given_weights_must_be_these(model, tmp_path):
    (one,) = evidence_of(model, _results(tmp_path / "r.json", WHOLE, model.revision)).test_sets
    assert one.these_weights
    with pytest.raises(ZooError, match=r"are of the weights embedded:000, not of embedded:\w+\. Measure them with"):
        evidence_of(model, _results(tmp_path / "r.json", WHOLE, "embedded:000"))


def test_patients_are_published_under_a_mark(model, tmp_path):
    (simulated,) = evidence_of(model, _results(tmp_path / "r.json", FOLDS)).test_sets
    (real,) = evidence_of(model, _results(tmp_path / "r.json", FOLDS, simulated=False)).test_sets
    assert "CBICA-HGG-0" in {row.case for row in simulated.predictions}
    assert all(len(row.case) == 8 for row in real.predictions)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda board: board["models"].pop(ID), "found none. Measure them"),
        (lambda board: board["models"][ID].update(weights="embedded:000"), "found figures of other weights"),
        (lambda board: board.pop("models"), "expected a leaderboard"),
        (lambda board: board["models"][ID]["unseen"]["p_hgg"].pop(), "expected a leaderboard"),
    ],
)
def test_a_leaderboard_that_does_not_fit_is_refused(model, tmp_path, change, words):
    board = json.loads(LEADERBOARD.read_text())
    change(board)
    (tmp_path / "board.json").write_text(json.dumps(board))
    with pytest.raises(ZooError, match=words):
        evidence_of(model, tmp_path / "board.json")


def test_results_of_other_models_are_refused(registry, tmp_path):
    with pytest.raises(ZooError, match=r"expected its answers in the results, found those of early-fusion\.compact"):
        evidence_of(load_weights(registry.model("volume-control")), _results(tmp_path / "r.json", FOLDS))
    with pytest.raises(ZooError, match="expected a leaderboard"):
        evidence_of(load_weights(registry.model("volume-control")), tmp_path / "none.json")
