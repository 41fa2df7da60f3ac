"""Cards of the embedded weights say what their files say."""

from __future__ import annotations

import pytest

from training.weights.card import write_card
from zoo import DISCLAIMER
from zoo.registry import load_registry
from zoo.weights.load import load_weights

TRAINED = [spec for spec in load_registry().models.values() if spec.is_trained]


@pytest.mark.parametrize("spec", TRAINED, ids=[spec.id for spec in TRAINED])
def test_the_card_beside_the_weights_is_up_to_date(spec, tmp_path):
    record = load_weights(spec).record
    card = write_card(tmp_path / spec.weights.name, spec, record).read_text(encoding="utf-8")
    assert spec.weights.with_suffix(".md").read_text(encoding="utf-8") == card
    for text in (DISCLAIMER, spec.card.limits, record.trained_on, f"AUC {record.details['held_out']['auc']:.3f}"):
        assert text in card
