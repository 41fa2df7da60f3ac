"""The zoo as a user has it: a wheel in an environment of its own, no checkout near, from a folder with other plans."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import nibabel as nib
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
MODEL, TRAINED = "single-t1ce", 18
TAKEN_NAMES = ("plugins", "training", "zoo", "torch")


@dataclass(frozen=True)
class Installed:
    """scripts: folder of the environment's commands. elsewhere: folder to run them from."""

    scripts: Path
    elsewhere: Path

    def command(self, name: str, *arguments: object) -> list[str]:
        return [str(self.scripts / name), *map(str, arguments)]

    def run(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name, *arguments), cwd=self.elsewhere, env=_environment(), capture_output=True, text=True
        )

    def python(self, code: str) -> list[str]:
        """What the code prints, line by line; without this folder on its path, as in a user's own script elsewhere."""
        result = self.run("python", "-P", "-c", code)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()


def _environment() -> dict[str, str]:
    ours = ("PYTHONPATH", "GRADIO_TEMP_DIR", "GLIOMA_ZOO_MODELS")
    return {name: text for name, text in os.environ.items() if name not in ours}


@pytest.fixture(scope="module")
def installed(zoo_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, on top of the requirements that the tests have; the zoo of the checkout can't be seen from there."""
    folder = tmp_path_factory.mktemp("installed")
    _python(sys.executable, "venv", "--without-pip", folder / "venv")
    (site,) = folder.glob("venv/lib/python*/site-packages")
    _python(sys.executable, "pip", "--python", folder / "venv/bin/python", "install", "--quiet", "--no-deps", zoo_wheel)
    # A folder that a .pth names is searched for packages, but its own .pth files, an editable zoo's too, are not read.
    (site / "requirements.pth").write_text(sysconfig.get_path("purelib"))
    for name in TAKEN_NAMES:
        (folder / "elsewhere" / name).mkdir(parents=True)
        (folder / "elsewhere" / name / "__init__.py").write_text("raise RuntimeError('a stranger')")
    return Installed(folder / "venv" / "bin", folder / "elsewhere")


def _python(python: str, *arguments: object) -> None:
    result = subprocess.run([python, "-m", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.fixture
def study(make_study) -> Path:
    return make_study()


def test_it_is_the_wheel_that_runs(installed):
    names = ("zoo", "zoo.plugins", "zoo.training", "zoo.plugins.nifti", "zoo.training.options")
    code = f"import importlib; [print(importlib.import_module(name).__file__) for name in {names}]"
    site = installed.scripts.parent / "lib"
    assert [Path(file).is_relative_to(site) for file in installed.python(code)] == [True] * len(names)
    (path,) = installed.python("import zoo; print(len(zoo.__path__))")
    assert path == "1", "there is no checkout to look into"


def test_models_are_listed(installed):
    result = installed.run("glioma-zoo", "models", "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["faults"] == []
    assert len([row for row in found["models"] if row["trained"]]) == TRAINED
    (untrained,) = [row for row in found["models"] if not row["trained"]]
    assert untrained["training_commands"] == [f"glioma-zoo-train fit {untrained['id']} --cohort DIR"]


def test_command_and_python_give_the_same_grade_and_map(installed, study, tmp_path):
    archive = shutil.make_archive(str(study), "zip", study)  # opened by a process, which must be our own zoo, too
    graded = installed.run("glioma-zoo", "grade", archive, "--model", MODEL, "--json")
    assert graded.returncode == 0, graded.stderr + graded.stdout
    out = tmp_path / "heat.nii.gz"
    explained = installed.run("glioma-zoo", "explain", study, "--model", MODEL, "--out", out)
    assert explained.returncode == 0, explained.stderr
    code = f"""
import json, sys, zoo
trained = zoo.list_models(trained=True)
assert not {{"torch", "gradio"}} & set(sys.modules)
print(len(trained))
study = zoo.open_study({str(study)!r})
print(zoo.grade(study, {MODEL!r}).p_hgg)
study.save(zoo.explain(study, {MODEL!r}), {str(tmp_path / "again.nii.gz")!r})
print(json.dumps(zoo.explain(study, {MODEL!r}, "modality-shapley").by_modality))
"""
    count, p_hgg, by_modality = installed.python(code)
    assert int(count) == TRAINED
    assert float(p_hgg) == pytest.approx(json.loads(graded.stdout)["p_hgg"], abs=1e-6)
    assert json.loads(by_modality)["t1ce"] != 0
    heat, again = (nib.load(path).get_fdata() for path in (out, tmp_path / "again.nii.gz"))
    assert heat.shape == (*nib.load(study / "case1_t1.nii.gz").shape, 4)
    assert heat.any()
    np.testing.assert_allclose(heat, again, atol=1e-6)


def test_a_model_is_checked_and_exit_statuses_tell(installed, make_study):
    shape = ("--shape", 8, 32, 32)
    assert installed.run("glioma-zoo", "check", "volume-control", *shape).returncode == 0
    unknown = installed.run("glioma-zoo", "grade", make_study(("t1",), name="case2"), "--model", "nonsense")
    assert (unknown.returncode, "nonsense" in unknown.stderr, "Traceback" in unknown.stderr) == (2, True, False)
    refused = installed.run("glioma-zoo", "explain", make_study(("t2",)), "--model", MODEL, "--out", "x.nii")
    assert (refused.returncode, "not graded" in refused.stderr) == (3, True)


def test_training_says_where_it_can_not_write(installed):
    shown = installed.run("glioma-zoo-train", "--help")
    assert shown.returncode == 0
    assert "simulate" in shown.stdout
    refused = installed.run("glioma-zoo-train", "zoo")
    told = " ".join(refused.stderr.replace("│", " ").split())
    assert refused.returncode == 2
    assert "Invalid value for --weights: this zoo is installed, and no checkout to write into: say where." in told
    space = installed.run("glioma-zoo-train", "space", "--repo", "me/page", "--dry-run", "--out", "folder")
    assert (space.returncode, "made from a checkout" in space.stderr) == (2, True)


def test_the_page_is_served(installed):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = installed.command("glioma-zoo", "app", "--port", port)
    process = subprocess.Popen(command, cwd=installed.elsewhere, env=_environment(), stdout=subprocess.DEVNULL)
    try:
        assert "GliomaZoo" in _page(f"http://127.0.0.1:{port}/", process)
    finally:
        process.terminate()
        assert process.wait(20) == 0


def _page(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the page ended"
        try:
            with urlopen(url, timeout=1) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no page after {START_SECONDS} s")
