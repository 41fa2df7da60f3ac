from dataclasses import fields

import numpy as np
import pytest

from training.simulation.acquisition import Acquisition
from training.simulation.contrast import draw_contrast
from training.simulation.site import ANYWHERE, assign_site, draw_site

OWN = {"shift_mm", "stripes", "scale"}  # motion and gain, which no protocol fixes


@pytest.fixture(scope="module")
def scans():
    """Twelve patients at each of sixteen sites: {name: [16, 12]} of the T2 scans."""
    sites = [draw_site(np.random.default_rng([1, n])) for n in range(16)]
    drawn = [[site.scanners[2](np.random.default_rng([n])) for n in range(12)] for site in sites]
    return {f.name: np.array([[getattr(scan, f.name) for scan in row] for row in drawn]) for f in fields(Acquisition)}


@pytest.mark.parametrize("name", [field.name for field in fields(Acquisition) if field.name not in OWN])
def test_studies_of_a_site_resemble_each_other(scans, name):
    values = np.where(np.isinf(scans[name]), 9.0, scans[name])
    assert (values.std(axis=1) <= 0.08 * values.mean(axis=1)).all()
    assert values.mean(axis=1).std() > 1.5 * values.std(axis=1).mean()


@pytest.mark.parametrize("name", [field.name for field in fields(Acquisition) if field.name not in OWN | {"plane"}])
def test_but_are_not_alike(scans, name):
    changing = scans[name][:, 0] > 0
    changing &= ~np.isinf(scans[name][:, 0])
    assert all(len(set(row)) == 12 for row in scans[name][changing])


@pytest.mark.parametrize("name", sorted(OWN))
def test_motion_and_gain_are_the_patients(scans, name):
    assert (scans[name] == scans[name][0]).all()
    assert len(np.unique(scans[name][0])) > 1


def test_each_sequence_of_a_site_has_a_contrast_of_its_own():
    sites = [draw_site(np.random.default_rng([2, n])) for n in range(8)]
    drawn = np.log([[site.contrast(np.random.default_rng(n)) for n in range(12)] for site in sites])
    assert drawn.shape == (8, 12, 4)
    assert (drawn.std(axis=1) < 0.1).all()
    assert (drawn.mean(axis=1).std(axis=0) > 0.2).all()
    assert len({scanner(np.random.default_rng(0)).noise for scanner in sites[0].scanners}) == 4


def test_without_a_site_every_scan_is_drawn_anew():
    for scanner in ANYWHERE.scanners:
        assert len({scanner(np.random.default_rng(seed)).noise for seed in range(9)}) == 9
    assert (ANYWHERE.contrast(np.random.default_rng(0)) == draw_contrast(np.random.default_rng(0))).all()


def assigned(sites, correlation, cases=400):
    """Share of HGG at each site, and the number of its studies."""
    grades = ["LGG", "HGG"] * (cases // 2)
    numbers = np.array([assign_site(np.random.default_rng(i), i, g, sites, correlation) for i, g in enumerate(grades)])
    at = [np.array(grades)[numbers == number] == "HGG" for number in range(1, sites + 1)]
    assert sum(map(len, at)) == cases
    return [hgg.mean() for hgg in at], [len(hgg) for hgg in at]


@pytest.mark.parametrize("sites", [2, 4, 5])
def test_untied_sites_see_both_grades_alike_and_are_of_equal_size(sites):
    shares, sizes = assigned(sites, 0.0)
    assert shares == [0.5] * sites
    assert sizes == [400 // sites] * sites


@pytest.mark.parametrize(
    ("sites", "expected"), [(2, [0, 1]), (3, [0, 0.5, 1]), (4, [0, 0, 1, 1]), (5, [0, 0, 0.5, 1, 1])]
)
def test_tied_sites_see_one_grade_but_for_the_middle_one(sites, expected):
    shares, sizes = assigned(sites, 1.0, cases=600)
    assert shares == expected
    assert max(sizes) <= 2 * min(sizes)


def test_between_them_sites_follow_grade_as_often_as_the_tie_says():
    shares, _ = assigned(4, 0.6, cases=2000)
    assert np.allclose(shares, [0.2, 0.2, 0.8, 0.8], atol=0.04)
