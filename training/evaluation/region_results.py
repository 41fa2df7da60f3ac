"""The file of an evaluation of regions: every study's figures, so that any table can be drawn from it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zoo import ZooError
from zoo.checkout import TRAINING
from zoo.types import MEASURED

from ..jobs.files import write_json
from .results import CaseRow

FORMAT = "regions 1"


@dataclass(frozen=True)
class RegionMatch:
    """One region of one study, as found and as in the mask, on the study's own grid.

    dice: 0 to 1; None where the region is empty in both. distance_mm: 95 % symmetric surface distance; None where it
    is empty in either. found_ml, true_ml: volumes.
    """

    dice: float | None
    distance_mm: float | None
    found_ml: float
    true_ml: float

    @property
    def is_absent(self) -> bool:
        """Whether it is empty in both."""
        return not self.found_ml and not self.true_ml

    @property
    def is_one_sided(self) -> bool:
        """Whether it is empty in one of both."""
        return bool(self.found_ml) != bool(self.true_ml)


@dataclass(frozen=True)
class RegionResults:
    """One evaluation of regions. cohort, timing: as in `Results`. weights: revision by model id.

    matches: by model id and case id each of MEASURED; not_measured: by model id and case id the reason.
    """

    cohort: Mapping[str, Any]
    weights: Mapping[str, str]
    cases: tuple[CaseRow, ...]
    matches: Mapping[str, Mapping[str, Mapping[str, RegionMatch]]]
    not_measured: Mapping[str, Mapping[str, str]]
    timing: Mapping[str, Any] = field(default_factory=dict)


def save_region_results(path: Path, results: RegionResults) -> None:
    """Write the file in one step."""
    write_json(path, {"format": FORMAT, **asdict(results)})


def holds_regions(path: Path) -> bool:
    """Tell a file of this kind from one of grades, or from none."""
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("format") == FORMAT
    except (OSError, ValueError, AttributeError):
        return False


def load_region_results(path: Path) -> RegionResults:
    """Read a file of this kind; `ZooError` when it is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("format") != FORMAT:
            raise ValueError("another format")
        cases = tuple(CaseRow(**row | {"folds": tuple(row["folds"])}) for row in found.pop("cases"))
        matches = {
            model: {case: match_of(parts) for case, parts in by_case.items()}
            for model, by_case in found.pop("matches").items()
        }
        return RegionResults(cases=cases, matches=matches, **found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZooError(
            f'{path}: expected a file of format "{FORMAT}", as `{TRAINING} evaluate --segment --out` writes it; '
            f"{error}. Evaluate again."
        ) from error


def match_of(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, RegionMatch]:
    """Read each of a study's MEASURED from JSON values."""
    return {part: RegionMatch(**parts[part]) for part in MEASURED}
