"""One explainer's scores for one model on one simulated study, as tasks that are done once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zoo import ExplainerSpec, PluginError, Question
from zoo.types import RegisteredModel
from zoo.weights.load import load_weights

from ..data.prepared_cohort import short_hash
from ..jobs.device import best_device
from ..simulation.study import VERSION, study_id
from .captum_scores import relative_infidelity, sensitivity
from .curves import curves
from .lesion_free_pair import LesionFreePair, simulate_pairs
from .localisation import localise
from .maps import attribution_map, importance, lesion_map, random_map, scored_voxels
from .sanity import rank_correlation, redrawn

FORMAT = 1


@dataclass(frozen=True)
class Asked:
    """A trained model on study `index` of the simulated cohort `seed`. revision: that of the model's weights."""

    spec: RegisteredModel
    revision: str
    seed: int
    index: int
    spacing_mm: float

    @property
    def name(self) -> str:
        version = short_hash(FORMAT, VERSION, self.revision, self.spacing_mm)
        return f"{self.spec.id}-{version}/{study_id(self.seed, self.index)}"

    def answer(self) -> tuple[LesionFreePair, Question]:
        pair = simulate_pairs(self.seed, self.index, self.spacing_mm, self.spec.recipe)
        return pair, pair.question(load_weights(self.spec, str(best_device())))


@dataclass(frozen=True)
class MeasureControls:
    """A task: what the curves of an explainer are compared with."""

    asked: Asked

    @property
    def name(self) -> str:
        return f"{self.asked.name}/controls"

    def run(self) -> dict[str, Any]:
        """Measure the controls. study, twin: margins in logits. random, lesion: see `curves`."""
        pair, question = self.asked.answer()
        infill = pair.infill(question)
        return {
            "study": float(question.margin(question.x)),
            "twin": float(question.margin(infill)),
            "random": curves(question, infill, random_map(pair.x.shape)),
            "lesion": curves(question, infill, lesion_map(pair.lesion)),
        }


@dataclass(frozen=True)
class MeasureExplainer:
    """A task: all the scores of one explainer."""

    asked: Asked
    explainer: ExplainerSpec

    @property
    def name(self) -> str:
        return f"{self.asked.name}/{self.explainer.id}"

    def run(self) -> dict[str, Any]:
        """Score by `curves`, `localise`, `relative_infidelity`, `sensitivity`; random_weights: by `rank_correlation`.

        Or {"refused": why} where the explainer has nothing to say of this model.
        """
        pair, question = self.asked.answer()
        try:
            values = attribution_map(self.explainer, question)
        except PluginError as error:
            return {"refused": str(error)}
        infill = pair.infill(question)
        return {
            **curves(question, infill, values),
            **localise(values, pair.lesion, scored_voxels(question)),
            "infidelity": relative_infidelity(question, infill, values),
            "sensitivity": sensitivity(self.explainer, question),
            "random_weights": self._with_random_weights(question, values),
        }

    def _with_random_weights(self, question: Question, values: np.ndarray) -> float | None:
        other = attribution_map(self.explainer, replace(question, module=redrawn(question.module)))
        scored, spacing = scored_voxels(question), question.spec.recipe.spacing
        return rank_correlation(importance(values, spacing)[scored], importance(other, spacing)[scored])
