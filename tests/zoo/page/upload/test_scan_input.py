from __future__ import annotations

from urllib.parse import quote

from zoo.page.upload.scan_input import uploaded_here


def test_a_url_of_an_upload_is_its_file(tmp_path):
    file = tmp_path / "ab 12" / "scan.nii.gz"
    file.parent.mkdir()
    file.touch()
    url = f"http://127.0.0.1:7860/gradio_api/file={quote(str(file))}"
    assert uploaded_here(url, str(tmp_path)) == file


def test_nothing_else_is(tmp_path):
    outside = tmp_path / "secret.nii.gz"
    outside.touch()
    cache = tmp_path / "cache"
    cache.mkdir()
    served = "https://a.hf.space/gradio_api/file="
    for source in (
        None,
        outside,
        f"{served}{outside}",
        f"{served}{cache}/../secret.nii.gz",
        f"{served}{cache}",
        f"{served}{cache}/absent.nii.gz",
        "https://example.org/scan.nii.gz",
    ):
        assert uploaded_here(source, str(cache)) is None
