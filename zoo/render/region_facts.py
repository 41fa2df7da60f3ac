"""What a segmentation says, for every face alike: as JSON, as a row in a table of many studies, in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from zoo.render.grade_facts import PERCENT
from zoo.render.region_accuracy import how_good, region_accuracy
from zoo.types import DISCLAIMER, MEASURED, WHOLE_TUMOUR, RegionMeasurements, Segmentation, Word

REGION_TITLES = {"core": "core", "oedema": "oedema", "enhancing": "enhancing tumour", WHOLE_TUMOUR: "whole tumour"}
SOURCE = "regions that a network found and nobody has checked"
WORDS_SOURCE = "VASARI's, measured of these regions; nobody read the scans"
MIDLINE_NOT_TOLD = "midline not told"
TRIPLES = ("extent_mm", "diameter_centre_mm", "centre_mm")
"""Measurements of three numbers each, along x, y and z."""


def segmentation_json(segmentation: Segmentation) -> dict[str, Any]:
    """Every measurement by region and key, what it rests on, and the disclaimer; without the study's name."""
    return {
        "model": segmentation.model,
        "regions": {region: asdict(segmentation.measurements[region]) for region in MEASURED},
        "midline": segmentation.midline and asdict(segmentation.midline),
        "accuracy": region_accuracy(segmentation.model, segmentation.weights),
        "words": [asdict(word) for word in segmentation.words],
        "source": SOURCE,
        "trained_on": segmentation.trained_on,
        "weights": segmentation.weights,
        "seconds": segmentation.seconds,
        "warnings": list(segmentation.warnings),
        "remarks": list(segmentation.remarks),
        "disclaimer": DISCLAIMER,
    }


def segmentation_row(segmentation: Segmentation) -> dict[str, Any]:
    """The same as one row of a table, without words and accuracy: a column a number, such as `core_ml` and
    `whole_extent_mm_x`."""
    told = segmentation_json(segmentation)
    columns = {
        f"{region}_{key}": value for region, named in told.pop("regions").items() for key, value in _flat(named).items()
    }
    del told["midline"], told["words"], told["accuracy"]
    sentences = {key: " ".join(told.pop(key)) for key in ("warnings", "remarks")}
    return {"model": told.pop("model"), **columns, **told, **sentences}


def segmentation_text(segmentation: Segmentation) -> str:
    """One line with what it rests on, one a region, how good they are, a warning, a remark, a word; the disclaimer is
    the printer's."""
    line = (
        f"{segmentation.study}: {_ml(segmentation.measurements[WHOLE_TUMOUR])} of tumour by {segmentation.model} "
        f"({SOURCE}; trained on {segmentation.trained_on}; weights {segmentation.weights})"
    )
    regions = [f"  {REGION_TITLES[name]}: {_in_words(segmentation.measurements[name])}" for name in MEASURED]
    told = [("warning", segmentation.warnings), ("remark", segmentation.remarks)]
    said = [f"  {kind}: {sentence}" for kind, sentences in told for sentence in sentences]
    good = how_good(segmentation.model, segmentation.weights)
    words = [f"  in words ({WORDS_SOURCE}):", *(f"    {word_text(word)}" for word in segmentation.words)]
    return "\n".join([line, *regions, *(f"  {each}" for each in good), *said, *(words if segmentation.words else [])])


def word_text(word: Word) -> str:
    """A feature with its word, what was measured, what that is compared with and the source; or why it isn't told."""
    title = f"{word.feature} ({word.vasari})" if word.vasari else word.feature
    measured = "" if word.value is None else f"{word.value:.1f} {word.unit}"
    if word.word is None:
        return f"{title}: not told, {word.why}{f' (measured {measured})' if measured else ''}"
    return f"{title}: {word.word} ({measured}; {word.threshold}; {word.source})"


def _flat(measured: dict[str, Any]) -> dict[str, Any]:
    """Give each number a key of its own."""
    flat: dict[str, Any] = {}
    for key, value in measured.items():
        if key in TRIPLES:
            flat |= {f"{key}_{axis}": number for axis, number in zip("xyz", value or (None,) * 3, strict=True)}
        else:
            flat[key] = value
    return flat


def _in_words(measured: RegionMeasurements) -> str:
    if not measured.ml:
        return "none"
    assert measured.share is not None
    parts = [f"{_ml(measured)} ({measured.share * PERCENT:.0f} %)", _diameters(measured), _pieces(measured)]
    return ", ".join([*filter(None, parts), _place(measured)])


def _ml(measured: RegionMeasurements) -> str:
    return f"{measured.ml:.1f} ml"


def _diameters(measured: RegionMeasurements) -> str:
    if measured.diameter_mm is None:
        return ""
    return f"{measured.diameter_mm:.0f} × {measured.perpendicular_mm:.0f} mm in an axial slice"


def _pieces(measured: RegionMeasurements) -> str:
    specks = f" and {measured.specks} speck{'s' * (measured.specks != 1)}" if measured.specks else ""
    return f"{measured.parts} part{'s' * (measured.parts != 1)}{specks}"


def _place(measured: RegionMeasurements) -> str:
    """Side and distance from the midline: "left, 12 mm from the midline"."""
    if measured.side is None or measured.left_share is None or measured.midline_mm is None:
        return MIDLINE_NOT_TOLD
    if not measured.midline_mm:
        side = (
            f"on both sides, {measured.left_share * PERCENT:.0f} % left" if measured.side == "both" else measured.side
        )
        return f"{side}, across the midline"
    return f"{measured.side}, {measured.midline_mm:.0f} mm from the midline"
