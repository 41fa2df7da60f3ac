"""The experiments of the protocol, each a list of arms that differ in what it asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, TypedDict

from zoo import MODALITIES, MODALITY_TITLES, Phase
from zoo.registry import Registry
from zoo.types.roles import ATTENTION_ON_T1CE, BEST_SINGLE_MODALITY, HEADLINE_MODEL, SINGLE_MODALITY_MODELS

from ..fit.modality_order import Adapt, as_given, best_is_primary, best_joins_last, descending_auc_order
from .arms import Arm
from .corruptions import KINDS
from .given_weights import UNCHANGED, Change


class GuidanceOptions(TypedDict, total=False):
    """Options of the guided model that say whether, and by whose features, a modality is guided."""

    guidance: str
    guidance_source: str


GUIDANCES: dict[str, GuidanceOptions] = {
    "concat": {},
    "none": {"guidance": "none"},
    "self": {"guidance_source": "self"},
    "shuffled": {"guidance_source": "shuffled"},
}


def baselines(zoo: Registry, full: bool) -> Iterator[Arm]:
    """Every model of the zoo on the same folds; the paper's own size only in full."""
    headline = zoo.model(HEADLINE_MODEL)
    for spec in (headline, *(spec for spec in zoo.models.values() if spec.id != headline.id)):
        if full or not spec.id.endswith(".paper"):
            yield zoo_arm(zoo, spec.id)


def ablation(zoo: Registry, full: bool) -> Iterator[Arm]:
    """Attention and guidance, with the controls that tell information from capacity; one factor at a time, or all."""
    for attention, guidance in product(("dual", "spatial", "slice", "none"), GUIDANCES):
        if full or attention == "dual" or guidance == "concat":
            name = f"attention {attention}, guidance {guidance}"
            yield _guided(zoo, name, attention=attention, **GUIDANCES[guidance])


def order(zoo: Registry, full: bool) -> Iterator[Arm]:
    """Arms for which modality guides, and in which order the others join: the paper's third open question."""
    for primary in ("t1ce", "t1", "t2", "flair"):
        others = tuple(name for name in MODALITIES if name != primary)
        yield _guided(zoo, f"{MODALITY_TITLES[primary]} guides", primary=primary, secondaries=others)
    yield _guided(zoo, "best alone guides", adapt=best_is_primary)
    yield _guided(zoo, "reversed order", adapt=best_joins_last)
    symmetric = _guided(zoo, "symmetric", adapt=as_given, guidance="none")
    yield replace(symmetric, spec=replace(symmetric.spec, phases=(_all_at_once(symmetric.spec.phases),)))


def _all_at_once(phases: tuple[Phase, ...]) -> Phase:
    """One phase as long as these together, with the rates of the last."""
    share = sum(phase.share for phase in phases)
    return replace(phases[-1], name="all", modalities=MODALITIES, share=share)


def compact(zoo: Registry, full: bool) -> Iterator[Arm]:
    """Arms for the second open question, how small the model may be; in advance, 0.03 was called a small loss."""
    for width in (64, 32, 16, 8) if full else (16, 32, 8):
        yield _from_nothing(_guided(zoo, f"width {width}", width=width))
    for shared in ("high", "all"):
        yield _from_nothing(_guided(zoo, f"width 16, {shared} convolutions shared", share_encoders=shared))


def _from_nothing(arm: Arm) -> Arm:
    """Let all encoders learn, in phases of one length: only one width could start with ones that have learned."""
    phases = [replace(phase, share=1 / len(arm.spec.phases), rates={}) for phase in arm.spec.phases]
    return replace(arm, spec=replace(arm.spec, encoders_from={}, phases=tuple(phases)))


def paper(zoo: Registry, full: bool) -> Iterator[Arm]:
    """The paper's first three experiments: each modality alone, attention on T1ce, T1ce guiding T2."""
    yield _guided(zoo, "T1ce guides T2", extends="T1ce alone, dual attention", secondaries=("t2",))
    for name in (ATTENTION_ON_T1CE, *SINGLE_MODALITY_MODELS.values()):
        spec = zoo.model(name)
        yield Arm(spec.title, spec)


SHIFT = "shift"


def shifts(full: bool) -> tuple[Change, ...]:
    """Changes for the first open question: none, then each corruption; every severity, or middle and worst."""
    changes = [UNCHANGED]
    for kind, corruption in KINDS.items():
        worst = len(corruption.amounts)
        severities = range(1, worst + 1) if full else sorted({(worst + 1) // 2, worst})
        changes += [Change(kind, severity) for severity in severities]
    return tuple(changes)


EXPERIMENTS: dict[str, Callable[[Registry, bool], Iterator[Arm]]] = {
    "baselines": baselines,
    "ablation": ablation,
    "order": order,
    "compact": compact,
    "paper": paper,
}
"""Experiments by name; the first arm of each is its headline. True asks for the full grid."""


def zoo_arm(zoo: Registry, name: str) -> Arm:
    """An arm of a model as it is. One that sees more than T1ce should grade better than T1ce alone."""
    spec, alone = zoo.model(name), zoo.model(BEST_SINGLE_MODALITY)
    sees_more = set(spec.uses) > set(alone.uses) and bool(spec.phases)
    return Arm(spec.id, spec, extends=alone.id if sees_more else "")


def headline_of(names: Sequence[str]) -> str:
    """The model that was named in advance, where it takes part; else the first."""
    return HEADLINE_MODEL if HEADLINE_MODEL in names else names[0]


def _guided(zoo: Registry, name: str, adapt: Adapt = descending_auc_order, extends: str = "", **changes: Any) -> Arm:
    """The headline model in another variant."""
    spec = zoo.model(HEADLINE_MODEL)
    assert spec.vary is not None
    return Arm(name, spec.vary(**changes), adapt, extends)
