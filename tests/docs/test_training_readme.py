"""Training's README and its lab notebook: figures are the leaderboard's, and questions are dated."""

from __future__ import annotations

import re
from datetime import date

import pytest

from documents import ROOT, anchors, read, section, unwrapped
from training.evaluation.experiments import EXPERIMENTS, SHIFT
from training.whole_zoo.leaderboard_tables import (
    HOW_GRADES_ARE_READ,
    ceiling,
    grades_table,
    models_table,
    readings_table,
)
from zoo.assets.leaderboard import read_leaderboard
from zoo.assets.standings import modality_gain
from zoo.weights.load import load_weights

README = read("training/README.md")
LEADERBOARD = read_leaderboard()
NOTEBOOK = ROOT / "training" / "experiments"
QUESTIONS = sorted(path.name for path in NOTEBOOK.glob("*.md") if path.name != "README.md")


def test_figures_of_the_weights_are_those_of_the_leaderboard():
    part = section(README, "## Figures")
    assert models_table(LEADERBOARD) in part
    assert f"{HOW_GRADES_ARE_READ}\n\n{grades_table(LEADERBOARD)}" in part
    assert ceiling(LEADERBOARD) in unwrapped(part)
    assert modality_gain(LEADERBOARD) in unwrapped(part)


def test_figures_of_the_readings_are_those_of_the_leaderboard():
    for arms in LEADERBOARD.ablations.experiments.values():
        assert readings_table(arms) in read("training/experiments/guided-model.md")


def test_the_leaderboard_is_of_the_embedded_weights(registry):
    trained = [spec for spec in registry.models.values() if spec.is_trained]
    assert LEADERBOARD.models.keys() == {spec.id for spec in trained}
    for spec in trained:
        model, row = load_weights(spec), LEADERBOARD.models[spec.id]
        assert row.weights == model.revision
        assert row.held_out.auc.value == pytest.approx(model.record.details["held_out"]["auc"], abs=2e-3)


def test_every_experiment_of_the_protocol_is_in_its_table():
    assert set(re.findall(r"^\| `(\w+)` \|", section(README, "## Evaluate"), re.MULTILINE)) == {*EXPERIMENTS, SHIFT}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_file_of_the_notebook_is_a_dated_question(name):
    title, _, dated = (NOTEBOOK / name).read_text(encoding="utf-8").split("\n")[:3]
    assert re.fullmatch(r"# .+\?", title)
    assert date.fromisoformat(dated[:10])


def test_the_notebook_s_index_is_its_titles_and_dates():
    index = (NOTEBOOK / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(.+)\]\((.+)\) \| (\S+) \|", index, re.MULTILINE)
    assert [file for _, file, _ in rows] == sorted(QUESTIONS, key=[file for _, file, _ in rows].index)
    for title, file, asked in rows:
        text = (NOTEBOOK / file).read_text(encoding="utf-8")
        assert text.startswith(f"# {title}\n\n{asked}")
    assert [asked for *_, asked in rows] == sorted(asked for *_, asked in rows)
    assert "experiments" in anchors(index)
