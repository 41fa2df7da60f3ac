"""The size of a brain is checked in litres, whatever the voxels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.plugins.quality.skull_stripping import check


def test_a_brain_passes(volumes):
    assert check(volumes) == []


def test_a_whole_head_or_a_fragment_is_refused(volumes):
    head = replace(volumes, brain=np.ones_like(volumes.brain))
    fragment = replace(volumes, affine=np.diag([1.0, 1.0, 1.0, 1.0]))
    for odd, litres in ((head, "5.14"), (fragment, "0.05")):
        (finding,) = check(odd)
        assert finding.severity == "refusal"
        assert f"found {litres} litres" in finding.message
