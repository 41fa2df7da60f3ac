import json
from collections import Counter

import numpy as np
import pytest

from training.simulation.signs import LOBES, PREVALENCE, SUBTYPES, draw_signs

DRAWS = 2000
FLAGS = ("flair_mismatch", "multifocal", "haemorrhage", "calcification", "oedema_dominant", "sharp_margin", "cyst")
# What an enhancement shows of these; all else is 0 or False.
SHOWN = {"ring": {"ring_thickness", "ring_completeness"}, "patchy": {"enhancing_share", "cyst"}, "none": {"cyst"}}


@pytest.fixture(scope="module")
def draws():
    """Signs by subtype, 2,000 draws of each grade."""
    rng = np.random.default_rng(0)
    signs = [draw_signs(rng, grade) for grade in SUBTYPES for _ in range(DRAWS)]
    return {subtype: [s for s in signs if s.subtype == subtype] for subtype in PREVALENCE}


def close(share: float, expected: float, n: int) -> bool:
    """Within four standard errors of a proportion."""
    return abs(share - expected) <= 4 * np.sqrt(max(expected * (1 - expected), 0.005) / n)


def test_subtypes_have_their_shares(draws):
    for shares in SUBTYPES.values():
        for subtype, share in shares.items():
            assert close(len(draws[subtype]) / DRAWS, share, DRAWS), subtype


@pytest.mark.parametrize("subtype", PREVALENCE)
def test_every_sign_has_the_prevalence_of_the_table(draws, subtype):
    signs, rates = draws[subtype], PREVALENCE[subtype]
    kinds = Counter(s.enhancement for s in signs)
    for flag in FLAGS:
        able = [s for s in signs if flag != "cyst" or s.enhancement != "ring"]
        assert close(np.mean([getattr(s, flag) for s in able]), getattr(rates, flag), len(able)), flag
    for kind in ("ring", "patchy"):
        assert close(kinds[kind] / len(signs), getattr(rates, kind), len(signs)), kind
    lobes = Counter(s.lobe for s in signs)
    for lobe, weight in zip(LOBES, rates.lobes, strict=True):
        assert close(lobes[lobe] / len(signs), weight, len(signs)), lobe


def test_published_shares_hold_over_all_low_grades(draws):
    """Any enhancement 46–63 %, ring 5–10 %, T2–FLAIR mismatch 12–20 % (the brief's table)."""
    low = [s for subtype in SUBTYPES["LGG"] for s in draws[subtype]]
    assert 0.46 < np.mean([s.enhancement != "none" for s in low]) < 0.63
    assert 0.04 < np.mean([s.enhancement == "ring" for s in low]) < 0.11
    assert 0.11 < np.mean([s.flair_mismatch for s in low]) < 0.22


def test_no_single_sign_decides_the_grade(draws):
    """Every sign occurs in both grades."""
    low = [s for subtype in SUBTYPES["LGG"] for s in draws[subtype]]
    for signs in (low, draws["glioblastoma"]):
        assert {s.enhancement for s in signs} == {"ring", "patchy", "none"}
        for flag in FLAGS:
            assert {getattr(s, flag) for s in signs} == {True, False}, flag


@pytest.mark.parametrize("kind", SHOWN)
def test_a_sign_that_no_voxel_shows_is_not_told(draws, kind):
    signs = [s for subtype in draws.values() for s in subtype if s.enhancement == kind]
    for name in set.union(*SHOWN.values()):
        assert any(getattr(s, name) for s in signs) == (name in SHOWN[kind]), name


def test_tumours_of_both_grades_are_equally_large(draws):
    low = np.median([s.whole_tumour_ml for subtype in SUBTYPES["LGG"] for s in draws[subtype]])
    high = np.median([s.whole_tumour_ml for s in draws["glioblastoma"]])
    assert 0.9 < low / high < 1.1


def test_signs_are_plain_json(draws):
    signs = draws["astrocytoma"][0].as_dict()
    assert json.loads(json.dumps(signs)) == signs


def test_an_unknown_grade_is_refused():
    with pytest.raises(ValueError, match="HGG, LGG; found 'IV'"):
        draw_signs(np.random.default_rng(0), "IV")
