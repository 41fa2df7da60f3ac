"""What somebody who saw every sign, and knew how often each occurs, could say of the grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .signs import LOBES, POPULATION, Population, Prevalence

FLAGS = ("flair_mismatch", "multifocal", "haemorrhage", "calcification", "oedema_dominant", "sharp_margin")


def ideal_p_hgg(signs: Mapping[str, Any], population: Population = POPULATION) -> float:
    """Probability of HGG given a patient's drawn signs (`Signs.as_dict`), by Bayes' rule from their prevalence.

    population: whom the patient was drawn from. Both grades are equally frequent beforehand, as in every simulated
    cohort. `grade` and `subtype` are not looked at. The ideal observer of signal detection theory (Barrett and Myers,
    Foundations of Image Science, 2004).
    """
    likelihood = {
        grade: sum(share * _likelihood(signs, population.prevalence[subtype]) for subtype, share in subtypes.items())
        for grade, subtypes in population.subtypes.items()
    }
    return likelihood["HGG"] / sum(likelihood.values())


def _likelihood(signs: Mapping[str, Any], rates: Prevalence) -> float:
    """Likelihood of signs in one subtype, where they are drawn independently; sizes tell nothing and are left out."""
    flags = [_of_flag(signs[name], getattr(rates, name)) for name in FLAGS]
    lobe = rates.lobes[LOBES.index(signs["lobe"])] / sum(rates.lobes)
    return float(np.prod(flags)) * lobe * _of_enhancement(signs, rates)


def _of_enhancement(signs: Mapping[str, Any], rates: Prevalence) -> float:
    """Likelihood of enhancement: a ring hides cysts; only of patches is the share known, log-uniform in its range."""
    if signs["enhancement"] == "ring":
        return rates.ring
    cyst = _of_flag(signs["cyst"], rates.cyst)
    if signs["enhancement"] == "none":
        return (1 - rates.ring - rates.patchy) * cyst
    least, most = rates.enhancing_share
    density = (least <= signs["enhancing_share"] <= most) / np.log(most / least)
    return rates.patchy * cyst * density


def _of_flag(shown: bool, prevalence: float) -> float:
    return prevalence if shown else 1 - prevalence
