"""What a hostile visitor asks of the running page: no file of the server, no request to elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SECRETS = ("root:x:", "zoo.page.serve")  # of /etc/passwd and of app.py
PATHS = ("/etc/passwd", "../../../../../../etc/passwd", "static/../app.py", str(ROOT / "app.py"), "app.py\0.nii")
WAYS = {
    "plain": str,
    "encoded": lambda path: quote(path, safe=""),
    "twice": lambda path: quote(quote(path, safe=""), safe=""),
}


@pytest.fixture(scope="module")
def http(site):
    with httpx.Client(base_url=site, timeout=30) as client:
        yield client


def _refused(answer: httpx.Response) -> bool:
    return answer.status_code >= 400 and not any(secret in answer.text for secret in SECRETS)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", PATHS)
def test_no_path_gets_a_file_of_the_server(http, path, way):
    url = WAYS[way](path).replace("\0", "%00")
    assert _refused(http.get(f"gradio_api/file={url}"))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://127.0.0.1:1/", "http://169.254.169.254/"])
def test_the_page_asks_no_other_server(http, target):
    assert http.get(f"gradio_api/proxy={target}").status_code in (400, 403, 404)  # 5xx: tried, and failed


def test_a_path_as_file_name_stays_in_the_cache(http):
    name = "../../../../escaped_t1.nii"
    stored = Path(http.post("gradio_api/upload", files={"files": (name, b"scan")}).json()[0])
    assert ".." not in stored.parts
    assert any(folder.name.startswith("glioma-zoo-") for folder in stored.parents)


def _grade(http: httpx.Client, scans: list[str]) -> str:
    files = [{"path": scan, "orig_name": Path(scan).name, "meta": {"_type": "gradio.FileData"}} for scan in scans]
    event = http.post("gradio_api/call/grade", json={"data": ["single-t1.compact", *files, None, False]}).json()[
        "event_id"
    ]
    return http.get(f"gradio_api/call/grade/{event}").text


def test_a_path_of_the_server_is_no_scan(http, make_study):
    """A sound study on the server's disk; what was uploaded of the same one is graded."""
    folder = make_study(name="case1")
    paths = [folder / f"case1_{name}.nii.gz" for name in ("t1", "t1ce", "t2", "flair")]
    assert "event: error" in _grade(http, [str(path) for path in paths])
    uploads = [("files", (path.name, path.read_bytes())) for path in paths]
    assert "event: complete" in _grade(http, http.post("gradio_api/upload", files=uploads).json())
