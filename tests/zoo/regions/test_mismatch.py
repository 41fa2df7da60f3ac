"""T2–FLAIR mismatch: the share of a core that is bright on T2 and dark on FLAIR."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo.regions.mismatch import BRIGHT_ON_T2, DARK_ON_FLAIR, mismatch_share, why_no_mismatch

T2, FLAIR = 2, 3


@pytest.fixture
def volumes():
    """White matter of 100 on all scans, in all the brain."""
    plain = make_volumes(brain_affine())
    return replace(plain, data=np.where(plain.brain, 100.0, 0.0).astype(np.float32)[None].repeat(4, axis=0))


@pytest.fixture
def core(volumes):
    core = np.zeros_like(volumes.brain)
    core[20:30, 30:40, 20:30] = True
    assert volumes.brain[core].all()
    return core


def _painted(volumes, where, t2, flair):
    data = volumes.data.copy()
    data[T2, where], data[FLAIR, where] = 100 * t2, 100 * flair
    return replace(volumes, data=data)


def test_only_what_is_bright_on_t2_and_dark_on_flair_counts(volumes, core):
    bright, dark = BRIGHT_ON_T2 + 0.1, DARK_ON_FLAIR - 0.1
    assert mismatch_share(core, _painted(volumes, core, bright, dark)) == 1
    assert mismatch_share(core, _painted(volumes, core, bright, dark + 0.2)) == 0
    assert mismatch_share(core, _painted(volumes, core, bright - 0.2, dark)) == 0
    inner = core.copy()
    inner[:, 35:] = False
    rim = _painted(volumes, core, bright, dark + 0.4)
    assert mismatch_share(core, _painted(rim, inner, bright, dark)) == pytest.approx(0.5)


def test_brightness_is_that_of_white_matter_whatever_the_scan_s_scale(volumes, core):
    painted = _painted(volumes, core, 2.5, 0.9)
    scaled = replace(painted, data=painted.data * np.array([1, 2, 7, 0.3], np.float32)[:, None, None, None])
    assert mismatch_share(core, scaled) == 1


def test_why_the_sign_can_t_be_asked_for(volumes, core):
    assert why_no_mismatch(core, volumes) == ""
    lacking = replace(volumes, present=np.array([True, True, True, False]))
    assert why_no_mismatch(core, lacking) == "it takes T2 and FLAIR"
    assert "no 1 ml of tumour that doesn't enhance" in why_no_mismatch(core & False, volumes)
