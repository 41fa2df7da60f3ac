"""What one patient shows: subtype first, then each sign by its prevalence in that subtype."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Prevalence:
    """Share of cases of one subtype with each sign (0 to 1).

    `ring`, `patchy`: kind of enhancement, else none. `flair_mismatch`: T2–FLAIR mismatch.
    `oedema_dominant`: more oedema than tumour. `sharp_margin`: well-defined border.
    `cyst`: share among the cases without a ring, since the necrosis within a ring hides it.
    `enhancing_share`: range of the enhancing part of the core when it is patchy.
    `lobes`: weights of frontal, temporal, parietal, occipital, deep.
    """

    ring: float
    patchy: float
    flair_mismatch: float
    multifocal: float
    haemorrhage: float
    calcification: float
    oedema_dominant: float
    sharp_margin: float
    cyst: float
    enhancing_share: tuple[float, float]
    lobes: tuple[float, float, float, float, float]


LOBES = ("frontal", "temporal", "parietal", "occipital", "deep")

SUBTYPES = {
    "HGG": {"glioblastoma": 1.0},
    "LGG": {"astrocytoma": 0.5, "oligodendroglioma": 0.3, "idh_wildtype": 0.2},
}

# Sources. Enhancement: RANO resect (PMC6715562), oligodendroglioma 56–62 % (PMC7977108), TCGA-LGG
# VASARI 63 % of grades 2–3. Mismatch: astrocytoma 24–42 % (Patel 2017, Corell 2021), glioblastoma
# 2 % (ReSPOND). Multifocal: doi 10.1007/s11060-012-1030-1. Lobes: PMC1907421, PMC6176804.
# From general knowledge, not yet checked: ring share, haemorrhage, calcification, oedema, margin,
# cyst and the enhancing share.
PREVALENCE = {
    "glioblastoma": Prevalence(
        ring=0.78, patchy=0.13, flair_mismatch=0.02, multifocal=0.20, haemorrhage=0.30,
        calcification=0.04, oedema_dominant=0.65, sharp_margin=0.30, cyst=0.10,
        enhancing_share=(0.04, 0.6), lobes=(0.40, 0.29, 0.14, 0.03, 0.14),
    ),
    "astrocytoma": Prevalence(
        ring=0.06, patchy=0.36, flair_mismatch=0.33, multifocal=0.06, haemorrhage=0.06,
        calcification=0.05, oedema_dominant=0.12, sharp_margin=0.58, cyst=0.15,
        enhancing_share=(0.002, 0.15), lobes=(0.50, 0.27, 0.12, 0.02, 0.09),
    ),
    "oligodendroglioma": Prevalence(
        ring=0.05, patchy=0.53, flair_mismatch=0.02, multifocal=0.06, haemorrhage=0.09,
        calcification=0.20, oedema_dominant=0.12, sharp_margin=0.55, cyst=0.12,
        enhancing_share=(0.002, 0.15), lobes=(0.58, 0.22, 0.12, 0.02, 0.06),
    ),
    "idh_wildtype": Prevalence(
        ring=0.15, patchy=0.45, flair_mismatch=0.03, multifocal=0.10, haemorrhage=0.08,
        calcification=0.04, oedema_dominant=0.18, sharp_margin=0.45, cyst=0.08,
        enhancing_share=(0.005, 0.3), lobes=(0.38, 0.30, 0.15, 0.03, 0.14),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Population:
    """Whom a simulator draws from. subtypes: their shares in each grade. prevalence: of signs in each subtype.

    whole_ml: median, standard deviation of the log, least and most of the whole tumour's volume. ring_thickness,
    ring_completeness: ranges. All of these are the same in both grades.
    """

    subtypes: Mapping[str, Mapping[str, float]]
    prevalence: Mapping[str, Prevalence]
    whole_ml: tuple[float, float, float, float] = (75, 0.65, 14, 220)
    ring_thickness: tuple[float, float] = (0.15, 0.7)
    ring_completeness: tuple[float, float] = (0.7, 1.0)


POPULATION = Population(SUBTYPES, PREVALENCE)
"""Patients whom the first simulator draws, and models learn from."""


@dataclass(frozen=True)
class Signs:
    """The drawn signs of one patient, plain values only.

    Volumes in ml; `enhancing_share` is the part of the core when patchy; `ring_thickness` is a
    ratio to the radius of the core, `ring_completeness` the closed part of the ring. What the
    kind of enhancement hides is 0 or False: the truth tells no more than the images can.
    """

    grade: str
    subtype: str
    lobe: str
    enhancement: str
    flair_mismatch: bool
    multifocal: bool
    haemorrhage: bool
    calcification: bool
    oedema_dominant: bool
    sharp_margin: bool
    cyst: bool
    whole_tumour_ml: float
    core_ml: float
    enhancing_share: float
    ring_thickness: float
    ring_completeness: float
    mass_effect: float

    def as_dict(self) -> dict:
        """Return plain JSON values, one entry per sign."""
        return asdict(self)


def draw_signs(rng: np.random.Generator, grade: str, population: Population = POPULATION) -> Signs:
    """Draw one patient of `grade` ("HGG" or "LGG") from `population`.

    Raises ValueError for any other grade.
    """
    if grade not in population.subtypes:
        raise ValueError(f"grade must be one of {', '.join(population.subtypes)}; found {grade!r}.")
    subtype = _pick(rng, population.subtypes[grade])
    rates = population.prevalence[subtype]
    kinds = {"ring": rates.ring, "patchy": rates.patchy, "none": 1 - rates.ring - rates.patchy}
    oedema_dominant = _chance(rng, rates.oedema_dominant)
    median_ml, spread, least_ml, most_ml = population.whole_ml
    whole_ml = float(np.clip(median_ml * np.exp(spread * rng.standard_normal()), least_ml, most_ml))
    core_share = rng.uniform(0.06, 0.5) if oedema_dominant else rng.uniform(0.5, 0.92)
    drawn = Signs(
        grade=grade,
        subtype=subtype,
        lobe=_pick(rng, dict(zip(LOBES, rates.lobes, strict=True))),
        enhancement=_pick(rng, kinds),
        flair_mismatch=_chance(rng, rates.flair_mismatch),
        multifocal=_chance(rng, rates.multifocal),
        haemorrhage=_chance(rng, rates.haemorrhage),
        calcification=_chance(rng, rates.calcification),
        oedema_dominant=oedema_dominant,
        sharp_margin=_chance(rng, rates.sharp_margin),
        cyst=_chance(rng, rates.cyst),
        whole_tumour_ml=whole_ml,
        core_ml=max(1.5, whole_ml * core_share),
        enhancing_share=float(np.exp(rng.uniform(*np.log(rates.enhancing_share)))),
        ring_thickness=float(rng.uniform(*population.ring_thickness)),
        ring_completeness=float(rng.uniform(*population.ring_completeness)),
        mass_effect=float(rng.uniform(0.0, 0.45)),
    )
    return _visible(drawn)


def _visible(drawn: Signs) -> Signs:
    """Clear signs without effect on a voxel; they were drawn all the same, so that no other draw depends on them."""
    if drawn.enhancement == "ring":
        return replace(drawn, enhancing_share=0.0, cyst=False)
    share = drawn.enhancing_share if drawn.enhancement == "patchy" else 0.0
    return replace(drawn, enhancing_share=share, ring_thickness=0.0, ring_completeness=0.0)


def _chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


def _pick(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    share = np.array(list(weights.values()))
    return str(rng.choice(list(weights), p=share / share.sum()))
