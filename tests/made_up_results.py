"""Results that no network was trained for: arms of known AUC, on a cohort that resembles BraTS in its hospitals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from training.evaluation.results import FOLDS, HOSPITALS, WHOLE, CaseRow, ModelRow, Outcome, Results

HEADLINE = "guided-dual-attention"
COUNTS = {"CBICA": (0, 40), "Henry Ford": (34, 35), "Case Western": (19, 8), "2013": (10, 20)}
"""LGG and HGG of each hospital."""


@dataclass(frozen=True)
class Arm:
    """auc: among patients of one hospital, in expectation. lean: weight of the hospital's own odds of HGG."""

    auc: float
    lean: float = 0.0
    row: Mapping[str, object] | None = None

    def logits(self, y: np.ndarray, prior: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Calibrated where both grades are as frequent: two unit normals, `distance` apart, and their log-odds."""
        distance = np.sqrt(2) * norm.ppf(self.auc)
        return distance * (rng.normal(size=len(y)) + distance * (y - 0.5)) + self.lean * prior


CONTROL = Arm(0.5, lean=1.0, row={"uses": (), "family": "control", "parameters": None, "gflops": None})
ARMS = {HEADLINE: Arm(0.93), "single-t1ce": Arm(0.85), "site-control": CONTROL}


def made_up_results(
    arms: Mapping[str, Arm] = ARMS,
    size: int = 1,
    folds: int = 5,
    repeats: int = 1,
    schemes: Sequence[str] = (FOLDS,),
    simulated: bool = True,
    seed: int = 0,
) -> Results:
    """The first arm is the headline; `size` multiplies the patients of every hospital."""
    rng = np.random.default_rng(seed)
    cases = tuple(_cases(size, folds, repeats, rng))
    outcomes = [
        outcome
        for name, arm in arms.items()
        for scheme in schemes
        for outcome in _outcomes(name, arm, cases, scheme, rng)
    ]
    return Results(
        cohort={"name": "made up", "fingerprint": "0" * 16, "simulated": simulated, "left_out": {}},
        protocol={"experiment": "baselines", "folds": folds, "repeats": repeats, "seed": seed},
        headline=next(iter(arms)),
        cases=cases,
        models=tuple(_row(name, arm, index) for index, (name, arm) in enumerate(arms.items())),
        outcomes=tuple(outcomes),
        timing={
            "hardware": {"cores": 2, "gpus": []},
            "versions": {"torch": "2.14"},
            "seconds": {"a": 12.5, "b": 137.5},
        },
    )


def _cases(size: int, folds: int, repeats: int, rng: np.random.Generator) -> Iterator[CaseRow]:
    for hospital, counts in COUNTS.items():
        for grade, count in zip(("LGG", "HGG"), counts, strict=True):
            own = np.array([rng.permutation(count * size) % folds for _ in range(repeats)], int)
            for index in range(count * size):
                name = f"{hospital}-{grade}-{index}"
                yield CaseRow(name, grade, name, hospital, hospital, tuple(own[:, index].tolist()))


def _row(name: str, arm: Arm, index: int) -> ModelRow:
    known = {"family": "encoder", "uses": ("t1ce",), "parameters": 320_000 * (index + 1), "gflops": 2.1 * 3**index}
    return ModelRow(name=name, title=name.capitalize(), **known | dict(arm.row or {}))


def _outcomes(
    name: str, arm: Arm, cases: Sequence[CaseRow], scheme: str, rng: np.random.Generator
) -> Iterator[Outcome]:
    learned = scheme != WHOLE and arm is not CONTROL
    for repeat, split, rows in _splits(cases, scheme):
        y = np.array([row.grade == "HGG" for row in rows], float)
        shares = {hospital: (hgg + 0.5) / (lgg + hgg + 1) for hospital, (lgg, hgg) in COUNTS.items()}
        prior = np.array([np.log(shares[row.hospital] / (1 - shares[row.hospital])) for row in rows])
        logit = arm.logits(y, prior, rng)
        yield Outcome(
            model=name,
            scheme=scheme,
            split=split,
            repeat=repeat,
            cases=tuple(row.id for row in rows),
            logit=tuple(logit.tolist()),
            p_hgg=tuple((1 / (1 + np.exp(-logit))).tolist()),
            train_cases=0 if scheme == WHOLE else len(cases) - len(rows),
            train_auc=arm.auc + 0.02 if learned else None,
            site_probe=_probe(rows, rng) if learned and scheme == FOLDS else {},
        )


def _splits(cases: Sequence[CaseRow], scheme: str) -> Iterator[tuple[int, str, list[CaseRow]]]:
    if scheme == WHOLE:
        yield 0, "whole", list(cases)
    elif scheme == HOSPITALS:
        for hospital in COUNTS:
            yield 0, hospital, [row for row in cases if row.hospital == hospital]
    else:
        for repeat in range(len(cases[0].folds)):
            for fold in range(folds := 1 + max(row.folds[repeat] for row in cases)):
                yield repeat, f"fold {fold + 1} of {folds}", [row for row in cases if row.folds[repeat] == fold]


def _probe(rows: Sequence[CaseRow], rng: np.random.Generator) -> dict[str, list[list[str]]]:
    """Sites as a probe with an accuracy near 0.7 would tell them."""
    told = [row.site if rng.random() < 0.6 else str(rng.choice(list(COUNTS))) for row in rows]
    return {
        grade: [
            [row.site for row in rows if row.grade == grade],
            [site for site, row in zip(told, rows, strict=True) if row.grade == grade],
        ]
        for grade in ("LGG", "HGG")
    }
