"""The leaderboard tells what the statistics tell, as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from training.statistics.comparisons import delong_test
from training.whole_zoo.grading import grade_prepared
from training.whole_zoo.make_leaderboard import make_leaderboard
from zoo.assets.standings import read_standings
from zoo.types.roles import ATTENTION_ON_T1CE, HEADLINE_MODEL


@pytest.fixture(scope="module")
def graded(whole, models, tmp_path_factory):
    work = tmp_path_factory.mktemp("graded")
    cohorts = {"held_out": whole.test_cohort, "shifted": whole.test_cohort, "unseen": whole.unseen_cohort}
    return {
        name: (cohort, grade_prepared(models, cohort, work, models[0].spec.id, shifted=name == "shifted"))
        for name, cohort in cohorts.items()
    }


def test_figures_are_those_of_the_answers(whole, models, graded, tmp_path):
    seconds = {model.spec.id: 0.25 for model in models}
    found = json.loads(json.dumps(make_leaderboard(models, graded, seconds).to_json()))
    row = found["models"]["single-t1ce.compact"]
    for name, (_, results) in graded.items():
        y = np.array([case.grade == "HGG" for case in results.cases])
        p_hgg = results.outcomes[0].p_hgg
        assert row[name]["auc"]["value"] == pytest.approx(roc_auc_score(y, p_hgg))
        assert row[name]["brier"]["value"] == pytest.approx(brier_score_loss(y, p_hgg))
        assert row[name]["p_hgg"] == pytest.approx(p_hgg, abs=1e-4)
        studies = found["held_out" if name == "shifted" else name]
        assert studies["cases"] == len(y)
        assert studies["grades"] == [case.grade for case in results.cases]
        assert 0.5 < studies["ceiling"]["ceiling"]["auc"] <= 1
    assert row["shifted"]["p_hgg"] != row["held_out"]["p_hgg"]
    assert "modality_gain" not in found, "neither model of it is in this zoo"
    assert row["seconds"] == 0.25
    assert row["parameters"] > 100_000
    assert row["weights"] == models[0].revision
    assert set(found["models"]) == {model.spec.id for model in models}
    (tmp_path / "leaderboard.json").write_text(json.dumps(found))
    shown = {standing.id: standing for standing in read_standings(tmp_path / "leaderboard.json").rows}
    assert shown["single-t1ce.compact"].auc.value == row["held_out"]["auc"]["value"], "the page reads what is written"


def test_what_modalities_add_is_the_headline_less_t1ce_alone_on_every_cohort(models, graded):
    """Of two models that take these names, on what they really answered."""
    names = dict(zip([model.spec.id for model in models], [ATTENTION_ON_T1CE, HEADLINE_MODEL], strict=True))
    named = [replace(model, spec=replace(model.spec, id=names[model.spec.id])) for model in models]
    renamed = {name: (cohort, _renamed(results, names)) for name, (cohort, results) in graded.items()}
    gain = make_leaderboard(named, renamed, dict.fromkeys(names.values(), 0.1)).modality_gain
    assert (gain.model, gain.alone) == (HEADLINE_MODEL, ATTENTION_ON_T1CE)
    assert list(gain.on) == ["held_out", "shifted", "unseen"]
    for name, (_, results) in graded.items():
        y = np.array([case.grade == "HGG" for case in results.cases], np.int64)
        alone, headline = (np.array(outcome.p_hgg) for outcome in results.outcomes)
        expected = delong_test(y, headline, alone)
        assert gain.on[name].value == pytest.approx(roc_auc_score(y, headline) - roc_auc_score(y, alone))
        assert (gain.on[name].low, gain.on[name].p) == (
            expected.interval.low if expected.interval else None,
            expected.p_value,
        )


def _renamed(results, names):
    return replace(
        results,
        headline=names[results.headline],
        models=tuple(replace(row, name=names[row.name]) for row in results.models),
        outcomes=tuple(replace(row, model=names[row.model]) for row in results.outcomes),
    )
