from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from odd_studies import healthy, simulated
from tests_support import LESION_MM
from zoo import MODALITIES, Recipe, WeightsError
from zoo.plugins.quality import tumour
from zoo.plugins.quality.tumour import FINDERS, SURE_ENOUGH, check, scores, surest_score
from zoo.study.prepare import prepare


def test_a_tumour_is_found_and_a_healthy_brain_is_doubted():
    assert check(simulated(2), prepare) == []
    (finding,) = check(healthy(0), prepare)
    assert finding.severity == "warning"
    assert "No tumour was found" in finding.message


def test_without_what_the_finder_needs_nothing_is_said():
    study = simulated(2)
    without_t1ce = replace(study, present=study.present & [True, False, True, True])
    assert [surest_score(without_t1ce, prepare, finder) for finder in FINDERS] == [None, None]
    assert check(without_t1ce, prepare) == []


def test_the_finder_is_loaded_without_a_registry(monkeypatch):
    """Which would call every plugin's hooks a second time, strangers' too."""
    monkeypatch.setattr("zoo.registry.registry.pluggy.PluginManager", lambda *arguments: 1 / 0)
    assert [tumour._finder.__wrapped__(name).spec.id for name in FINDERS] == list(FINDERS)


class MadeUpFinder(nn.Module):
    """Sure of a tumour where FLAIR is bright, in cells of 1 × 4 × 2 voxels, by its second region; sees nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.given = []

    def grade_and_auxiliary(self, x, present):
        self.given.append(present[0].tolist())
        bright = functional.avg_pool3d(x[:, 3:], (1, 4, 2))
        nowhere = torch.full_like(bright, -9)
        return torch.zeros(1, 2), {"regions": torch.cat([nowhere, 4 * (bright - bright.amax()) + 1, nowhere], dim=1)}


@pytest.fixture
def finder(monkeypatch):
    recipe = Recipe(shape=(40, 80, 64), spacing=(4.0, 2.5, 3.0))
    spec = SimpleNamespace(needs=("t1ce",), recipe=recipe)
    made_up = SimpleNamespace(spec=spec, module=MadeUpFinder(), device=torch.device("cpu"))
    monkeypatch.setattr(tumour, "_finder", lambda name: made_up)
    return made_up.module


def test_scores_lie_where_the_finder_is_sure(volumes, finder):
    found = scores(volumes, prepare)
    assert found.by_voxel.shape == (40, 20, 32)
    assert found.by_voxel.max() == pytest.approx(1 / (1 + np.exp(-1)))
    sure = np.argwhere(found.by_voxel > 0.5).mean(axis=0)
    np.testing.assert_allclose(found.affine[:3] @ [*sure, 1], LESION_MM, atol=3)


def test_scans_to_be_hidden_are_unless_the_finder_needs_them(volumes, finder):
    scores(volumes, prepare, without=["flair", "t1ce"])
    scores(replace(volumes, present=np.array([False, True, True, True])), prepare)
    assert finder.given == [[name != "flair" for name in MODALITIES], [False, True, True, True]]


UNSURE, SURE = SURE_ENOUGH - 0.05, SURE_ENOUGH + 0.05


@pytest.mark.parametrize(
    ("cells", "said"),
    [([[SURE] * 3, [SURE] * 4], None), ([[SURE] * 3, [SURE] * 2 + [UNSURE]], UNSURE), ([[0], [SURE] * 3], 0)],
)
def test_both_have_to_be_sure_of_two_and_a_half_millilitres(volumes, monkeypatch, cells, said):
    def found_by(volumes, prepare, finder):
        sure, by_voxel = cells[FINDERS.index(finder)], np.zeros((2, 2, 2), np.float32)
        by_voxel.flat[: len(sure)] = sure
        return tumour.Scores(by_voxel, np.diag([10.0, 10.0, 25 / 3, 1.0]))  # a third of that each

    monkeypatch.setattr(tumour, "scores", found_by)
    found = check(volumes, prepare)
    assert [finding.severity for finding in found] == ["warning"] * (said is not None)
    assert said is None or f"(score {said:.2f}, expected 0.7 or more)" in found[0].message


def test_without_a_finder_nothing_is_said(volumes, monkeypatch):
    def no_weights(spec):
        raise WeightsError("none here")

    monkeypatch.setattr(tumour, "load_weights", no_weights)
    monkeypatch.setattr(tumour, "_finder", tumour._finder.__wrapped__)
    assert check(volumes, prepare) == []
