"""Predictions in a session folder, one file each: whatever process made them, the report finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from zoo.types import Explanation, Grade, ModelResult, RegisteredModel

GRADE, CONTRIBUTIONS, REGIONS = "grade.json", "contributions.json", "regions.json"


def store_grade(folder: Path, grade: Grade, parameters: int, address: str) -> None:
    """Write a model's grade. address: by which any process finds the model."""
    content = {"grade": asdict(grade), "parameters": parameters, "address": address}
    (folder / f"{grade.model}.{GRADE}").write_text(json.dumps(content), encoding="utf-8")


def store_contributions(folder: Path, contributions: Explanation) -> None:
    """Write what each modality adds, by a model that has graded."""
    content = asdict(replace(contributions, facts=dict(contributions.facts)))
    arrays = {"values": contributions.values.tolist(), "affine": contributions.affine.tolist()}
    (folder / f"{contributions.model}.{CONTRIBUTIONS}").write_text(json.dumps(content | arrays), encoding="utf-8")


def store_regions(folder: Path, told: Mapping[str, Any]) -> None:
    """Write what is said of a model's regions, see `segmentation_json`, once their map is there."""
    (folder / f"{told['model']}.{REGIONS}").write_text(json.dumps(told), encoding="utf-8")


def load_regions(folder: Path, model_id: str) -> dict[str, Any] | None:
    """What is said of the regions that a model found; None where it hasn't been asked."""
    path = folder / f"{model_id}.{REGIONS}"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def region_map(folder: Path, model_id: str) -> Path:
    """Where the label map of a model's regions lies, or is to be written: 3-D NIfTI on the study's own grid."""
    return folder / f"{model_id}.regions.nii.gz"


def preparation_file(folder: Path) -> Path:
    """Where the picture of how raw scans were prepared lies, a PNG, or is to be written."""
    return folder / "preparation.png"


def stored_addresses(folder: Path) -> list[str]:
    """Addresses of the models that have graded."""
    return [json.loads(path.read_text(encoding="utf-8"))["address"] for path in folder.glob(f"*.{GRADE}")]


def load_results(folder: Path, models: Iterable[RegisteredModel]) -> tuple[ModelResult, ...]:
    """Results of those models that have graded, in the order of `models`."""
    return tuple(_result(folder, spec) for spec in models if (folder / f"{spec.id}.{GRADE}").is_file())


def _result(folder: Path, spec: RegisteredModel) -> ModelResult:
    content = json.loads((folder / f"{spec.id}.{GRADE}").read_text(encoding="utf-8"))
    sentences = {name: tuple(content["grade"][name]) for name in ("warnings", "remarks")}
    grade = Grade(**content["grade"] | sentences)
    contributions = _contributions(folder / f"{spec.id}.{CONTRIBUTIONS}")
    return ModelResult(spec, grade, content["parameters"], contributions=contributions)


def _contributions(path: Path) -> Explanation | None:
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return Explanation(**content | {"values": np.float32(content["values"]), "affine": np.array(content["affine"])})
