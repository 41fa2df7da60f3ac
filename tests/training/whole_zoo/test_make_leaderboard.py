"""The leaderboard tells what the statistics tell, as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from training.whole_zoo.grading import grade_prepared
from training.whole_zoo.make_leaderboard import make_leaderboard
from zoo.assets.standings import read_standings


@pytest.fixture(scope="module")
def graded(whole, models, tmp_path_factory):
    work = tmp_path_factory.mktemp("graded")
    cohorts = {"held_out": whole.test_cohort, "unseen": whole.unseen_cohort}
    return {name: (cohort, grade_prepared(models, cohort, work, models[0].spec.id)) for name, cohort in cohorts.items()}


def test_figures_are_those_of_the_answers(whole, models, graded, tmp_path):
    seconds = {model.spec.id: 0.25 for model in models}
    found = json.loads(json.dumps(make_leaderboard(models, graded, seconds).to_json()))
    row = found["models"]["single-t1ce.compact"]
    for name, (_, results) in graded.items():
        y = np.array([case.grade == "HGG" for case in results.cases])
        p_hgg = results.outcomes[0].p_hgg
        assert row[name]["auc"]["value"] == pytest.approx(roc_auc_score(y, p_hgg))
        assert row[name]["brier"]["value"] == pytest.approx(brier_score_loss(y, p_hgg))
        assert found[name]["cases"] == len(y)
        assert found[name]["grades"] == [case.grade for case in results.cases]
        assert 0.5 < found[name]["ceiling"]["ceiling"]["auc"] <= 1
        assert row[name]["p_hgg"] == pytest.approx(p_hgg, abs=1e-4)
    assert row["seconds"] == 0.25
    assert row["parameters"] > 100_000
    assert row["weights"] == models[0].revision
    assert set(found["models"]) == {model.spec.id for model in models}
    (tmp_path / "leaderboard.json").write_text(json.dumps(found))
    shown = {standing.id: standing for standing in read_standings(tmp_path / "leaderboard.json").rows}
    assert shown["single-t1ce.compact"].auc.value == row["held_out"]["auc"]["value"], "the page reads what is written"
