"""Promises about a spec as data: nothing is built."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

from zoo.conformance.specimen import Broken, NotApplicable, Specimen, titles


def card_is_complete(specimen: Specimen) -> None:
    spec = specimen.spec
    texts = {"id": spec.id, "title": spec.title, "family": spec.family}
    texts |= {f"card.{name}": text for name, text in asdict(spec.card).items()}
    empty = [name for name, text in texts.items() if not text.strip()]
    if empty:
        raise Broken(f"Expected a sentence in each field, found nothing in {', '.join(empty)}: fill it in.")


def modalities_agree(specimen: Specimen) -> None:
    needs, uses = specimen.spec.needs, specimen.spec.uses
    if not uses:
        raise Broken("Expected at least one modality in uses, found none: name those that it looks at.")
    if extra := [name for name in needs if name not in uses]:
        raise Broken(f"It needs {titles(extra)}, but uses only {titles(uses)}: add to uses what it needs.")


def phases_add_up(specimen: Specimen) -> None:
    phases, uses = specimen.spec.phases, specimen.spec.uses
    if not phases:
        raise NotApplicable("It has no phases: it isn't trained by gradient.")
    if set(phases[-1].modalities) != set(uses):
        last = titles(phases[-1].modalities)
        raise Broken(f"Expected the last phase to show what it uses, {titles(uses)}; found {last}: make them agree.")
    total = sum(phase.share for phase in phases)
    if total > 1 and not math.isclose(total, 1):
        raise Broken(
            f"Expected shares that add up to 1 at most, found {total:g}: a share is a phase's part of the epochs; for "
            "a longer training set epochs_factor."
        )


def options_can_be_kept(specimen: Specimen) -> None:
    try:
        json.dumps(dict(specimen.spec.options))
    except (TypeError, ValueError) as error:
        raise Broken(
            f"Expected options that JSON can hold (numbers, texts, lists, null), found others: {error}. Give build "
            "names and numbers, and make objects of them there."
        ) from error
