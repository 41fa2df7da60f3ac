"""From raw scans to a study on one grid, with the truth known; the networks that find brains have their own tests."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest

from raw_heads import motion, scan_of
from zoo.assets.references import read_references
from zoo.errors import Cancelled, StudyError
from zoo.scanner import preparation
from zoo.scanner.preparation import best_of, prepare_scans
from zoo.scanner.preparation_error import PreparationError
from zoo.scanner.prepared_grid import SHAPE
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.rigid_motion import distance_mm
from zoo.study.brain import bounding_box
from zoo.study.resample import sample
from zoo.types import MODALITIES

MOVED = {"t1ce": motion((8, 3, -6), (4, 9, -7)), "t2": motion((-5, 9, 7), (-12, 6, 10))}
SPACING = {"t1ce": (1.0, 1.0, 4.0), "t2": (2.0, 2.0, 2.0)}


def _threshold(voxels, affine):
    return voxels > 0


@pytest.fixture(scope="module")
def head():
    return read_references()[0]


@pytest.fixture(scope="module")
def steps():
    return []


@pytest.fixture(scope="module")
def prepared(head, steps):
    scans = {name: scan_of(head, name, MOVED[name], SPACING[name]) for name in MOVED}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparation, "extract_brain", _threshold)
        return prepare_scans("case1", scans, lambda *step: steps.append(step))


def test_the_grid_is_that_of_brats_with_the_brain_in_its_middle(prepared):
    volumes = prepared.volumes
    assert (volumes.id, volumes.brain.shape, volumes.modalities) == ("case1", SHAPE, ("t1ce", "t2"))
    np.testing.assert_allclose(volumes.affine[:3, :3], np.eye(3))
    middle = [(side.start + side.stop - 1) / 2 for side in bounding_box(volumes.brain)]
    np.testing.assert_allclose(middle, (np.array(SHAPE) - 1) / 2, atol=2.5)
    outside = np.flatnonzero(~volumes.brain)
    assert not any(scan.ravel()[outside].any() for scan in volumes.data)


def test_scans_lie_on_each_other_as_before_they_were_moved(head, prepared):
    """Each voxel of the prepared study is the head's own, where the motions say that it was."""
    volumes = prepared.volumes
    to_head = np.linalg.inv(MOVED["t1ce"]) @ volumes.scanner["t1ce"].motion
    source = np.linalg.inv(head.affine) @ to_head @ volumes.affine
    for name in MOVED:
        row = MODALITIES.index(name)
        expected = sample(head.data[row][None], source, SHAPE)[0]
        assert np.corrcoef(expected[volumes.brain], volumes.data[row][volumes.brain])[0, 1] > 0.93


def test_what_was_moved_is_told(head, prepared):
    between = MOVED["t2"] @ np.linalg.inv(MOVED["t1ce"])
    centre = (MOVED["t1ce"] @ head.affine @ [*(np.array(head.brain.shape) - 1) / 2, 1])[:3]
    found = prepared.registrations["t2"]
    assert (prepared.fixed, list(prepared.registrations)) == ("t1ce", ["t2"])
    assert distance_mm(found.matrix, between, centre) < 1
    assert found.moved_mm == pytest.approx(distance_mm(between, np.eye(4), centre), abs=1.5)
    assert not prepared.brain_on


def test_what_scaling_added_to_a_stripped_scan_is_taken_off(head, monkeypatch):
    clean = scan_of(head, "t1ce", np.eye(4), (2.0, 2.0, 2.0))
    added = 0.2 * clean.voxels[clean.voxels > 0].mean()
    ringing = np.random.default_rng(0).normal(0, 0.02 * added, clean.voxels.shape)
    scaled = (np.where(clean.voxels > 0, clean.voxels, ringing) + added).astype(np.float32)
    monkeypatch.setattr(preparation, "extract_brain", lambda *_: clean.voxels > 0)
    of_scaled, of_clean = (
        prepare_scans("case1", {"t1ce": RawScan(voxels, clean.affine)}).volumes for voxels in (scaled, clean.voxels)
    )
    row = MODALITIES.index("t1ce")
    means = [volumes.data[row][volumes.brain].mean() for volumes in (of_scaled, of_clean)]
    assert means[0] == pytest.approx(means[1], rel=0.05)  # dark rims of the brain go with the ringing


def test_the_head_stands_upright(head, prepared):
    """As far as the head itself did: it is one of those of which the common brain is made."""
    turned = np.linalg.inv(MOVED["t1ce"]) @ prepared.turned
    angle = np.degrees(np.arccos((np.trace(turned[:3, :3]) - 1) / 2))
    assert angle < 5


def test_each_step_is_told(prepared, steps):
    assert list(dict.fromkeys(steps)) == [
        (0, "Looking for the brain on T1ce"),
        (0.2, "Laying T2 on T1ce"),
        (0.4, "Turning the head upright"),
        (0.6, "Sampling all scans on one grid"),
    ]


def test_a_cancel_waits_for_no_registration(head, monkeypatch):
    """It is told again and again that one goes on, and what that raises ends the work."""
    end, told = Event(), []

    def cancelled(*step):
        told.append(step)
        if told.count(step) == 3:
            raise Cancelled("Cancelled.")

    monkeypatch.setattr(preparation, "extract_brain", _threshold)
    monkeypatch.setattr("zoo.scanner.registration.register", lambda *_: end.wait(60))
    with pytest.raises(Cancelled):
        prepare_scans("case1", {name: scan_of(head, name) for name in ("t1ce", "t2")}, cancelled)
    assert not end.is_set()
    assert told[-1] == (0.2, "Laying T2 on T1ce")
    end.set()


def test_what_shows_how_it_was_done_are_planes_of_what_was_made(prepared):
    """Of heads without skull they differ only where the mask cuts."""
    volumes, view = prepared.volumes, prepared.volumes.preparation
    assert list(view.scans) == ["t1ce", "t2"]
    for axis, mask in enumerate(view.brain):
        middle = SHAPE[axis] // 2
        np.testing.assert_array_equal(mask, volumes.brain.take(middle, axis))
        for name, planes in view.scans.items():
            expected = volumes.data[MODALITIES.index(name)].take(middle, axis)
            np.testing.assert_allclose(planes[axis] * mask, expected, atol=1e-2)


def test_a_skull_is_taken_off(head, monkeypatch):
    """Where the network finds less than there is, all the rest becomes background."""
    centre = (head.affine @ [*(np.array(head.brain.shape) - 1) / 2, 1])[:3]

    def ball(voxels, affine):
        places = np.moveaxis(np.indices(voxels.shape), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
        return np.linalg.norm(places - centre, axis=-1) < 50

    monkeypatch.setattr(preparation, "extract_brain", ball)
    prepared = prepare_scans("case1", {"t1": scan_of(head, "t1")})
    assert prepared.brain_on == ("t1",)
    assert np.count_nonzero(prepared.volumes.brain) == pytest.approx(4 / 3 * np.pi * 50**3, rel=0.03)


@pytest.mark.parametrize(("radius", "agrees"), [(52, True), (43, False)])
def test_the_brain_of_t1_must_be_that_of_t1ce_and_is_joined_with_it(head, monkeypatch, radius, agrees):
    centre, radii, steps = (head.affine @ [*(np.array(head.brain.shape) - 1) / 2, 1])[:3], iter([50, radius]), []

    def ball(voxels, affine):
        places = np.moveaxis(np.indices(voxels.shape), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
        return np.linalg.norm(places - centre, axis=-1) < next(radii)

    monkeypatch.setattr(preparation, "extract_brain", ball)
    monkeypatch.setattr(preparation, "doubt", lambda *found: "")  # of heads that have no skull
    scans = {name: scan_of(head, name) for name in ("t1", "t1ce")}
    if agrees:
        prepared = prepare_scans("case1", scans, lambda share, step: steps.append(step))
        assert prepared.brain_on == ("t1ce", "t1")
        assert np.count_nonzero(prepared.volumes.brain) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.03)
        assert list(dict.fromkeys(steps))[2] == "Looking for the brain on T1 too"
    else:
        with pytest.raises(
            PreparationError, match=r"case1: T1 and T1ce: expected one brain in both, .* by 0\.7"
        ) as refused:
            prepare_scans("case1", scans)
        assert list(refused.value.view.scans) == ["t1ce", "t1"]


@pytest.mark.parametrize(
    ("modalities", "fixed"), [(MODALITIES, "t1ce"), (("t2", "t1"), "t1"), (("t2", "flair"), "flair"), (("t2",), "t2")]
)
def test_the_sharpest_scan_is_that_to_which_others_are_carried(modalities, fixed):
    assert best_of(modalities) == fixed


def test_another_s_scan_is_refused_by_name(head, monkeypatch):
    """Such as one that says too little of the first to be of the same head."""
    monkeypatch.setattr(preparation, "extract_brain", _threshold)
    scans = {"t1": scan_of(head, "t1"), "t2": scan_of(head, "t2")}
    noise = np.random.default_rng(1).normal(size=scans["t2"].voxels.shape).astype(np.float32)
    with pytest.raises(
        PreparationError, match="case1: T2: could not be laid on T1: they have too little in common"
    ) as refused:
        prepare_scans("case1", scans | {"t2": RawScan(noise, scans["t2"].affine)})
    assert list(refused.value.view.scans) == ["t1", "t2"]


def test_where_no_brain_is_found_the_series_is_named_and_shown(head, monkeypatch):
    def nothing(voxels, affine):
        raise StudyError("Brain mask: found no brain.")

    monkeypatch.setattr(preparation, "extract_brain", nothing)
    with pytest.raises(PreparationError, match="case1: T1: Brain mask: found no brain") as refused:
        prepare_scans("case1", {"t1": scan_of(head, "t1")})
    assert list(refused.value.view.scans) == ["t1"]
