from __future__ import annotations

from zoo.render.series_pictures import series_pictures


def test_each_scan_is_seen_by_its_name_and_one_that_is_damaged_says_so():
    html = series_pictures({"<a>.nii.gz": b"PNG", "b.nii": None})
    assert "data:image/png;base64,UE5H" in html
    assert "&lt;a&gt;.nii.gz" in html
    assert html.count("not readable") == 1
    assert series_pictures({}) == ""
