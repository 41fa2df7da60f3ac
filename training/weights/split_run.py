"""One split of a cohort, on which each model is trained once, whoever asks for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from zoo import ModelSpec
from zoo.registry import load_registry
from zoo.types import RegisteredModel
from zoo.types.roles import SINGLE_MODALITY_MODELS
from zoo.weights.load import TrainedModel, load_weights

from ..data.batches import predict
from ..data.prepared_cohort import fingerprint, short_hash
from ..fit.loop import Encoders
from ..fit.tracking import tracking
from ..jobs.device import best_device
from ..jobs.files import claimed, write_json
from .make import Material, make_weights


@dataclass(frozen=True)
class SplitRun:
    """One split, on which each model is trained once.

    folder: keeps weights and checkpoints of all splits. dashboard: folder of Trackio's file, None for none.

    donors: another run on the same patients, if encoders and the order of modalities are to be taken from there.
    """

    material: Material
    folder: Path
    dashboard: Path | None = None
    donors: SplitRun | None = None

    def trained(self, spec: RegisteredModel) -> TrainedModel:
        """Train a model on this split's training cases, its members too; a second call finds its file."""
        members = tuple(self.trained(member).spec for member in spec.member_specs)
        weights = self.home / f"{variant_name(spec)}.safetensors"
        here = replace(spec, member_specs=members, weights=weights)
        if not weights.is_file():
            with claimed(weights):
                if not weights.is_file():  # another process may have trained it meanwhile
                    self._train(here, weights)
        return load_weights(here, str(best_device()))

    def _train(self, spec: RegisteredModel, weights: Path) -> None:
        checkpoint = weights.with_suffix(".checkpoint")
        name = f"{weights.stem} · {self.material.split.name} · {self.home.name}"
        config = asdict(self.material.options) | {"model": spec.id, "split": self.material.split.name}
        with tracking(self.dashboard, name, config) as tracker:
            make_weights(spec, self.material, checkpoint, tracker, self.encoders(spec))
        checkpoint.unlink(missing_ok=True)

    def encoders(self, spec: ModelSpec) -> Encoders:
        """States that a model's submodules start from: the encoders of other models, trained on the same split."""
        home, registry = self.donors or self, load_registry()
        donors = {name: home.trained(registry.model(donor)) for name, donor in spec.encoders_from.items()}
        return {name: donor.module.get_submodule("encoder").state_dict() for name, donor in donors.items()}

    def alone(self) -> dict[str, float]:
        """Validation AUC of each modality's own single encoder, found once for this split."""
        kept = (self.donors or self).home / "alone.json"
        if not kept.is_file():
            with claimed(kept):
                if not kept.is_file():
                    write_json(kept, self._validation_aucs())
        return json.loads(kept.read_text(encoding="utf-8"))

    def _validation_aucs(self) -> dict[str, float]:
        home, registry = self.donors or self, load_registry()
        models = {name: home.trained(registry.model(model)) for name, model in SINGLE_MODALITY_MODELS.items()}
        return {name: home.auc(model, "val") for name, model in models.items()}

    def log_odds(self, model: TrainedModel, part: str) -> np.ndarray:
        """Calibrated log-odds of HGG of the split's "train", "val" or "test" cases, float64 [n]."""
        cohort = self.material.cohort(model.spec.recipe)
        margins = predict(model.module, cohort, getattr(self.material.split, part), model.spec.uses)
        return model.record.calibration.log_odds(margins)

    def auc(self, model: TrainedModel, part: str) -> float:
        cohort = self.material.cohort(model.spec.recipe)
        return float(roc_auc_score(cohort.y[getattr(self.material.split, part)], self.log_odds(model, part)))

    @cached_property
    def home(self) -> Path:
        """One folder for these cases, this split of them and these options, whatever it is part of."""
        split = self.material.split
        parts = [part.tolist() for part in (split.train, split.val, split.test)]
        donors = [self.donors.home.name] if self.donors else []
        return self.folder / short_hash(fingerprint(self.material.cases), parts, asdict(self.material.options), *donors)


def variant_name(spec: ModelSpec) -> str:
    """Name a file for a model in this reading: its options, phases, recipe and length."""
    longer = [spec.epochs_factor] if spec.epochs_factor != 1 else []
    return f"{spec.id}-{short_hash(dict(spec.options), str(spec.phases), spec.recipe.as_json(), *longer)}"
