"""The Dockerfile: what it says, and its steps in a clean virtual environment, since no container engine is needed here.

Left out are the base image, whose Python is this one's here; `useradd`, which changes the machine; and downloads: the
clean environment sees the packages of the environment that tests, so that pip finds the requirements met.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import site
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from documents import ROOT, read, repository_files

PORT = "7860"
SECONDS = 120
NOT_HERE = ("useradd",)


def _instructions():
    """The Dockerfile's instructions in order: name and rest, comments and line breaks taken out."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    return [
        (name, " ".join(rest.split())) for name, _, rest in (line.partition(" ") for line in text.splitlines() if line)
    ]


STEPS = _instructions()


def _values(name):
    return [rest for step, rest in STEPS if step == name]


def _variables():
    return dict(pair.split("=", 1) for rest in (*_values("ENV"), *_values("ARG")) for pair in rest.split())


def test_one_stage_on_the_python_that_is_tested():
    (base,) = _values("FROM")
    assert base == f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"


def test_nobody_with_rights_serves_the_port():
    assert _values("EXPOSE") == [PORT]
    assert _variables()["GRADIO_SERVER_PORT"] == PORT
    names = [name for name, _ in STEPS]
    assert "root" not in _values("USER")
    assert names.index("USER") < names.index("CMD")
    assert not [rest for name, rest in STEPS[names.index("USER") :] if name in ("RUN", "COPY")]


def test_the_context_holds_no_more_than_the_image_needs():
    context = _context()
    assert {"pyproject.toml", "requirements.txt", "README.md", "LICENSE", "NOTICE", "zoo/__init__.py"} <= set(context)
    assert not [name for name in context if name.startswith((".git", ".ci", "tests/"))]


def _context():
    """What `COPY . ./` copies: this repository's files without those that .dockerignore names."""
    ignored = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    return [name for name in repository_files() if not any(_is_ignored(name, pattern) for pattern in ignored)]


def _is_ignored(name, pattern):
    parts = name.split("/")
    if pattern.startswith("**/"):
        return any(fnmatch.fnmatch(part, pattern[3:]) for part in parts)
    return fnmatch.fnmatch(parts[0], pattern)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A folder with what the image would hold: the copied files, and the environment that the RUN steps made."""
    folder = tmp_path_factory.mktemp("image")
    (folder / "work").mkdir()
    venv.create(folder / "venv", with_pip=True)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "packages_of_the_tests.pth").write_text("\n".join(site.getsitepackages()))
    for name, rest in STEPS:
        if name == "COPY":
            _copy(rest, folder / "work")
        if name == "RUN" and not rest.startswith(NOT_HERE):
            subprocess.run(rest, shell=True, check=True, cwd=folder / "work", env=_environment(folder))
    shutil.rmtree(folder / "work")
    return folder


def _copy(rest, work):
    source, target = rest.split()
    assert target == "./"
    for name in _context() if source == "." else [source]:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, work / name)


def _environment(folder, **more):
    """The variables of a process in the image: nothing of this checkout is on its path."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return kept | _variables() | {"PATH": f"{folder}/venv/bin{os.pathsep}{os.environ['PATH']}"} | more


@pytest.mark.long
def test_its_steps_give_a_page_that_answers(image, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = _environment(image, GRADIO_SERVER_NAME="127.0.0.1", GRADIO_SERVER_PORT=port)
    command = json.loads(_values("CMD")[0])
    page = subprocess.Popen(command, cwd=tmp_path, env=environment, executable=image / "venv" / "bin" / command[0])
    try:
        assert "GliomaZoo" in _answer(page, port)
        assert _healthy(environment, port)
    finally:
        page.terminate()
        page.wait(timeout=30)
    assert not _healthy(environment, port)


def _answer(page, port):
    """What the page says, once it does."""
    deadline = time.monotonic() + SECONDS
    while page.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}", timeout=5) as answer:
                return answer.read().decode()
        except URLError:
            time.sleep(0.5)
    raise AssertionError(f"no answer on port {port}; exit status {page.poll()}")


def _healthy(environment, port):
    (check,) = _values("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2].replace(PORT, port))
    program = Path(environment["PATH"].split(os.pathsep)[0]) / command[0]
    return (
        subprocess.run([program, *command[1:]], env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0
    )
