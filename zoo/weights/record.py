"""What a weights file says of its own making: what it was trained on, calibrations, threshold, measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from zoo.errors import WeightsError
from zoo.types import ONE_HALF, ModelSpec
from zoo.weights.calibration import Calibration, calibration_for


@dataclass(frozen=True)
class TrainingRecord:
    """What a weights file says of its own making; shown beside every probability.

    subsets: for studies that lack modalities, by what they have of those that the model uses, as "t1ce+flair".
    """

    trained_on: str
    calibration: Calibration = Calibration()
    threshold: float = 0.5
    details: Mapping[str, Any] | None = None
    subsets: Mapping[str, Calibration] = field(default_factory=dict)

    def calibrated_for(self, modalities: Sequence[str]) -> tuple[Calibration, float | None]:
        """Calibration for studies with these modalities, in the model's order, and its error; else of complete ones."""
        calibration, _ = calibration_for(modalities, self.calibration, self.subsets)
        return calibration, self._measured_for(modalities).get("ece")

    def operating_point_for(self, modalities: Sequence[str]) -> tuple[float | None, float | None]:
        """Sensitivity and specificity at the threshold on held-out cases with these modalities, in the model's order;
        None where nobody measured them."""
        measured = self._measured_for(modalities)
        return measured.get("sensitivity"), measured.get("specificity")

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error on the cases that were held out, if that was measured."""
        return (self.details or {}).get("held_out", {}).get("ece")

    def as_json(self) -> dict[str, Any]:
        """Content for a weights file, as `read_record` reads it: byte for byte what it was before prevalences were."""
        content = asdict(self)
        for fitted in (content["calibration"], *content["subsets"].values()):
            if fitted["prevalence"] == ONE_HALF:
                del fitted["prevalence"]
        return content

    def _measured_for(self, modalities: Sequence[str]) -> Mapping[str, Any]:
        """Measures on held-out cases with these modalities; those on complete ones where they have no calibration."""
        details = self.details or {}
        _, subset = calibration_for(modalities, self.calibration, self.subsets)
        return details.get("subsets", {}).get(subset, {}) if subset else details.get("held_out", {})

    @property
    def members(self) -> Sequence[str]:
        """Revisions of the weights that a model made of others was fitted to."""
        return (self.details or {}).get("members", [])


def read_record(spec: ModelSpec, content: dict[str, Any]) -> TrainingRecord:
    """Build the record of what a file says; `WeightsError` unless it is of the kind that is shown and computed with."""
    try:
        subsets = {name: Calibration(**fitted) for name, fitted in content.get("subsets", {}).items()}
        record = TrainingRecord(**content | {"calibration": Calibration(**content["calibration"]), "subsets": subsets})
        fitted = (record.calibration, *subsets.values())
        studies = [name.split("+") for name in (*subsets, "")]
        errors = [record.calibrated_for(modalities)[1] or 0 for modalities in studies]
        measured = [share or 0 for modalities in studies for share in record.operating_point_for(modalities)]
        texts = (record.trained_on, *record.members, *(each.fitted_on for each in fitted))
        numbers = (record.threshold, *errors, *(number for each in fitted for number in (each.slope, each.intercept)))
        finite = all(map(math.isfinite, numbers))
        shares = all(0 <= share <= 1 for share in measured) and all(0 < each.prevalence < 1 for each in fitted)
        if finite and shares and all(isinstance(text, str) for text in texts):
            return record
        raise ValueError("numbers that aren't finite, shares beyond 0 to 1, or no words")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{spec.id}: the weights' record of their training can't be read ({error}). Train the model again."
        ) from error
