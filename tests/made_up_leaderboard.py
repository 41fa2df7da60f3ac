"""A leaderboard that nothing was trained for, in the form in which `python -m training zoo` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zoo.assets.leaderboard import Estimate
from zoo.assets.standings import Standing
from zoo.metrics import area_under, brier, expected_calibration_error, roc_curve

MODELS = ("guided-dual-attention.compact", "early-fusion.compact", "delta-control.compact")


def made_up_leaderboard(models: Sequence[str] = MODELS, cases: int = 80, seed: int = 0) -> dict[str, Any]:
    """The last model is the weakest and, as controls are, next to free."""
    rng = np.random.default_rng(seed)
    y = np.arange(cases) % 2
    grades = ["HGG" if hgg else "LGG" for hgg in y]
    strengths = np.linspace(2.0, 0.5, len(models))
    ceiling = {
        "cases": cases,
        "ceiling": {"auc": 0.959, "low": 0.931, "high": 0.976},
        "signs": {"enhancing_volume": 0.81, "oedema": 0.64},
        "ideal": 0.967,
    }
    facts = {"fingerprint": "0" * 16, "cases": cases, "grades": grades, "ceiling": ceiling}
    return {
        "format": 1,
        "simulator": "2.0",
        "held_out": facts,
        "unseen": facts,
        "models": {
            name: _row(name, index, len(models))
            | {
                "held_out": _figures(y, strength, rng),
                "unseen": _figures(y, strength * 0.8, rng),
                "shifted": _figures(y, strength * 0.9, rng),
            }
            for index, (name, strength) in enumerate(zip(models, strengths, strict=True))
        },
        "modality_gain": {
            "model": MODELS[0],
            "alone": "single-t1ce-attention.compact",
            "on": {
                "held_out": {"value": 0.044, "low": 0.012, "high": 0.076, "p": 0.007},
                "shifted": {"value": -0.02, "low": -0.05, "high": 0.01, "p": 0.19},
                "unseen": {"value": 0.047, "low": 0.02, "high": 0.074, "p": 0.0004},
            },
        },
        "ablations": {"seeds": 3, "experiments": {}},
        "timing": {"hardware": {"cores": 2}},
    }


def without_shift(board: dict[str, Any]) -> dict[str, Any]:
    """The same board as it was written before studies were seen as other scanners would have given them."""
    models = {name: {key: row[key] for key in row if key != "shifted"} for name, row in board["models"].items()}
    return {key: board[key] for key in board if key != "modality_gain"} | {"models": models}


def with_auc(row: Standing, auc: Estimate | None) -> Standing:
    """The same standing with another AUC on the held-out studies."""
    return replace(row, held_out=replace(row.held_out, auc=auc))


def _row(name: str, index: int, models: int) -> dict[str, Any]:
    last = index == models - 1
    return {
        "title": name.partition(".")[0].replace("-", " ").capitalize(),
        "family": "control" if last else "encoder",
        "uses": ["t1", "t1ce"],
        "parameters": 2 if last else 320_000 * (index + 1),
        "gflops": 2e-9 if last else 2.1 * (1 + index % 5),
        "trained_on": "1800 simulated gliomas, no patient",
        "seconds": 0.02 + 0.05 * index,
        "weights": "embedded:0123456789ab",
    }


def _figures(y: np.ndarray, strength: float, rng: np.random.Generator) -> dict[str, Any]:
    p_hgg = (1 / (1 + np.exp(-strength * (rng.normal(size=len(y)) + strength * (y - 0.5))))).round(4)
    auc = area_under(roc_curve(y, p_hgg))
    figures = {"auc": auc, "brier": brier(y, p_hgg), "ece": expected_calibration_error(y, p_hgg)}
    figures |= dict.fromkeys(("accuracy", "sensitivity", "specificity"), 0.8)
    bounds = {name: {"low": value - 0.04, "high": min(1, value + 0.04)} for name, value in figures.items()}
    bounds["ece"] = {"low": None, "high": None}
    return {name: {"value": value, "sd": None} | bounds[name] for name, value in figures.items()} | {
        "p_hgg": p_hgg.tolist()
    }
