"""The folder of a model on the Hub, which can be loaded as it is; the same for the same weights and figures."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import __version__
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel
from zoo.weights.metadata import checksums, sha256, write_checksums

from ..jobs.files import write_json
from .evidence import Evidence, write_predictions, write_results
from .hub_card import model_card

FORMAT = 1
WEIGHTS, CONFIG, CARD = "model.safetensors", "config.json", "README.md"
RESULTS, PREDICTIONS = "results.json", "predictions.csv"
MEMBERS = "members"


@dataclass(frozen=True)
class Publication:
    """What is published of one model, and under which name."""

    model: TrainedModel
    evidence: Evidence
    repo: str
    licence: str = "apache-2.0"


def write_model_folder(publication: Publication, folder: Path) -> Path:
    """Write weights byte for byte, their members', checksums, config, card, figures, answers into an empty folder."""
    spec = publication.model.spec
    folder.mkdir(parents=True, exist_ok=True)
    card = model_card(publication.model, publication.evidence, publication.repo, publication.licence)
    _copy_weights(spec, folder / WEIGHTS)
    for member in spec.member_specs:
        _copy_weights(member, folder / MEMBERS / f"{member.id}.safetensors")
    write_json(folder / CONFIG, _config(spec, folder / WEIGHTS))
    write_results(folder / RESULTS, publication.model, publication.evidence)
    write_predictions(folder / PREDICTIONS, publication.evidence)
    (folder / CARD).write_text(str(card), encoding="utf-8")
    return folder


def _copy_weights(spec: RegisteredModel, target: Path) -> None:
    """Nobody else writes to the folder, and all that lies in it is published: so without a file that locks it."""
    assert spec.weights is not None
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(spec.weights, target)
    write_checksums(target.parent, checksums(target.parent) | {target.name: sha256(target)})


def _config(spec: RegisteredModel, weights: Path) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "model": spec.id,
        "title": spec.title,
        "family": spec.family,
        "needs": list(spec.needs),
        "uses": list(spec.uses),
        "options": json.loads(json.dumps(dict(spec.options))),
        "recipe": spec.recipe.as_json(),
        "members": [member.id for member in spec.member_specs],
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "zoo_version": __version__,
    }
