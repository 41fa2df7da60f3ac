"""How often the words that are told of simulated studies are those that were drawn: agreement, and Cohen's kappa."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from zoo import Plane, Word
from zoo.regions import vasari
from zoo.regions.measure import measure_regions
from zoo.types import WHOLE_TUMOUR, RegionMeasurements

TEMPLATE_MIDLINE = Plane((1.0, 0.0, 0.0), 0.0)
"""Simulated brains are deformed copies of a symmetric template, and lie in its space, whose x = 0 is its midline."""
ANY = "any"
"""What enhances, by the drawn sign, which doesn't say how much."""


@dataclass(frozen=True)
class Agreement:
    """How two readers agree on a feature. told: studies for which both have a word, of so many; agreed: share of them.

    kappa: Cohen's (1960, Educ Psychol Meas 20:37); None where all words are one, so that there is nothing to agree on.
    """

    feature: str
    told: int
    studies: int
    agreed: float | None
    kappa: float | None


def drawn_words(signs: Mapping[str, Any]) -> dict[str, str]:
    """Words that a study's drawn signs ask for, by feature: those that VASARI's features have a sign for."""
    words = {
        vasari.ENHANCING.feature: "none" if signs["enhancement"] == "none" else ANY,
        vasari.OEDEMA.feature: _oedema(1 - signs["core_ml"] / signs["whole_tumour_ml"]),
        vasari.FOCI.feature: "multifocal or multicentric" if signs["multifocal"] else "one",
        vasari.MISMATCH.feature: "possible" if signs["flair_mismatch"] else "no",
    }
    if signs["enhancement"] == "ring":
        words[vasari.MARGIN.feature] = "thick" if ring_mm(signs) >= vasari.THICK_MM else "thin"
    return words


def ring_mm(signs: Mapping[str, Any]) -> float:
    """Thickness of a drawn ring in mm: its ratio to the radius of a ball as large as the core."""
    return float(signs["ring_thickness"] * (0.75 * signs["core_ml"] * 1000 / np.pi) ** (1 / 3))


def placed_words(labels: np.ndarray, affine: np.ndarray) -> dict[str, str]:
    """Words of side and midline by a true label map, uint8 [x, y, z], in the template's space."""
    measured = measure_regions(labels, affine, TEMPLATE_MIDLINE)
    told = [vasari.side(measured[WHOLE_TUMOUR], TEMPLATE_MIDLINE)]
    told += [vasari.crossing(word, measured[region]) for region, word in vasari.CROSSING.items()]
    return {word.feature: word.word for word in told if word.word is not None}


def agreements(pairs: Iterable[tuple[Mapping[str, str], Sequence[Word]]]) -> list[Agreement]:
    """Compare expected words, by feature, with told ones, a pair a study; features without an expected one are left
    out."""
    pairs = list(pairs)
    features = [word.feature for word in pairs[0][1]]
    compared = {feature: [_both(feature, *pair) for pair in pairs if feature in pair[0]] for feature in features}
    return [_agreement(feature, both) for feature, both in compared.items() if both]


def _both(feature: str, expected: Mapping[str, str], told: Sequence[Word]) -> tuple[str, str | None]:
    word = next(word.word for word in told if word.feature == feature)
    if feature == vasari.ENHANCING.feature and word not in (None, "none"):
        word = ANY
    return expected[feature], word


def _agreement(feature: str, both: list[tuple[str, str | None]]) -> Agreement:
    told = [(one, other) for one, other in both if other is not None]
    agreed = float(np.mean([one == other for one, other in told])) if told else None
    varied = len({word for pair in told for word in pair}) > 1
    kappa = float(cohen_kappa_score(*zip(*told, strict=True))) if varied else None
    return Agreement(feature, len(told), len(both), agreed, kappa)


def _oedema(share: float) -> str:
    word = vasari.proportion(vasari.OEDEMA, RegionMeasurements(0.0, share)).word
    assert word is not None
    return word
