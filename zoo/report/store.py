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


def store_contributions(folder: Path, found: Explanation) -> None:
    content = asdict(replace(found, facts=dict(found.facts))) | {"values": found.values.tolist()}
    content["affine"] = found.affine.tolist()
    (folder / f"{found.model}.{CONTRIBUTIONS}").write_text(json.dumps(content), encoding="utf-8")


def stored_addresses(folder: Path) -> list[str]:
    """Addresses of the models that have graded."""
    return [json.loads(path.read_text(encoding="utf-8"))["address"] for path in folder.glob(f"*.{GRADE}")]


def load_results(folder: Path, models: Iterable[RegisteredModel]) -> tuple[ModelResult, ...]:
    """Load the results of those models that have graded, in the order of `models`."""
    return tuple(_answer(folder, spec) for spec in models if (folder / f"{spec.id}.{GRADE}").is_file())


def _answer(folder: Path, spec: RegisteredModel) -> ModelResult:
    told = json.loads((folder / f"{spec.id}.{GRADE}").read_text(encoding="utf-8"))
    grade = Grade(**told["grade"] | {"warnings": tuple(told["grade"]["warnings"])})
    return ModelResult(
        spec, grade, told["parameters"], contributions=_contributions(folder / f"{spec.id}.{CONTRIBUTIONS}")
    )


def _contributions(path: Path) -> Explanation | None:
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return Explanation(**told | {"values": np.float32(told["values"]), "affine": np.array(told["affine"])})
