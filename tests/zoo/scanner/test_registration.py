"""Motions that are known, found again."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
import SimpleITK

from raw_heads import motion
from raw_heads import scan_of as raw_scan_of
from zoo.assets.references import read_references
from zoo.scanner.registration import register, registering
from zoo.scanner.rigid_motion import distance_mm
from zoo.scanner.scan_pyramid import ScanPyramid


def scan_of(*which):
    return ScanPyramid.of(raw_scan_of(*which))


@pytest.fixture(scope="module")
def reference():
    return read_references()[0]


@pytest.mark.parametrize(
    ("degrees", "mm", "spacing"), [((12, -8, 15), (10, -20, 6), (1, 1, 5)), ((0, 0, 0), (0, 0, 60), (2, 2, 2))]
)
def test_a_motion_between_modalities_is_found(reference, degrees, mm, spacing):
    fixed = scan_of(reference, "t1ce")
    centre = fixed.head_centre
    moved = motion(degrees, mm, centre)
    found = register(fixed, scan_of(reference, "t2", moved, spacing))
    still = register(fixed, scan_of(reference, "t2", motion((0, 0, 0), (0, 0, 0)), spacing))
    assert distance_mm(found.matrix, moved @ still.matrix, centre) < 0.6
    assert distance_mm(still.matrix, np.eye(4), centre) < 1
    assert max(found.inconsistency_mm, still.inconsistency_mm) < 0.6
    assert max(found.mirrored_gain, still.mirrored_gain) < -0.02


def test_a_mirrored_scan_is_told(reference):
    fixed, moving = scan_of(reference, "t1ce"), scan_of(reference, "t2", motion((5, 0, 9), (4, 4, 0)))
    assert register(fixed, moving.mirrored()).mirrored_gain > 0.02


def test_a_search_ends_the_same_each_time_alone_or_beside_others(reference):
    fixed, moving = scan_of(reference, "t1ce"), scan_of(reference, "t1", motion((5, 0, 9), (4, 4, 0)))
    threads = SimpleITK.ProcessObject.GetGlobalDefaultNumberOfThreads()
    alone = register(fixed, moving)
    with registering(fixed, {"t1": moving, "again": moving}) as found:
        beside = [found[name].result() for name in ("t1", "again")]
    for other in beside:
        np.testing.assert_array_equal(alone.matrix, other.matrix)
        assert (alone.information, alone.inconsistency_mm) == (other.information, other.inconsistency_mm)
    assert SimpleITK.ProcessObject.GetGlobalDefaultNumberOfThreads() == threads


def test_who_leaves_early_waits_for_no_other(monkeypatch):
    begun, end = Event(), Event()
    monkeypatch.setattr("zoo.scanner.registration.register", lambda *_: begun.set() or end.wait(60))
    with registering(None, {"t1": None}) as found:
        assert begun.wait(60)
    assert not found["t1"].done()
    end.set()
