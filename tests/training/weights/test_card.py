"""Cards of the embedded weights say what their files say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.weights.card import write_card
from zoo import DISCLAIMER
from zoo.registry import load_registry
from zoo.weights.calibration import Calibration
from zoo.weights.load import load_weights
from zoo.weights.record import TrainingRecord

TRAINED = [spec for spec in load_registry().models.values() if spec.is_trained]


@pytest.mark.parametrize("spec", TRAINED, ids=[spec.id for spec in TRAINED])
def test_the_card_beside_the_weights_is_up_to_date(spec, tmp_path):
    record = load_weights(spec).record
    card = write_card(tmp_path / spec.weights.name, spec, record).read_text(encoding="utf-8")
    assert spec.weights.with_suffix(".md").read_text(encoding="utf-8") == card
    for text in (DISCLAIMER, spec.card.limits, record.trained_on, f"AUC {record.details['held_out']['auc']:.3f}"):
        assert text in card


def test_the_card_shows_how_it_does_on_other_scanners(tmp_path):
    spec = TRAINED[0]
    stored = {
        "cases": 9,
        "auc": 0.9,
        "accuracy": 0.8,
        "brier": 0.1,
        "ece": 0.05,
        "sensitivity": 0.7,
        "specificity": 1.0,
    }
    shifted = {**stored, "auc": 0.85, "brier": 0.125, "sensitivity": 0.625, "specificity": None}
    details = {"seed": 0, "cohort": "c", "epochs": 3, "held_out": stored}
    record = TrainingRecord("4 studies", Calibration(1.0, 0.0, "2 studies, seen twice"), details=details)
    before = write_card(tmp_path / "old.safetensors", spec, record).read_text(encoding="utf-8")
    record = replace(record, details={**details, "held_out_shifted": shifted})
    card = write_card(tmp_path / "new.safetensors", spec, record).read_text(encoding="utf-8")
    assert "- Probability: calibrated on 2 studies, seen twice (" in card
    assert card.removeprefix(before) == (
        "- As other scanners would have given these (as stored): AUC 0.850 (0.900), sensitivity 0.625 (0.700), "
        "specificity unknown (1.000), Brier score 0.125 (0.100), calibration error 0.050 (0.050)\n"
    )
