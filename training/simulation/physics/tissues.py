"""Relaxation times, proton density and contrast uptake of tissues, and how patients differ in them."""

from dataclasses import dataclass, replace

import numpy as np

from .agent import USUAL, Injection, relative_uptake

# In human plasma at 37 °C, in L/(mmol·s), at 1.5 and 3 T: gadobutrol, gadoteridol, gadoterate
# (Szomolanyi et al. 2019, PMC6738537). r2 is about a third more (Rohrer et al. 2005, from memory).
R1 = np.array([[4.78, 4.97], [3.80, 3.28], [3.32, 3.00]])
R2_PER_R1 = 1.3

# How water content shows: T2 and T1 grow with it, proton density a little.
WATER = {"t1_ms": 1.0, "t2_ms": 1.2, "density": 0.15}


@dataclass(frozen=True)
class Tissue:
    """T1 and T2 in ms, `density` of protons as a ratio to CSF, `uptake` of contrast agent in mmol/L.

    `uptake` is that of the usual injection; `exchange`: how fast agent passes between plasma and tissue, per minute.
    `varies`: standard deviation of log T1 between patients, `texture` within one of them.
    """

    t1_ms: float
    t2_ms: float
    density: float
    uptake: float = 0.0
    varies: float = 0.04
    texture: float = 0.02
    exchange: float = 0.05


# At 3 T. White and grey T1: Wright et al. 2008 (doi 10.1007/s10334-008-0104-8). From general knowledge, not checked:
# T2 (Stanisz et al. 2005, Wansapura et al. 1999), proton densities (Tofts 2003), blood, dura, choroid plexus, and the
# lesions, which were set within published maps of gliomas (Badve et al. 2017, Blystad et al. 2020) by eye. Enhancing
# tumour has a K_trans of some 0.05 per minute in a third of the volume, hence an exchange of 0.15 (Tofts et al. 1999).
TISSUES = {
    "white": Tissue(838, 75, 0.70),
    "grey": Tissue(1480, 88, 0.81, varies=0.05),
    "csf": Tissue(4200, 1600, 1.0, varies=0.03),
    "oedema": Tissue(1350, 140, 0.84, 0.004, varies=0.14, texture=0.09),
    "solid_core": Tissue(1650, 155, 0.87, 0.008, varies=0.18, texture=0.09),
    "mismatch_core": Tissue(2700, 330, 0.95, 0.004, varies=0.12, texture=0.06),
    "necrosis": Tissue(2000, 220, 0.94, 0.02, varies=0.16, texture=0.11),
    "enhancing": Tissue(1350, 135, 0.86, 0.14, varies=0.16, texture=0.10, exchange=0.15),
    "haemorrhage": Tissue(480, 95, 0.82, 0.01, varies=0.25, texture=0.15),
    "calcification": Tissue(1000, 35, 0.45, 0.01, varies=0.2, texture=0.1),
    "vessel": Tissue(1650, 50, 0.55, 0.60, varies=0.10, exchange=np.inf),
    "dura": Tissue(900, 45, 0.65, 0.25, varies=0.15, texture=0.05, exchange=0.5),
    "choroid": Tissue(1500, 115, 0.88, 0.40, varies=0.10, texture=0.10, exchange=1.0),
    "skull": Tissue(400, 10, 0.08, varies=0.10),
    "white_lesion": Tissue(1150, 115, 0.78, varies=0.08),
}
# T1 at 1.5 T as a ratio to 3 T: 646 of 838 ms in white, 1197 of 1607 ms in grey matter (Wright et al. 2008, the first
# two from memory); that of free water hardly depends on the field.
SHORTER_AT_1_5_T = 0.77
AS_FREE_WATER = ("csf", "mismatch_core", "skull")
# Standard deviations of the log between patients: of agent in their blood, and of what each tissue takes up. K_trans
# of enhancing gliomas differs more than four-fold (0.02 to 0.2 per minute: Tofts et al. 1999, Patankar et al. 2005,
# from memory).
CIRCULATION = 0.3
LEAKAGE = {"enhancing": 0.45}
ELSEWHERE = 0.3


def draw_tissues(rng: np.random.Generator, tesla: float, injection: Injection = USUAL) -> dict[str, Tissue]:
    """The tissues of one patient at 1.5 or 3 T; they share the injection of contrast agent, not its uptake."""
    circulation = float(np.exp(rng.normal(0, CIRCULATION)))
    drawn = {}
    for name, tissue in TISSUES.items():
        if tesla < 2 and name not in AS_FREE_WATER:
            tissue = replace(tissue, t1_ms=tissue.t1_ms * SHORTER_AT_1_5_T)
        own = with_water(tissue, rng.normal(0, tissue.varies))
        own = replace(own, t2_ms=own.t2_ms * np.exp(rng.normal(0, tissue.varies)))
        leakage = float(np.exp(rng.normal(0, LEAKAGE.get(name, ELSEWHERE))))
        given = circulation * relative_uptake(injection, tissue.exchange)
        drawn[name] = replace(own, uptake=tissue.uptake * given * leakage)
    return drawn


def with_water(tissue: Tissue, more: float) -> Tissue:
    """Return the tissue with `more` water, in units of log T1."""
    return replace(tissue, **{name: getattr(tissue, name) * np.exp(share * more) for name, share in WATER.items()})


def draw_relaxivity(rng: np.random.Generator, tesla: float) -> float:
    """Relaxivity r1 of the agent that was given, in L/(mmol·s)."""
    return float(rng.choice(R1)[0 if tesla < 2 else 1])


def with_agent(tissue: Tissue, relaxivity: float, uptake: float | None = None) -> Tissue:
    """Return the tissue after contrast agent: 1/T1 + r1·c and 1/T2 + r2·c, at its own uptake or another in mmol/L."""
    rate = relaxivity * (tissue.uptake if uptake is None else uptake) / 1000  # per ms
    t2_rate = 1 / tissue.t2_ms + R2_PER_R1 * rate
    return replace(tissue, t1_ms=1 / (1 / tissue.t1_ms + rate), t2_ms=1 / t2_rate)
