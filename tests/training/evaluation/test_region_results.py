"""The file of an evaluation of regions comes back as it was written, and is told from others."""

from __future__ import annotations

import pytest

from made_up_regions import INVENTED, MISSED, NOTHING, made_up_regions
from training.evaluation.region_results import RegionMatch, holds_regions, load_region_results, save_region_results
from zoo import ZooError


def test_what_is_written_is_read(tmp_path):
    save_region_results(tmp_path / "regions.json", made_up_regions())
    assert holds_regions(tmp_path / "regions.json")
    assert load_region_results(tmp_path / "regions.json") == made_up_regions()


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": "regions 1"}', '{"format": "regions 9"}'])
def test_another_file_is_told(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    assert holds_regions(tmp_path / "x.json") == (text == '{"format": "regions 1"}')
    with pytest.raises(ZooError, match=r'x\.json: expected a file of format "regions 1"'):
        load_region_results(tmp_path / "x.json")


def test_no_file_holds_regions(tmp_path):
    assert not holds_regions(tmp_path / "nothing.json")


def test_empty_regions():
    assert NOTHING.is_absent
    assert not NOTHING.is_one_sided
    for match in (MISSED, INVENTED):
        assert match.is_one_sided
        assert not match.is_absent
    assert not RegionMatch(0.5, 1.0, 3.0, 2.0).is_one_sided
