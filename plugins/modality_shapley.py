"""Exact Shapley values of the modalities (Shapley 1953; Lundberg & Lee 2017, arXiv 1705.07874)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from math import factorial
from typing import Any

import numpy as np

from zoo import MODALITIES, MODALITY_TITLES, Attribution, ExplainerSpec, ModelSpec, PluginError, Question, hookimpl
from zoo.types import Progress

Subset = tuple[int, ...]


@hookimpl
def register_explainers() -> list[ExplainerSpec]:
    spec = partial(ExplainerSpec, output="modalities", memory=2)
    description = "What each modality adds to the log-odds of high grade, or takes from them; exact, over all subsets."
    return [
        spec(
            "modality-shapley",
            "Modality Shapley values",
            cost=10,
            explain=by_replacing,
            cost_of=_passes,
            description=description,
            baseline="four simulated brains without a tumour",
            format_diagnostics=_format_replacing,
        ),
        spec(
            "modality-dropping",
            "Modality Shapley values by dropping",
            cost=5,
            explain=by_dropping,
            suits=_needs_none,
            description=description,
            baseline="an absent modality",
            format_diagnostics=_format_dropping,
        ),
    ]


def _passes(model: ModelSpec) -> float:
    """Count passes: one encoder sees another mixture in each subset; each of several sees study and four references."""
    return 10 if model.encoders > 1 else 4 * (2 ** len(model.uses) - 1) + 1


def _needs_none(model: ModelSpec) -> bool:
    return not model.needs


def _format_replacing(facts: Mapping[str, float]) -> str:
    return f"{facts['nothing']:+.2f} ± {facts['spread']:.2f} of nothing, and these, {_make_up(facts)}"


def _format_dropping(facts: Mapping[str, float]) -> str:
    return f"{facts['nothing']:+.2f} of no modality at all, and these, {_make_up(facts)}"


def _make_up(facts: Mapping[str, float]) -> str:
    return f"make up {facts['everything']:+.2f} of this study, before calibration."


def by_replacing(question: Question, progress: Progress) -> Attribution:
    """What each modality adds to logit(HGG) − logit(LGG), in place of those of four brains without a tumour.

    The worth of a subset is the mean over the four reference brains of the margin of a study with the subset's
    modalities from the study and the others from the reference, all marked present. facts: everything and nothing, the
    worths of the whole and of the empty subset, whose difference the values add up to; spread, the standard deviation
    of nothing over the references; spread of each modality's value likewise.
    """
    import torch

    from zoo.assets.references import load_references
    from zoo.blocks import cached_activations

    references = torch.from_numpy(load_references(question.spec.recipe)).to(question.x.device)
    players = _players(question)

    def worth(subset: Subset, reference: int) -> float:
        x = references[reference : reference + 1].clone()
        kept = [*subset, *(index for index in range(len(MODALITIES)) if index not in players)]
        x[:, kept] = question.x[:, kept]
        return float(question.margin(x))

    with torch.inference_mode(), cached_activations(question.module):
        worths = _worths(worth, players, len(references), progress)
    found = np.array(
        [shapley_values({subset: row[r] for subset, row in worths.items()}) for r in range(len(references))]
    )
    nothing = worths[()]
    spread = {f"spread of {MODALITY_TITLES[MODALITIES[index]]}": float(found[:, index].std()) for index in players}
    facts = {
        "everything": float(np.mean(worths[players])),
        "nothing": float(nothing.mean()),
        "spread": float(nothing.std()),
    }
    return Attribution(found.mean(axis=0).astype(np.float32), facts | spread)


def by_dropping(question: Question, progress: Progress) -> Attribution:
    """Shapley values by marking modalities absent, not replacing them; only for models that grade any subset.

    The worth of no modality at all, which no model can grade, is 0: as likely HGG as LGG.
    """
    import torch

    from zoo.blocks import cached_activations

    if question.spec.needs:
        titles = ", ".join(MODALITY_TITLES[name] for name in question.spec.needs)
        raise PluginError(f"This model needs {titles} and can't do without: choose Modality Shapley values.")
    players = _players(question)

    def worth(subset: Subset, _: int) -> float:
        if not subset:
            return 0.0
        present = torch.zeros_like(question.present)
        present[:, list(subset)] = True
        return float(replace(question, present=present).margin(question.x))

    with torch.inference_mode(), cached_activations(question.module):
        worths = _worths(worth, players, 1, progress)
    values = shapley_values({subset: float(row[0]) for subset, row in worths.items()})
    return Attribution(values.astype(np.float32), {"everything": float(worths[players][0]), "nothing": 0.0})


def shapley_values(worths: dict[Subset, float]) -> np.ndarray:
    """Return each modality's Shapley value, float64 [4].

    worths: of every subset of the players, who are the largest subset.
    """
    players = max(worths, key=len)
    values = np.zeros(len(MODALITIES))
    for player in players:
        for subset in _subsets(tuple(index for index in players if index != player)):
            weight = factorial(len(subset)) * factorial(len(players) - len(subset) - 1) / factorial(len(players))
            values[player] += weight * (worths[tuple(sorted((*subset, player)))] - worths[subset])
    return values


def _worths(worth: Any, players: Subset, references: int, progress: Progress) -> dict[Subset, np.ndarray]:
    """Worths of each subset, one a reference, float64 [R]."""
    subsets = _subsets(players)
    worths = {subset: np.zeros(references) for subset in subsets}
    for done, (subset, reference) in enumerate(product(subsets, range(references))):
        share, told = done / (len(subsets) * references), done // references + 1
        progress(share, f"Modality Shapley values, subset {told} of {len(subsets)}")
        worths[subset][reference] = worth(subset, reference)
    return worths


def _subsets(players: Subset) -> list[Subset]:
    return [subset for size in range(len(players) + 1) for subset in combinations(players, size)]


def _players(question: Question) -> Subset:
    return tuple(
        index for index, name in enumerate(MODALITIES) if question.present[0, index] and name in question.spec.uses
    )
