"""The page as a Hugging Face Space: the folder that it runs from, and nothing more."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi
from huggingface_hub.repocard import metadata_load, metadata_save
from packaging.requirements import Requirement
from packaging.version import Version

from zoo import ZooError
from zoo.checkout import CHECKOUT

from .client import Pushed, push, told

SHIPPED = ("app.py", "zoo", "plugins", "README.md", "requirements.txt", "LICENSE", "NOTICE", ".github/screenshot.png")
LEFT_BEHIND = ("__pycache__", "*.pyc", "*.pyi")
SOURCE = re.compile(r"hub:(?P<repo>[^/@]+/[^/@]+)@(?P<sha>[0-9a-f]{40})")
VARIABLE = "GLIOMA_ZOO_MODELS"
MOST_PRELOADED = 10
"""Largest number of models that the Hub preloads; it refuses more."""


def publish_space(repo: str, models: Sequence[str] = ()) -> Pushed:
    """Push the Space; models: sources like hub:ORG/NAME@SHA, which its environment names to the page."""
    variables = [{"key": VARIABLE, "value": " ".join(models)}] if models else None
    with TemporaryDirectory() as name:
        folder = write_space(Path(name), models)
        pushed = push(folder, repo, "Update the page", kind="space", space_sdk="gradio", space_variables=variables)
    if models:
        with told(repo):
            HfApi().add_space_variable(repo, VARIABLE, " ".join(models))
    return pushed


def write_space(folder: Path, models: Sequence[str] = ()) -> Path:
    """Write what the Space holds; `ZooError` for a source of another form."""
    published = [_parsed(source) for source in models]
    preloaded = [_preloaded(each) for each in published]
    for path in shipped():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checkout() / path, folder / path)
    (folder / "requirements.txt").write_text(pinned((checkout() / "requirements.txt").read_text(encoding="utf-8")))
    front = metadata_load(folder / "README.md") or {}
    front |= {"sdk_version": version("gradio"), "python_version": f"{sys.version_info.major}.{sys.version_info.minor}"}
    if preloaded:
        front["models"] = [each["repo"] for each in published]
        front["preload_from_hub"] = preloaded[:MOST_PRELOADED]
    metadata_save(folder / "README.md", front)
    return folder


def checkout() -> Path:
    """The folder that the Space is made from; `ZooError` where the zoo is installed without one."""
    if CHECKOUT is None:
        raise ZooError("A Space is made from a checkout of GliomaZoo, and this zoo is installed: run it in a checkout.")
    return CHECKOUT


def shipped() -> list[Path]:
    """What git tracks of the page, so that no stray file is published; all that is there in a copy without git."""
    command = [shutil.which("git") or "false", "ls-files", "-z", "--", *SHIPPED]
    listed = subprocess.run(command, cwd=checkout(), capture_output=True, text=True, check=False).stdout
    tracked = [Path(name) for name in listed.split("\0") if name]
    return [path for path in tracked or _found() if (checkout() / path).is_file()]


def _found() -> Iterator[Path]:
    for name in SHIPPED:
        path = checkout() / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            parts = (*file.relative_to(checkout()).parents, file)
            if file.is_file() and not any(part.match(pattern) for part in parts for pattern in LEFT_BEHIND):
                yield file.relative_to(checkout())


def pinned(requirements: str) -> str:
    """Pin requirements to the versions that are installed here, without a build's own label, as in +cpu."""
    wanted = [Requirement(line) for line in requirements.splitlines() if line and not line.startswith("#")]
    return "".join(f"{one.name}=={Version(version(one.name)).public}\n" for one in wanted)


def _parsed(source: str) -> re.Match[str]:
    found = SOURCE.fullmatch(source)
    if not found:
        raise ZooError(f"--model: expected hub:ORG/NAME@SHA with the commit's 40 digits, found {source!r}.")
    return found


def _preloaded(found: re.Match[str]) -> str:
    """Describe a model as a Space's front matter asks for it at build time: repository, files, revision."""
    with told(found["repo"]):
        files = HfApi().list_repo_files(found["repo"], revision=found["sha"])
    needed = [name for name in files if name.endswith((".safetensors", "SHA256SUMS", "config.json"))]
    return f"{found['repo']} {','.join(needed)} {found['sha']}"
