"""A plugin as its author gets it: written by `python -m zoo new-plugin`, installed in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from training.jobs.engine import Engine
from training.simulation import write_cohort

ROOT = Path(__file__).parents[1]
NAME, EXPLAINER = "my-grader", "my-explainer"


@dataclass(frozen=True)
class NewPlugin:
    """folder: what was written. python: of the environment in which it is installed."""

    folder: Path
    python: Path

    def run(self, *arguments, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """`python -m …` in that environment."""
        return _run(self.python, *arguments, cwd=cwd)

    def train(self, work: Path) -> subprocess.CompletedProcess[str]:
        """On eight tiny simulated studies: the weights are worth nothing, but they are weights."""
        write_cohort(work / "cohort", cases=8, seed=1, spacing_mm=4.0, engine=Engine(processes=1))
        return self.run("training", "fit", NAME, "--cohort", work / "cohort", "--epochs", 1, "--run-dir", work / "runs")


def install_new_plugin(folder: Path, name: str = NAME, kind: str = "model") -> NewPlugin:
    """Only the plugin is installed; what is installed already, GliomaZoo too, shines through from below."""
    _run(sys.executable, "zoo", "new-plugin", name, "--kind", kind, "--out", folder).check_returncode()
    _run(sys.executable, "venv", "--without-pip", folder / "venv").check_returncode()
    plugin = NewPlugin(folder / name, folder / "venv" / "bin" / "python")
    _see_what_is_installed(folder / "venv")
    offline = ("--quiet", "--no-deps", "--no-build-isolation")
    plugin.run("pip", "install", *offline, "--editable", plugin.folder).check_returncode()
    return plugin


def _see_what_is_installed(environment: Path) -> None:
    (own,) = environment.glob("lib/python*/site-packages")
    (own / "lower.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")


def _run(python: Path | str, *arguments, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", *map(str, arguments)]
    variables = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": ""}
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
