"""The Space's folder holds what the page needs and nothing else, and the page runs from it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import pytest
from gradio_client import Client, handle_file
from huggingface_hub.repocard import metadata_load

from published_model import push
from training.publish import space
from training.publish.space import checkout, pinned, shipped, write_space
from zoo import DISCLAIMER, GRADES, ZooError
from zoo.assets.examples import EXAMPLES
from zoo.plugins.nifti import modality_of

START_SECONDS = 60
SPACE = ("space", "--repo", "me/page")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_space(tmp_path_factory.mktemp("space") / "folder")


def test_it_holds_the_page_and_nothing_else(folder):
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name.partition("/")[0] for name in names} == {
        "app.py", "zoo", "plugins", "README.md", "requirements.txt", "LICENSE", "NOTICE", ".github",
    }  # fmt: skip
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".pyi"))]
    assert "plugins/weights/SHA256SUMS" in names
    for path in ("zoo/page/viewer/static/niivue.umd.js", "zoo/assets/leaderboard.json", ".github/screenshot.png"):
        assert (folder / path).read_bytes() == (checkout() / path).read_bytes()


def test_a_copy_without_git_holds_the_same(monkeypatch):
    tracked = shipped()
    monkeypatch.setattr(space.shutil, "which", lambda name: None)
    assert sorted(tracked) == sorted(shipped())


def test_requirements_are_pinned_to_what_is_installed(folder):
    told = (folder / "requirements.txt").read_text().splitlines()
    wanted = re.findall(r"^[\w-]+", (checkout() / "requirements.txt").read_text(), re.MULTILINE)
    assert [line.partition("==")[0] for line in told] == wanted
    assert f"gradio=={version('gradio')}" in told


def test_a_build_s_own_label_is_not_pinned(monkeypatch):
    monkeypatch.setattr(space, "version", lambda name: "2.14.1+cpu")
    assert pinned("# why\ntorch>=2.14,<3\n") == "torch==2.14.1\n"


def test_the_front_matter_is_the_readme_s(folder):
    front = metadata_load(folder / "README.md")
    assert (front["sdk"], front["app_file"], front["sdk_version"]) == ("gradio", "app.py", version("gradio"))
    assert isinstance(front["python_version"], str)
    assert "preload_from_hub" not in front
    body = (checkout() / "README.md").read_text().split("---\n", 2)[2]
    assert (folder / "README.md").read_text().endswith(body)


@pytest.mark.parametrize("source", ["me/one", "hub:me/one@main", "hub:me/one", f"hub:me/../one@{'0' * 40}"])
def test_a_model_is_named_by_its_commit(source, tmp_path):
    with pytest.raises(ZooError, match="expected hub:ORG/NAME@SHA"):
        write_space(tmp_path / "folder", [source])


def test_user_errors(run_with_hub, hub, monkeypatch):
    assert "expected a repository like ORG/NAME" in run_with_hub("space", "--repo", "page").stderr
    missing = run_with_hub(*SPACE, "--model", f"hub:me/none@{'0' * 40}")
    assert "me/none: not finished" in missing.stderr
    assert "there is no such repository" in missing.stderr
    monkeypatch.delenv("HF_TOKEN")
    assert "run `hf auth login`, or set HF_TOKEN" in run_with_hub(*SPACE).stderr
    assert "spaces/me/page" not in hub.memory.repos


def test_pushed_with_a_model_of_the_hub(client, run_with_hub, hub, tmp_path):
    (model := tmp_path / "model").mkdir()
    for name in ("SHA256SUMS", "config.json", "model.safetensors", "README.md"):
        (model / name).write_text("{}")
    sha = push(hub, model, "me/one").revision
    source = f"hub:me/one@{sha}"
    pushed = client("-m", "training", *SPACE, "--model", source)
    assert pushed.returncode == 0, pushed.stderr
    assert pushed.stdout.strip() == f"{hub.url}/spaces/me/page"
    created, newest = hub.revisions("me/page", "spaces")
    assert hub.memory.spaces["spaces/me/page"]["sdk"] == "gradio"
    assert hub.memory.variables == {"me/page": {"GLIOMA_ZOO_MODELS": source}}
    (tmp_path / "README.md").write_bytes(hub.files("me/page", "spaces")["README.md"])
    front = metadata_load(tmp_path / "README.md")
    assert front["preload_from_hub"] == [f"me/one SHA256SUMS,config.json,model.safetensors {sha}"]
    assert front["models"] == ["me/one"]
    assert "nothing has changed" in run_with_hub(*SPACE, "--model", source).stdout
    assert hub.revisions("me/page", "spaces") == [created, newest]


def test_the_page_runs_from_there_and_grades(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "GRADIO_TEMP_DIR")}
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=folder, env=variables | {"GRADIO_SERVER_PORT": str(port)}
    )
    try:
        page = Client(_answering(f"http://127.0.0.1:{port}/", process), verbose=False)
        for example in EXAMPLES:
            copies = [folder / Path(scan).relative_to(checkout()) for scan in example.scans()]
            scans = {modality_of(copy): handle_file(copy) for copy in copies}
            answer = page.predict("guided-dual-attention", **scans, api_name="/grade")
            assert answer["disclaimer"] == DISCLAIMER
            assert answer["grade"] in GRADES
    finally:
        process.terminate()
        process.wait(20)


def _answering(url, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the page ended"
        try:
            urlopen(url, timeout=1).close()
            return url
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no page after {START_SECONDS} s")
