"""The tables say what the results file says."""

from __future__ import annotations

import json
from pathlib import Path

import training
from training.faithfulness.score_tables import controls_table, scores_table, to_markdown

HOME = Path(training.__file__).parent


def _scores(deletion, insertion, **other):
    common = {"infidelity": 0.25, "sensitivity": 0.1, "random_weights": 0.3, "ratio": 4.0, "share": 0.2, "hit": 1.0}
    return {"deletion": deletion, "insertion": insertion, **common, **other}


CONTROLS = [
    {"study": 2.0, "twin": 0.0, "random": _scores([2, 1], [0, 0]), "lesion": _scores([0, 0], [2, 2])},
    {"study": -3.0, "twin": -1.0, "random": _scores([-3, -2], [-1, -1]), "lesion": _scores([-1, -1], [-3, -3])},
]
HALF = [
    _scores([1, 0.5], [1, 1]),
    _scores([-2, -1.5], [-2, -2], infidelity=None, sensitivity=None, ratio=None, share=0.4, hit=0.0),
]
RESULTS = {
    "models": {
        "one": {"weights": "x", "controls": CONTROLS, "explainers": {"half": HALF}, "refused": {"attention": "why"}}
    }
}


def _rows(markdown):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if "|" in line]


def test_scores_are_normalised_and_averaged():
    """Both curves go half the way from chance to the lesion, in both studies, whichever way the margin moves."""
    row = _rows(to_markdown(RESULTS))[2]
    half = "0.50 [0.50, 0.50]"
    assert row == ["`one`", "`half`", half, half, "0.25", "0.10", "0.30", "4.0", "0.30", "1 of 2"]


def test_controls_are_in_logits():
    assert _rows(to_markdown(RESULTS))[-1] == ["`one`", "2.00", "2.00", "0.50", "2.00", "0.00"]


def test_what_gives_no_map_is_named():
    assert "`one`: `attention`" in to_markdown(RESULTS)
    assert "No map" not in to_markdown({"models": {"one": RESULTS["models"]["one"] | {"refused": {}}}})


def test_a_lesion_no_better_than_chance_gives_no_score():
    control = CONTROLS[0] | {"lesion": CONTROLS[0]["random"]}
    model = RESULTS["models"]["one"] | {"controls": [control], "explainers": {"half": HALF[:1]}}
    assert _rows(to_markdown({"models": {"one": model}}))[2][2:4] == ["–", "–"]


def test_the_notebook_shows_what_was_measured():
    results = json.loads((HOME / "faithfulness" / "results.json").read_text(encoding="utf-8"))
    readme = (HOME / "experiments" / "explanations.md").read_text(encoding="utf-8")
    assert scores_table(results) in readme
    assert controls_table(results) in readme
    assert f"{len(results['studies'])} simulated studies" in readme
