"""Places where a card answers to the reporting guidelines CLAIM (2024) and TRIPOD+AI (2024)."""

from __future__ import annotations

from ..report.markdown import table

ITEMS = (
    ("Data sources, participants", "5, 6", "Training data; Sites"),
    ("Data preparation, predictors", "7, 9", "Limits: modalities, voxels; `recipe` in `config.json`"),
    ("Reference standard, outcome", "8", "LGG or HGG, as the cohort's own table says"),
    ("Sample size", "10", "Training data: as many as there were; no calculation"),
    ("Missing data", "11", "Limits: what is missing is refused or left out, never filled in"),
    ("Model, training, choice of the final model", "12, 22", "Training procedure; `model.safetensors`"),
    ("Fairness", "14", "Ethical considerations: not studied"),
    ("Output, threshold, calibration", "15", "Calibration"),
    ("Data partitions", "16", "Training data; `split` in `predictions.csv`"),
    ("Ethical approval", "17", "Ethical considerations"),
    ("Access to code, weights and answers", "18", "How to load; Versions; `predictions.csv`"),
    ("Performance with uncertainty", "23", "Evaluation; `results.json`"),
    ("External test", "23", "Evaluation: sets that trained nothing"),
    ("Failures, limitations, intended use", "26, 27", "Limits; Intended use"),
)


def reporting_items() -> str:
    """Tabulate the items: the item, its number in TRIPOD+AI, and where the card answers it."""
    return table(("item of CLAIM and TRIPOD+AI", "no. in TRIPOD+AI", "here"), ITEMS, left=3)
