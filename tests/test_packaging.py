"""What a wheel holds: every package, and every file that git tracks beside the code, under the one name `zoo`."""

from __future__ import annotations

import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
FOLDERS = {"zoo": "zoo", "plugins": "zoo.plugins", "training": "zoo.training"}
FOR_GIT = ".gitignore"


def _tracked():
    command = ["git", "ls-files", "-z", "--", *FOLDERS]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [PurePosixPath(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _package(folder):
    """`plugins/quality` → `zoo.plugins.quality`."""
    top, *rest = folder.parts
    return ".".join([FOLDERS[top], *rest])


def _packages():
    """Folder → package, innermost first."""
    found = {path.parent: _package(path.parent) for path in _tracked() if path.name == "__init__.py"}
    return dict(sorted(found.items(), key=lambda pair: len(pair[0].parts), reverse=True))


def _matches(path, pattern):
    """As a glob: no star goes into a folder."""
    parts, patterns = path.parts, PurePosixPath(pattern).parts
    return len(parts) == len(patterns) and all(map(fnmatch, parts, patterns))


def test_every_package_is_named():
    assert sorted(SETTINGS["packages"]) == sorted(_packages().values())


def test_what_lies_beside_the_zoo_goes_inside_it():
    assert SETTINGS["package-dir"] == {name: folder for folder, name in FOLDERS.items() if name != "zoo"}
    assert {name.partition(".")[0] for name in SETTINGS["packages"]} == {"zoo"}


def test_every_file_beside_the_code_is_packed():
    packages, data = _packages(), SETTINGS["package-data"]
    others = [path for path in _tracked() if path.suffix != ".py" and path.name != FOR_GIT]
    assert any(path.suffix == ".safetensors" for path in others)
    for path in others:
        folder = next(folder for folder in packages if folder in path.parents)
        patterns = data.get(packages[folder], [])
        assert any(_matches(path.relative_to(folder), pattern) for pattern in patterns), f"{path} is not in the wheel"


def test_every_module_lies_in_a_package():
    packages = _packages()
    assert [path for path in _tracked() if path.suffix == ".py" and path.parent not in packages] == []
