"""Which look a patch gets is drawn by its generator, at the shares that the options say."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data import looks
from training.data.augment import shift_slices
from training.data.looks import patch_seen
from training.data.tissue_maps import MAPS, TissueMaps
from training.options import FitOptions

PRESENT = torch.tensor([True, False, True, True])
X, REGIONS = torch.zeros(4, 4, 8, 8, dtype=torch.float16), torch.zeros(3, 4, 4, 4)
TISSUES = TissueMaps(np.zeros((2, MAPS, 4, 8, 8), np.uint8), (4.0, 2.0, 2.0))


@pytest.fixture
def calls(monkeypatch):
    """What was done to each patch."""
    found = []

    def paint(maps, spacing, wide, generator, shown):
        assert shown == [True, False, True, True]
        assert maps.shape[1:] == (2, 4, 4)
        found[-1].append("wide" if wide else "painted")
        return torch.zeros(4, *maps.shape[1:])

    def broaden(x, generator):
        assert x.dtype == torch.float32
        found[-1].append("broad")
        return x

    monkeypatch.setattr(looks, "paint", paint)
    monkeypatch.setattr(looks, "broaden", broaden)
    return found


def _show(calls, tissues, count=1, **shares):
    for seed in range(count):
        calls.append([])
        generator = torch.Generator().manual_seed(seed)
        x, regions = patch_seen(1, X, PRESENT, REGIONS, tissues, FitOptions(**shares), generator)
        assert x.shape == (4, 2, 4, 4)
        assert regions.shape == (3, 2, 2, 2)


def test_what_is_done_follows_the_shares(calls):
    _show(calls, TISSUES, 400, painted=0.75, broad=0.25)
    assert np.mean(["painted" in done or "wide" in done for done in calls]) == pytest.approx(0.75, abs=0.07)
    assert np.mean(["broad" in done for done in calls]) == pytest.approx(0.25, abs=0.07)
    assert all(("broad" in done) or "wide" not in done for done in calls)


@pytest.mark.parametrize(
    ("tissues", "painted", "broad", "expected"),
    [
        (TISSUES, 0, 0, []),
        (TISSUES, 1, 0, ["painted"]),
        (TISSUES, 0, 1, ["broad"]),
        (TISSUES, 1, 1, ["wide", "broad"]),
        (None, 1, 1, ["broad"]),
    ],
)
def test_all_or_nothing(calls, tissues, painted, broad, expected):
    _show(calls, tissues, painted=painted, broad=broad)
    assert calls == [expected]


@pytest.mark.parametrize("name", ["painted", "broad", "broad_graded"])
def test_a_share_is_from_0_to_1(name):
    with pytest.raises(ValueError, match=rf"{name}: expected a share from 0 to 1, found 1\.5"):
        FitOptions(**{name: 1.5})


def test_a_study_to_be_graded_keeps_what_contrast_adds(monkeypatch):
    asked = {}
    monkeypatch.setattr(looks, "broaden", lambda x, generator, **options: asked.update(options, dtype=x.dtype) or x)
    looks.study_seen(X, torch.Generator())
    assert asked == {"uptake": 0.0, "dtype": torch.float32}


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0.0, 0.0), (0.25, 0.18, 0.32), (1.0, 1.0, 1.0)])
def test_a_share_of_graded_studies_is_shown_to_another_scanner(monkeypatch, share, least, most):
    shown = []
    monkeypatch.setattr(looks, "study_seen", lambda x, generator: shown.append(generator) or x + 1)
    for seed in range(400):
        generator, alone = (torch.Generator().manual_seed(seed) for _ in range(2))
        count = len(shown)
        x, regions = looks.graded_seen(X, REGIONS, FitOptions(broad_graded=share), generator)
        expected, _ = shift_slices(X, REGIONS, alone)
        assert torch.equal(x, expected + 1 if len(shown) > count else expected)
        assert regions.shape == REGIONS.shape
    assert least <= len(shown) / 400 <= most


def test_without_such_a_share_nothing_is_drawn_for_it():
    generator, alone = (torch.Generator().manual_seed(3) for _ in range(2))
    looks.graded_seen(X, REGIONS, FitOptions(broad_graded=0), generator)
    shift_slices(X, REGIONS, alone)
    assert torch.equal(generator.get_state(), alone.get_state())
