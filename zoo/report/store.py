"""Predictions in a session folder, one file each: whatever process made them, the report finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from zoo.types import Explanation, Grade, ModelResult, RegisteredModel

GRADE, CONTRIBUTIONS = "grade.json", "contributions.json"


def store_grade(folder: Path, grade: Grade, parameters: int, address: str) -> None:
    """Write a grade to `folder`. address: by which any process finds the model."""
    content = {"grade": asdict(grade), "parameters": parameters, "address": address}
    (folder / f"{grade.model}.{GRADE}").write_text(json.dumps(content), encoding="utf-8")


def store_contributions(folder: Path, explanation: Explanation) -> None:
    content = asdict(replace(explanation, facts=dict(explanation.facts))) | {"values": explanation.values.tolist()}
    content["affine"] = explanation.affine.tolist()
    (folder / f"{explanation.model}.{CONTRIBUTIONS}").write_text(json.dumps(content), encoding="utf-8")


def stored_addresses(folder: Path) -> list[str]:
    """Addresses of the models that have graded."""
    return [json.loads(path.read_text(encoding="utf-8"))["address"] for path in folder.glob(f"*.{GRADE}")]


def load_results(folder: Path, models: Iterable[RegisteredModel]) -> tuple[ModelResult, ...]:
    """Load the results of those models that have graded, in the order of `models`."""
    return tuple(_answer(folder, spec) for spec in models if (folder / f"{spec.id}.{GRADE}").is_file())


def _answer(folder: Path, spec: RegisteredModel) -> ModelResult:
    content = json.loads((folder / f"{spec.id}.{GRADE}").read_text(encoding="utf-8"))
    grade = Grade(**content["grade"] | {"warnings": tuple(content["grade"]["warnings"])})
    return ModelResult(
        spec, grade, content["parameters"], contributions=_contributions(folder / f"{spec.id}.{CONTRIBUTIONS}")
    )


def _contributions(path: Path) -> Explanation | None:
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return Explanation(**content | {"values": np.float32(content["values"]), "affine": np.array(content["affine"])})
