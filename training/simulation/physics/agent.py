"""Contrast agent in blood and tissue: how much was injected, and how long before the scan (Tofts and Kermode 1991)."""

from dataclasses import dataclass

import numpy as np

# Two compartments: concentration in plasma after 1 mmol per kg of body weight, in kg/L, and its decay per minute
# (Weinmann et al. 1984 as fitted by Tofts and Kermode 1991, from memory).
AMOUNTS = np.array([3.99, 4.78])
DECAYS = np.array([0.144, 0.0111])
DOSES, DOSE_SHARES = (0.05, 0.075, 0.1, 0.2), (0.08, 0.08, 0.76, 0.08)
EARLIEST_MIN, LATEST_MIN = 1.5, 15.0


@dataclass(frozen=True)
class Injection:
    """Dose in mmol per kg of body weight, and delay in minutes from the injection to the middle of the scan."""

    dose: float
    delay_min: float


USUAL = Injection(0.1, 5.0)
"""What the uptake of `tissues` is given for: a single dose, and 4 to 8 minutes as in the consensus protocol (BTIP)."""


def draw_injection(rng: np.random.Generator) -> Injection:
    """Draw dose and delay: mostly a single dose.

    Half and double doses are given too (0.05 to 0.2 mmol/kg: Niendorf et al. 1987, AJNR 8:803), vials are not filled to
    the kilogram, and scans start from 1 (Jeon et al. 2014, Korean J Radiol 15:145) to some 15 minutes after it.
    """
    dose = float(rng.choice(DOSES, p=DOSE_SHARES)) * float(np.exp(rng.normal(0, 0.1)))
    return Injection(dose, float(np.exp(rng.uniform(np.log(EARLIEST_MIN), np.log(LATEST_MIN)))))


def relative_uptake(injection: Injection, exchange: float) -> float:
    """Concentration in a tissue as a ratio to that at the usual dose and delay.

    exchange: how fast agent passes between plasma and tissue, per minute (k_ep); infinite: in the blood itself.
    """
    return concentration(injection, exchange) / concentration(USUAL, exchange)


def concentration(injection: Injection, exchange: float) -> float:
    """Concentration in mmol/L in the space that fills from plasma: k ∫ C_p(τ) e^(−k (t − τ)) dτ, or C_p in blood."""
    kept = np.exp(-DECAYS * injection.delay_min)
    if np.isinf(exchange):
        return float(injection.dose * (AMOUNTS * kept).sum())
    filled = exchange / (exchange - DECAYS) * (kept - np.exp(-exchange * injection.delay_min))
    return float(injection.dose * (AMOUNTS * filled).sum())
