"""The whole report: a cohort beside its like, and beside one that is shifted."""

from __future__ import annotations

import json

import pytest

from training.realism.compare import write_realism


@pytest.fixture
def undrawn(monkeypatch):
    """Figures alone: to draw them takes longer than to find them."""
    monkeypatch.setattr("training.realism.compare._draw", lambda *given: [])


def test_alike_cohorts_are_near_and_can_not_be_told_apart(undrawn, make_cohort, tmp_path):
    out = tmp_path / "out"
    figures = write_realism(make_cohort("real"), make_cohort("simulated", cases=8, seed=50), out)
    assert all(each["distance"] < 0.03 for channels in figures["intensities"].values() for each in channels.values())
    assert figures["shapes"]["whole_ml"]["distance"] == 0
    assert 0.25 < figures["c2st_auc"]["all"]["value"] < 0.75
    assert json.loads((out / "realism.json").read_text()) == figures


def test_a_cohort_is_nowhere_apart_from_itself(undrawn, make_cohort, tmp_path):
    home = make_cohort("real")
    figures = write_realism(home, home, tmp_path / "out")
    assert all(each["distance"] == 0 for channels in figures["intensities"].values() for each in channels.values())
    assert all(fact["distance"] == 0 for kind in ("shapes", "scans") for fact in figures[kind].values())
    assert figures["c2st_auc"]["all"]["value"] == pytest.approx(0.5)


def test_a_shifted_cohort_is_far_and_told_apart(undrawn, make_cohort, tmp_path):
    simulated = make_cohort("simulated", seed=50, gain=1.5, smooth=True)
    figures = write_realism(make_cohort("real"), simulated, tmp_path / "out")
    assert figures["intensities"]["core"]["t2"]["distance"] > 0.5
    assert figures["scans"]["t1 noise"]["distance"] == 1
    assert figures["c2st_auc"]["all"]["value"] > 0.95


def test_the_folder_holds_words_and_every_picture(make_cohort, tmp_path):
    out = tmp_path / "out"
    real = make_cohort("real", masks=3)
    (real / "LGG" / "empty").mkdir()
    write_realism(real, make_cohort("simulated", cases=2), out)
    text = (out / "realism.md").read_text(encoding="utf-8")
    pictures = {path.name for path in out.glob("*.png")}
    assert pictures == {"montage-1.png", "intensities.png", "shapes.png", "scans.png"}
    assert all(f"![{name}]({name})" in text for name in pictures)
    assert "never to train or select" in text
    assert "without a mask: real3; left out: empty: no NIfTI file" in " ".join(text.split())
