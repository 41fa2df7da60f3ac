"""The leaderboard file: what `python -m training zoo` writes, and what page, tables and model cards are drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from zoo.assets import typed_json
from zoo.assets.typed_json import OMITTED
from zoo.checkout import TRAINING
from zoo.errors import ZooError
from zoo.types import GRADES

LEADERBOARD = Path(__file__).with_name("leaderboard.json")
FORMAT = 1
COHORTS = ("held_out", "shifted", "unseen")
"""What models are graded on: held-out studies, the same as other scanners would have given them, and studies of the
simulator that trains no model."""
MEASURES = ("auc", "brier", "ece", "accuracy", "sensitivity", "specificity")


@dataclass(frozen=True)
class Estimate:
    """A figure, with the bounds of its 95 % interval and its standard deviation over trainings where they are known."""

    value: float
    sd: float | None = field(default=None, kw_only=True)
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        bounds = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{bounds}"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How one model graded one cohort. auc: None where one grade has no case. p_hgg: of each case, in their order."""

    auc: Estimate | None
    brier: Estimate
    ece: Estimate
    accuracy: Estimate | None = None
    sensitivity: Estimate | None = None
    specificity: Estimate | None = None
    p_hgg: tuple[float, ...]


class RegionCohort(StrEnum):
    """What regions are measured on: two of `COHORTS`, and real gliomas that were looked at in development."""

    HELD_OUT = "held_out"
    UNSEEN = "unseen"
    DEVELOPMENT = "development"


@dataclass(frozen=True)
class RegionFigures:
    """How well one model found one region. studies: over which Dice is taken.

    dice: mean. correlation: Pearson's r of volumes. distance_mm: mean 95 % symmetric surface distance. None where no
    study tells.
    """

    studies: int
    dice: Estimate | None = None
    correlation: Estimate | None = None
    distance_mm: Estimate | None = None


@dataclass(frozen=True)
class LeaderboardRow:
    """One model.

    uses: modalities. parameters, gflops (of one study), seconds (of one prepared study): None where they can't be told.
    weights: revision of the weights that graded. unseen, shifted: None where these studies were not graded, see
    `COHORTS`. regions: by `RegionCohort` and region; None where they were not measured.
    """

    title: str
    family: str
    uses: tuple[str, ...]
    parameters: int | None
    gflops: float | None
    trained_on: str
    seconds: float | None
    weights: str
    held_out: Figures
    unseen: Figures | None = None
    shifted: Figures | None = field(default=None, metadata=OMITTED)
    regions: Mapping[str, Mapping[str, RegionFigures]] | None = field(default=None, metadata=OMITTED)


@dataclass(frozen=True)
class AucDifference:
    """An AUC less another on the same studies, with the 95 % interval and p of DeLong's test."""

    value: float
    low: float | None
    high: float | None
    p: float | None

    def __str__(self) -> str:
        bounds = "" if self.low is None else f" [{self.low:+.3f}, {self.high:+.3f}]"
        p = "" if self.p is None else ", p < 0.001" if self.p < 0.001 else f", p = {self.p:.3f}"
        return f"{self.value:+.3f}{bounds}{p}".replace("-", "−")


@dataclass(frozen=True)
class ModalityGain:
    """What further modalities add: the AUC of `model`, which sees four, less that of `alone`, which sees T1ce alone.

    model, alone: ids. on: by cohort, see `COHORTS`.
    """

    model: str
    alone: str
    on: Mapping[str, AucDifference]


@dataclass(frozen=True)
class CeilingAuc:
    """AUC of a classifier that is told all drawn signs of a study, with its 95 % interval."""

    auc: float
    low: float
    high: float

    @property
    def estimate(self) -> Estimate:
        return Estimate(self.auc, self.low, self.high)


@dataclass(frozen=True)
class SignCeiling:
    """What the drawn signs tell of a cohort's grades. signs: AUC of each alone. ideal: AUC of Bayes' rule."""

    cases: int
    ceiling: CeilingAuc
    signs: Mapping[str, float]
    ideal: float

    @property
    def best_sign(self) -> tuple[str, float]:
        """Name of the best single sign in words, and its AUC."""
        name = max(self.signs, key=lambda sign: self.signs[sign])
        return name.replace("_", " "), self.signs[name]


@dataclass(frozen=True)
class GradedCohort:
    """Simulated studies that trained no model. grades: of each case. fingerprint: of the files."""

    fingerprint: str
    cases: int
    grades: tuple[str, ...]
    ceiling: SignCeiling


@dataclass(frozen=True)
class AblationArm:
    """One variant of the headline model. auc: of each seed.

    difference: of the mean AUC from that of the experiment's first arm, with its interval, p, p adjusted by Holm, and
    verdict; the first arm has none of these.
    """

    auc: tuple[float, ...]
    difference: float | None = field(default=None, metadata=OMITTED)
    low: float | None = field(default=None, metadata=OMITTED)
    high: float | None = field(default=None, metadata=OMITTED)
    p: float | None = field(default=None, metadata=OMITTED)
    p_holm: float | None = field(default=None, metadata=OMITTED)
    verdict: str | None = field(default=None, metadata=OMITTED)


@dataclass(frozen=True)
class Ablations:
    """Experiments by name, each of arms by name. studies: that trained every arm. held_out: that tested it."""

    studies: int | None = field(default=None, metadata=OMITTED)
    held_out: int | None = field(default=None, metadata=OMITTED)
    seeds: int | None = field(default=None, metadata=OMITTED)
    epochs: int | None = field(default=None, metadata=OMITTED)
    experiments: Mapping[str, Mapping[str, AblationArm]] = field(default_factory=dict)


@dataclass(frozen=True)
class Leaderboard:
    """Everything the file holds.

    simulator: version of the one that drew the signs. held_out: studies of the simulator that trained the models.
    unseen: studies of the other simulator. models: by id. modality_gain: None where one of its models is lacking.
    timing: versions of libraries, and hardware.
    """

    simulator: str
    held_out: GradedCohort
    unseen: GradedCohort
    models: Mapping[str, LeaderboardRow]
    modality_gain: ModalityGain | None = field(default=None, metadata=OMITTED)
    ablations: Ablations = field(default_factory=Ablations)
    timing: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in COHORTS:
            cohort = self.cohort(name)
            if not set(cohort.grades) <= set(GRADES):
                raise ValueError(f"{name}: expected grades {' and '.join(GRADES)}, found {sorted(set(cohort.grades))}")
            for model_id, row in self.models.items():
                figures: Figures | None = getattr(row, name)
                if figures is not None and len(figures.p_hgg) != len(cohort.grades):
                    raise ValueError(
                        f"{model_id}, {name}: expected {len(cohort.grades)} probabilities, one for each case; found "
                        f"{len(figures.p_hgg)}"
                    )

    def cohort(self, name: str) -> GradedCohort:
        """Studies behind the figures of one of `COHORTS`: shifted ones are those held out, otherwise seen."""
        return self.unseen if name == "unseen" else self.held_out

    @property
    def cohorts(self) -> tuple[str, ...]:
        """Names of `COHORTS` on which a model was graded."""
        return tuple(name for name in COHORTS if any(getattr(row, name) for row in self.models.values()))

    @classmethod
    def from_json(cls, values: Any) -> Leaderboard:
        """Build it from what `json.loads` returned; `ValueError` says what was expected where, and what was found."""
        found = typed_json.from_json(Mapping[str, Any], values)
        if found.get("format") != FORMAT:
            raise ValueError(f"expected the format {FORMAT}, found {found.get('format')!r}")
        return typed_json.from_json(cls, found)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, from which `from_json` builds the same."""
        return {"format": FORMAT, **typed_json.to_json(self)}


def read_leaderboard(path: Path = LEADERBOARD) -> Leaderboard:
    """Read the file; `ZooError` where there is none, or where it holds something else."""
    try:
        return Leaderboard.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ZooError(f"No leaderboard is here yet: `{TRAINING} zoo` writes one.") from None
    except ValueError as error:
        raise ZooError(
            f"{path.name}: expected a leaderboard of format {FORMAT}, as `{TRAINING} zoo` writes it; {error}. "
            "Write it anew."
        ) from error


def measured_seconds(path: Path = LEADERBOARD) -> dict[str, float]:
    """Tell how long each model takes for one prepared study, by id; nothing where there is no leaderboard."""
    try:
        return {name: row.seconds for name, row in read_leaderboard(path).models.items() if row.seconds is not None}
    except ZooError:
        return {}
