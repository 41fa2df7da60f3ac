from __future__ import annotations

from dataclasses import replace

from zoo.plugins.quality.duplicate_scans import check


def test_one_image_in_two_slots_is_refused(volumes):
    data = volumes.data.copy()
    data[2] = data[0]
    (finding,) = check(replace(volumes, data=data))
    assert finding.severity == "refusal"
    assert "T1 and T2 are the same image" in finding.message


def test_absent_modalities_are_no_copies(volumes):
    data = volumes.data.copy()
    data[2:] = 0
    assert check(replace(volumes, data=data, present=volumes.present & [True, True, False, False])) == []
