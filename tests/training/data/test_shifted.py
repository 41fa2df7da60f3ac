"""Each study has one other look, whoever asks for it, and whenever."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.data import shifted
from training.data.prepared_cohort import PreparedCohort
from training.data.shifted import shifted_cohort
from zoo import Recipe

RECIPE = Recipe(shape=(6, 16, 16))


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    x = rng.uniform(-0.6, 0.8, (3, 4, *RECIPE.shape)).astype(np.float16)
    x[:, :, :, :2] = -1
    x[2] = x[0]
    present = np.ones((3, 4), bool)
    x[1, 2], present[1, 2] = 0, False
    y = np.array([0, 1, 0])
    return PreparedCohort(x, present, np.zeros((3, 3, 6, 8, 8), np.float16), y, y, fingerprint="made up")


def test_studies_look_otherwise_and_what_tells_the_grade_stays(cohort, tmp_path):
    seen = shifted_cohort(cohort, RECIPE, tmp_path)
    assert (seen.x.dtype, seen.x.shape) == (np.float16, cohort.x.shape)
    assert np.isfinite(seen.x).all()
    assert np.abs(seen.x - cohort.x).mean((2, 3, 4))[cohort.present].min() > 0.05
    assert (seen.x[:, :, :, :2] == cohort.x[:, :, :, :2]).all(), "background"
    assert not seen.x[1, 2].any(), "a scan that isn't there"
    assert not np.array_equal(seen.x[0], seen.x[2]), "two patients, two scanners"
    for name in ("present", "regions", "y", "targets", "fingerprint"):
        assert getattr(seen, name) is getattr(cohort, name)


def test_a_look_depends_on_the_row_alone(cohort, tmp_path):
    """Not on who came before it, nor on how many follow."""
    first = shifted_cohort(cohort, RECIPE, tmp_path / "one")
    fewer = replace(cohort, x=cohort.x[:2], present=cohort.present[:2], y=cohort.y[:2])
    assert np.array_equal(shifted_cohort(fewer, RECIPE, tmp_path / "two").x, first.x[:2])


def test_all_share_what_is_made_once(cohort, tmp_path, monkeypatch):
    before = shifted_cohort(cohort, RECIPE, tmp_path)
    monkeypatch.setattr(shifted, "_shifted", lambda study: pytest.fail("made again"))
    assert np.array_equal(shifted_cohort(cohort, RECIPE, tmp_path).x, before.x)


@pytest.mark.parametrize("change", ["cohort", "recipe", "version"])
def test_what_was_made_of_others_is_not_taken(cohort, tmp_path, monkeypatch, change):
    shifted_cohort(cohort, RECIPE, tmp_path)
    if change == "version":
        monkeypatch.setattr(shifted, "SHIFT_VERSION", shifted.SHIFT_VERSION + 1)
    recipe = Recipe(shape=RECIPE.shape, spacing=(9.0, 9.0, 9.0)) if change == "recipe" else RECIPE
    shifted_cohort(replace(cohort, fingerprint="other") if change == "cohort" else cohort, recipe, tmp_path)
    assert len(list(tmp_path.glob("shifted-*"))) == 2
