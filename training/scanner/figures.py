"""What many patients say of the way from raw series to a grade, as one table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from zoo import GRADES, MODALITY_TITLES

from ..report.markdown import NONE, estimate, number, table
from ..statistics.comparisons import delong_test
from ..statistics.metrics import auc

Row = Mapping[str, Any]

FAILED_MM = 2.0
"""How far off a registration is wrong."""
WAYS = {"AUC simulated": "simulated", "as scanned": "known", "prepared": "prepared"}
"""What was graded: the study itself, its series with motions and brain known, and with both found."""
LOST = 0.01
"""Share of a lesion that may be cut away with the skull."""


def to_markdown(patients: Sequence[Row]) -> str:
    """Write what registration, brain and grade are worth. patients: as `MeasurePatient` returns them."""
    prepared = [one for one in patients if not one["refused"]]
    steps = [*_laid(patients, prepared), *_told(patients), *_brains(prepared)]
    tables = [table(("what", "figure"), steps)]
    models = prepared[0]["p_hgg"]["prepared"] if prepared else {}
    if models:
        header = ("model", *WAYS, "lost by scanner", "… on the way", "p moves by (median, largest)", "studies")
        tables.append(table(header, [_graded(name, prepared) for name in models]))
    return "\n\n".join(tables) + "\n"


def _laid(patients: Sequence[Row], prepared: Sequence[Row]) -> Iterator[tuple[str, str]]:
    found = [one for patient in prepared for one in patient["series"].values()]
    errors = np.array([one["error_mm"] for one in found])
    yield "patients, of these refused", f"{len(patients)}, {len(patients) - len(prepared)}"
    if found:
        median, most = np.percentile(errors, (50, 95))
        yield "series laid on T1ce", str(len(found))
        yield "… error, mm: median, 95 %, worst", f"{median:.2f}, {most:.2f}, {errors.max():.2f}"
        yield f"… more than {FAILED_MM:g} mm off, unnoticed", str(int((errors > FAILED_MM).sum()))
        yield "… least they share, nats", number(min(_shared(one) for one in found), 2)
        yield "… there and back, mm, at the most", number(max(one["inconsistency_mm"] for one in found), 2)


def _told(patients: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """How many series that are wrong are refused; one that was laid where it belongs all the same is not wrong."""
    for kind in sorted({patient["wrong"]["kind"] for patient in patients}):
        wrong = [one["wrong"] for one in patients if one["wrong"]["kind"] == kind]
        refused, right = sum(bool(one["doubt"]) for one in wrong), sum(_is_right(one) for one in wrong)
        laid = f", {right} laid right all the same" if right else ""
        yield f"series {_called(kind)}: refused", f"{refused} of {len(wrong)}{laid}"
        yield "… most they share, nats", number(max(_shared(one) for one in wrong), 2)


def _shared(one: Row) -> float:
    return float(one["information"] + one["in_brain"])


def _called(kind: str) -> str:
    return f"of {kind}" if kind.startswith("another") else kind


def _is_right(one: Row) -> bool:
    return not one["doubt"] and one["error_mm"] is not None and one["error_mm"] <= FAILED_MM


def _brains(prepared: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for name in prepared[0]["brain"] if prepared else ():
        found = [patient["brain"][name] for patient in prepared]
        overlap, lost = ([one[key] for one in found] for key in ("dice", "brain_lost"))
        title = f"brain on {MODALITY_TITLES[name]}: Dice, median and least; lost, at the most"
        yield title, f"{np.median(overlap):.3f}, {min(overlap):.3f}; {max(lost):.1%}"
    on_t1ce = [patient["brain"]["t1ce"] for patient in prepared]
    for where, those in (("", on_t1ce), (" at the brain's surface", [one for one in on_t1ce if one["at_border"]])):
        if those:
            lost = [one["lesion_lost"] for one in those]
            few = sum(share <= LOST for share in lost)
            yield f"lesions{where}: at most {LOST:.0%} lost", f"{few} of {len(lost)} (worst {max(lost):.1%})"


def _graded(model: str, prepared: Sequence[Row]) -> tuple[str, ...]:
    """How well a model ranks the studies that it grades each way."""
    answers = [(one["grade"], *(one["p_hgg"][way][model] for way in WAYS.values())) for one in prepared]
    graded = [answer for answer in answers if not any(isinstance(p, str) for p in answer[1:])]
    y = np.array([GRADES.index(grade) for grade, *_ in graded])
    simulated, known, raw = (np.array([answer[way] for answer in graded], float) for way in (1, 2, 3))
    moved = np.abs(simulated - raw)
    return (
        f"`{model}`",
        *(number(auc(y, p)) for p in (simulated, known, raw)),
        _lost(y, simulated, known),
        _lost(y, known, raw),
        f"{np.median(moved):.3f}, {moved.max():.3f}" if graded else NONE,
        f"{len(graded)} of {len(prepared)}",
    )


def _lost(y: np.ndarray, before: np.ndarray, after: np.ndarray) -> str:
    found = delong_test(y, before, after)
    low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
    return estimate({"value": found.difference, "low": low, "high": high})
