"""Simulated patients are made again, on the grid on which their study was prepared."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from training.cohorts import load_cohort
from training.data import tissue_maps
from training.data.prepared_cohort import prepare_cohort
from training.data.tissue_maps import FULL, MAPS, map_tissues, simulated_patients
from training.jobs.engine import Engine
from training.simulation import write_cohort
from training.simulation.contrast import APPEARANCE
from training.simulation.regions import CORE_TISSUES
from zoo import Recipe

LESION = (*CORE_TISSUES, "solid_core", "oedema")
SMALL = Recipe(shape=(20, 48, 40), spacing=(8.0, 4.0, 4.0))


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    home = tmp_path_factory.mktemp("cohort")
    write_cohort(home, 2, seed=5, spacing_mm=4.0, engine=Engine(processes=1))
    return load_cohort(home).cases


def test_maps_lie_on_the_grid_of_the_prepared_study(cases, tmp_path):
    maps = map_tissues(cases, SMALL, tmp_path / "tissues")
    cohort = prepare_cohort(cases, SMALL, tmp_path / "prepared")
    assert maps.shares.shape == (2, MAPS, *SMALL.shape)
    assert maps.spacing == SMALL.spacing
    for study, shares, regions in zip(cohort.x, maps.shares, cohort.regions, strict=True):
        brain = shares[-1]
        assert np.array_equal(brain > 0, study[0] > -1)
        inside = shares[:-1][:, brain == FULL].astype(int)
        assert abs(inside.sum(0) - FULL).max() <= len(APPEARANCE) // 2
        lesion = shares[[list(APPEARANCE).index(name) for name in LESION]].sum(0)
        assert np.corrcoef(lesion.ravel(), regions.sum(0).ravel())[0, 1] > 0.95


def test_a_stopped_call_goes_on_and_a_second_one_maps_nothing(cases, tmp_path, monkeypatch):
    mapped, real = [], tissue_maps.simulate_tissues

    def simulate_tissues(seed, index, spacing_mm):
        mapped.append(index)
        if len(mapped) == 2:
            raise KeyboardInterrupt
        return real(seed, index, spacing_mm)

    monkeypatch.setattr(tissue_maps, "simulate_tissues", simulate_tissues)
    with pytest.raises(KeyboardInterrupt):
        map_tissues(cases, SMALL, tmp_path)
    again = map_tissues(cases, SMALL, tmp_path)
    assert np.array_equal(map_tissues(cases, SMALL, tmp_path).shares, again.shares)
    assert mapped == [0, 1, 1]
    assert again.shares.any(axis=(1, 2, 3, 4)).all()


@pytest.mark.parametrize("change", [{"family": "physics"}, {"version": "1.0"}, {"sites": 2}, {"seed": 6}])
def test_who_can_not_be_made_again_is_not_mapped(cases, tmp_path, change):
    description = cases[0].source.parents[1] / "cohort.json"
    kept = description.read_text()
    description.write_text(json.dumps(json.loads(kept) | change))
    try:
        assert map_tissues(cases, SMALL, tmp_path) is None
    finally:
        description.write_text(kept)
    assert len(simulated_patients(cases)) == 2


def test_one_case_from_elsewhere_is_enough_for_no_maps(cases, make_study, tmp_path):
    elsewhere = replace(cases[0], source=make_study())
    assert map_tissues([cases[0], elsewhere], SMALL, tmp_path) is None
    assert map_tissues([replace(cases[0], source={"t1": tmp_path / "a.nii.gz"})], SMALL, tmp_path) is None
