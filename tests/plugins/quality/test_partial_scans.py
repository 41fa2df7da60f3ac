"""A scan that shows less of the head than the others is told by what it lacks, not as if it lay askew."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from odd_studies import cut_below, moved, simulated, slab_of
from zoo.plugins.quality import alignment, partial_scans, tumour
from zoo.plugins.quality.coverage import outlines_of
from zoo.study.prepare import prepare


def checked(volumes):
    outlines = outlines_of(volumes)
    assert outlines
    return [*alignment.check(volumes, outlines), *partial_scans.check(volumes, outlines, prepare)]


@pytest.fixture
def no_tumour_there(monkeypatch):
    monkeypatch.setattr(tumour, "scores", lambda *arguments, **keywords: None)


@pytest.mark.parametrize("name", ["flair", "t1ce"])
@pytest.mark.parametrize("degrees", [0, 6])
def test_what_is_missing_and_how_much_is_said(no_tumour_there, name, degrees):
    study = simulated(1)
    cut = cut_below(name, 36, degrees)(study)
    (finding,) = checked(cut)
    assert finding.severity == "warning"
    lacking = (study.data[3] != 0).sum() - (cut.data[3 if name == "flair" else 1] != 0).sum()
    title, depth, share = re.match(
        r"(\w+) doesn't show the lowest (\d+) mm of the brain \((\d+)%", finding.message
    ).groups()
    assert title == {"flair": "FLAIR", "t1ce": "T1ce"}[name]
    assert 20 <= int(depth) <= 52
    assert int(share) == pytest.approx(100 * lacking / study.brain.sum(), abs=2)


@pytest.mark.parametrize(
    ("axis", "flipped", "said"),
    [(1, False, "rearmost"), (1, True, "foremost"), (0, False, "leftmost"), (0, True, "rightmost")],
)
def test_sides_are_named_as_seen_by_the_head(no_tumour_there, axis, flipped, said):
    """Axes of these studies run to the right, front and top, unless their affine says otherwise."""
    study = simulated(1)
    data, run = study.data.copy(), np.sign(study.affine[axis, axis])
    assert abs(study.affine[axis, axis]) == np.abs(study.affine[axis, :3]).max()
    ends = np.flatnonzero(study.brain.any(axis=tuple({0, 1, 2} - {axis})))[[0, -1]]
    view = np.moveaxis(data[2], axis, 0)
    if (run > 0) != flipped:
        view[: ends[0] + 15] = 0
    else:
        view[ends[1] - 14 :] = 0
    (finding,) = checked(replace(study, data=data))
    assert f"T2 doesn't show the {said} " in finding.message


def test_a_scan_that_lacks_little_passes(no_tumour_there):
    (finding,) = checked(cut_below("flair", 16)(simulated(1)))
    assert finding.severity == "warning"
    assert int(re.search(r"\((\d+)%", finding.message)[1]) < 10


def test_a_slab_lacks_both_ends(no_tumour_there):
    (finding,) = checked(slab_of("flair", 22)(simulated(1)))
    assert re.search(r"the lowest \d+ mm and highest \d+ mm of the brain", finding.message)


def test_most_scans_may_lack_the_same(no_tumour_there):
    study = simulated(1)
    for name in ("t1", "t2", "flair"):
        study = cut_below(name, 36)(study)
    (finding,) = checked(study)
    assert finding.severity == "warning"
    assert finding.message.count("doesn't show the lowest") == 3


def test_a_scan_that_is_cut_and_moved_is_refused(no_tumour_there):
    found = checked(cut_below("flair", 36)(moved("flair", shift_mm=8)(simulated(1))))
    assert "FLAIR lies" in found[0].message
    assert "off what most scans share" in found[0].message


def test_too_little_is_refused(no_tumour_there):
    (finding,) = checked(cut_below("flair", 75)(simulated(1)))
    assert finding.severity == "refusal"
    assert "too much to grade by" in finding.message


@pytest.mark.parametrize(("above_mm", "severity"), [(12, "refusal"), (70, "warning")])
def test_tumour_in_what_is_missing_is_refused(monkeypatch, above_mm, severity):
    """Found without the scan that lacks it, in a sheet so far above the brain's end."""
    study = cut_below("flair", 36)(simulated(1))
    lowest = study.affine @ [0, 0, np.flatnonzero(study.brain.any(axis=(0, 1)))[0], 1]
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    affine[:3, 3] = [-120, -120, lowest[2] + above_mm]
    hidden = []

    def scores(volumes, prepare, without):
        hidden.append(without)
        return tumour.Scores(np.full((30, 30, 1), 0.9, np.float32), affine)

    monkeypatch.setattr(tumour, "scores", scores)
    (finding,) = checked(study)
    assert finding.severity == severity
    assert "leave this one out" in finding.message
    assert hidden == [["flair"]]


def test_a_scan_that_lacks_more_than_a_quarter_is_refused(no_tumour_there):
    (finding,) = checked(cut_below("flair", 50)(simulated(1)))
    assert finding.severity == "refusal"
    assert 25 < int(re.search(r"\((\d+)%", finding.message)[1]) < 50
    assert "more than 25% is too much to grade by" in finding.message
