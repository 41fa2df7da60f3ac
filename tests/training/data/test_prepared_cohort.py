"""A cohort is prepared once, by the same code that grades."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from tests_support import LESION_MM, brain_affine, save_scan
from training.cohorts import Case, CohortError
from training.data.prepared_cohort import fingerprint, prepare_cohort
from training.jobs.process_pool import one_thread_each
from zoo import Recipe
from zoo.registry import load_registry
from zoo.study.load import load_volumes
from zoo.study.prepare import prepare

RECIPE = Recipe()


@pytest.fixture
def cases(make_study):
    first, second = make_study(name="a"), make_study(("t1ce",), name="b")
    voxels = np.stack(np.meshgrid(*map(np.arange, (56, 68, 50)), indexing="ij"), -1)
    world = voxels @ brain_affine()[:3, :3].T + brain_affine()[:3, 3]
    mask = np.where(((world - LESION_MM) ** 2).sum(-1) < 15**2, 4, 0).astype(np.uint8)
    save_scan(first / "a_seg.nii.gz", mask, brain_affine())
    return [
        Case("a", "HGG", "a", "s", "h", first, first / "a_seg.nii.gz"),
        Case("b", "LGG", "b", "s", "h", {"t1ce": second / "b_t1ce.nii.gz"}),
    ]


def test_rows_are_what_grading_would_see(cases, tmp_path, monkeypatch):
    """In a pool of processes, as many studies are."""
    monkeypatch.setattr("training.jobs.process_pool.one_thread_each", one_thread_each)
    cohort = prepare_cohort(cases, RECIPE, tmp_path / "cache")
    expected = prepare(load_volumes(load_registry().read(cases[0].source)), RECIPE)
    np.testing.assert_allclose(cohort.x[0], expected.x[0], atol=2e-3)
    assert cohort.present.tolist() == [[True] * 4, [False, True, False, False]]
    assert cohort.y.tolist() == cohort.targets.tolist() == [1, 0]


def test_what_another_process_has_prepared_meanwhile_is_left_as_it_is(cases, tmp_path, monkeypatch):
    """Two that filled one folder at once left studies of zeros, marked as done."""
    first = prepare_cohort(cases, RECIPE, tmp_path / "cache")
    (done,) = (tmp_path / "cache").glob("*/done")
    done.unlink()

    @contextmanager
    def waited(path):
        done.touch()
        yield

    monkeypatch.setattr("training.data.prepared_cohort.claimed", waited)
    monkeypatch.setattr("training.data.prepared_cohort._fill", lambda *arguments: pytest.fail("filled again"))
    np.testing.assert_array_equal(prepare_cohort(cases, RECIPE, tmp_path / "cache").x, first.x)


def test_targets_are_what_is_known_of_the_grade(cases, tmp_path):
    known = [replace(cases[0], p_hgg=0.75), cases[1]]
    assert prepare_cohort(known, RECIPE, tmp_path / "cache").targets.tolist() == [0.75, 0]
    assert fingerprint(known) != fingerprint(cases)


@pytest.mark.parametrize("enhancing", [4, 3], ids=["until 2021", "since 2023"])
def test_masks_become_region_shares_on_the_same_grid(cases, tmp_path, enhancing):
    mask = nib.load(cases[0].mask)
    save_scan(cases[0].mask, np.asarray(mask.dataobj) // 4 * np.uint8(enhancing), mask.affine)
    regions = prepare_cohort(cases, RECIPE, tmp_path / "cache").regions
    assert regions.shape == (2, 3, 40, 96, 80)
    assert np.isnan(regions[1]).all()
    assert not regions[0, :2].any()
    millilitres = regions[0, 2].astype(float).sum() * 4 * 2 * 2 / 1000
    assert millilitres == pytest.approx(4 / 3 * np.pi * 1.5**3, rel=0.05)


def test_a_second_call_does_no_image_work(cases, tmp_path, monkeypatch):
    prepare_cohort(cases, RECIPE, tmp_path / "cache")
    monkeypatch.setattr("training.data.prepared_cohort._fill", lambda *arguments: pytest.fail("prepared again"))
    assert prepare_cohort(cases, RECIPE, tmp_path / "cache").x.shape == (2, 4, *RECIPE.shape)


def test_the_fingerprint_is_of_contents_wherever_they_lie(cases, tmp_path):
    before = fingerprint(cases)
    moved = shutil.copytree(cases[0].source, tmp_path / "elsewhere")
    copied = replace(cases[0], source=moved, mask=moved / "a_seg.nii.gz")
    os.utime(moved / "a_t1.nii.gz", (1, 1))
    assert fingerprint([copied, cases[1]]) == before
    content = bytearray((moved / "a_t1.nii.gz").read_bytes())
    content[-9] ^= 1
    (moved / "a_t1.nii.gz").write_bytes(content)
    assert fingerprint([copied, cases[1]]) != before
    assert fingerprint([cases[0], replace(cases[1], grade="HGG")]) != before


def test_another_recipe_is_prepared_for_itself(cases, tmp_path):
    small = Recipe(shape=(8, 32, 32))
    cohorts = [prepare_cohort(cases, recipe, tmp_path / "cache") for recipe in (RECIPE, small)]
    assert [cohort.x.shape[2:] for cohort in cohorts] == [RECIPE.shape, small.shape]
    assert cohorts[0].fingerprint == cohorts[1].fingerprint == fingerprint(cases)


def test_studies_that_cannot_be_read_are_all_named(cases, tmp_path):
    (cases[0].source / "a_t1.nii.gz").write_bytes(b"damaged")
    cases[1].source["t1ce"].write_bytes(b"damaged")
    with pytest.raises(CohortError, match=r"found 2 of 2 that can't: a: T1: a text file, .* b: T1ce: a text file, "):
        prepare_cohort(cases, RECIPE, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("done"))
