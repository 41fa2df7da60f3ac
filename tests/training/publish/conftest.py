"""A client of the loopback Hub in a process of its own: huggingface_hub as it is installed, nothing replaced."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loopback_hub import TOKEN, LoopbackHub
from published_model import use_hub

ROOT = Path(__file__).parents[3]


@dataclass
class Client:
    """client(*arguments) runs `python *arguments` and returns what came of it; the token is never in its words."""

    environment: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __call__(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        stdout, stderr = process.communicate(timeout=120)
        assert TOKEN not in stdout + stderr
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def start(self, *arguments: object, **environment: str) -> subprocess.Popen[str]:
        variables = {name: text for name, text in (self.environment | environment).items() if text}
        command = [sys.executable, *map(str, arguments)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=pipe, stderr=pipe, text=True)
        self.started.append(process)
        return process


@pytest.fixture
def client(hub: LoopbackHub, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A variable that is given as "" is not set; HF_HOME is empty at first."""
    return Client(os.environ | hub.environment | {"HF_HOME": str(tmp_path / "hf-home"), "PYTHONPATH": str(ROOT)})


@pytest.fixture
def hub_here(hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoopbackHub:
    """The Hub of the client in this process, too, which is installed as in the other."""
    use_hub(hub, tmp_path / "cache", monkeypatch)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    return hub


@pytest.fixture
def run_with_hub(run_here: Callable[..., Any], hub_here: LoopbackHub) -> Callable[..., Any]:
    """run_with_hub(*words) -> what became of `python -m training *words`, in this process, which has loaded torch."""

    def run(*words: object) -> Any:
        result = run_here("training", *words)
        assert TOKEN not in result.stdout + result.stderr
        return result

    return run
