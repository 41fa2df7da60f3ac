"""The card that lies beside a weights file: what the model is, what it was trained on, how it did, what it can't do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoo import DISCLAIMER, ModelSpec
from zoo.weights.record import TrainingRecord

TEMPLATE = """# {spec.title} (`{spec.id}`)

**{disclaimer}**

{spec.card.summary}

- Reference: {spec.card.reference}
- Intended use: {spec.card.intended_use}
- Limits: {spec.card.limits}
- Trained on: {record.trained_on}; {how}, seed {details[seed]}, cohort `{details[cohort]}`
- Probability: {record.calibration.description} (slope {record.calibration.slope:.3f}, intercept \
{record.calibration.intercept:.3f}); HGG from {record.threshold:g} on
- Measured on {held_out[cases]} held-out studies of the same cohort: AUC {held_out[auc]:.3f}, accuracy \
{held_out[accuracy]:.3f}, Brier score {held_out[brier]:.3f}
"""
MEASURES = {
    "AUC": "auc",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "Brier score": "brier",
    "calibration error": "ece",
}


def write_card(weights: Path, spec: ModelSpec, record: TrainingRecord) -> Path:
    """Write the card of a weights file, under the same name with the ending .md."""
    details = dict(record.details or {})
    path = weights.with_suffix(".md")
    how = f"{details['epochs']} epochs" if spec.phases else "without gradient training"
    text = TEMPLATE.format(
        spec=spec, record=record, details=details, how=how, held_out=details["held_out"], disclaimer=DISCLAIMER
    )
    path.write_text(text + _shifted(details), encoding="utf-8")
    return path


def _shifted(details: Mapping[str, Any]) -> str:
    """Compare what was measured of the same studies' other looks with the studies as stored; "" where it was not."""
    if "held_out_shifted" not in details:
        return ""
    seen, stored = details["held_out_shifted"], details["held_out"]
    figures = (f"{title} {_figure(seen[name])} ({_figure(stored[name])})" for title, name in MEASURES.items())
    return f"- As other scanners would have given these (as stored): {', '.join(figures)}\n"


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
