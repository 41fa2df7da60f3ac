"""What the README says is true: its commands, tables, tree, and the plugin that it tells you to write."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from training.whole_zoo.leaderboard_tables import ceiling, models_table, readings_table
from zoo import hookspecs
from zoo.assets.leaderboard import read_leaderboard
from zoo.listing import model_rows, table_cells
from zoo.plugins.guided_dual_attention.options import GuidedOptions
from zoo.weights.load import load_weights

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LEADERBOARD = read_leaderboard()


def _block(after: str, language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", README[README.index(after) :], re.DOTALL)[1]


def _section(title: str) -> str:
    return README[README.index(title) :].split("\n## ")[0]


def _unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_figures_of_the_weights_are_those_of_the_leaderboard():
    section = _section("## Weights")
    assert models_table(LEADERBOARD) in section
    assert ceiling(LEADERBOARD) in _unwrapped(section)


def test_figures_of_the_readings_are_those_of_the_leaderboard():
    text = (ROOT / "training" / "README.md").read_text(encoding="utf-8")
    for arms in LEADERBOARD.ablations.experiments.values():
        assert readings_table(arms) in text


def test_the_leaderboard_is_of_the_embedded_weights(registry):
    trained = [spec for spec in registry.models.values() if spec.is_trained]
    assert LEADERBOARD.models.keys() == {spec.id for spec in trained}
    for spec in trained:
        model, row = load_weights(spec), LEADERBOARD.models[spec.id]
        assert row.weights == model.revision
        assert row.held_out.auc.value == pytest.approx(model.record.details["held_out"]["auc"], abs=2e-3)


def test_the_table_of_models_is_what_the_command_says(registry):
    rows = re.findall(r"^\| `([\w.-]+)` \|(.+)\|$", _section("## The models"), re.MULTILINE)
    told = [[model_id, *(cell.strip() for cell in cells.split("|"))] for model_id, cells in rows]
    assert told == [table_cells(row) for row in model_rows(registry.models.values())]


def test_every_option_of_the_papers_model_is_named():
    section = _section("## The models")
    size = {"width", "blocks", "slice_stride", "norm", "dropout", "donor_grid"}
    assert {field.name for field in fields(GuidedOptions)} - size == {
        name for name in re.findall(r"`(\w+)`", section) if name in GuidedOptions.__dataclass_fields__
    }


def test_every_hook_is_in_its_table():
    hooks = re.findall(r"^\| `(\w+\([^)]*\))` \|", README, re.MULTILINE)
    functions = [function for _, function in inspect.getmembers(hookspecs, inspect.isfunction)]
    assert {hook.partition("(")[0] for hook in hooks} == {
        f.__name__ for f in functions if hasattr(f, "glioma_zoo_spec")
    }


def test_every_file_is_in_the_tree():
    tree = _block("## What is where", "")
    for folder in ("zoo", "plugins", "training"):
        for path in (ROOT / folder).iterdir():
            known = path.name in tree or path.stem in tree
            assert known or path.name in ("__init__.py", "__pycache__"), f"{path} is not in the README's tree"


@pytest.mark.parametrize("module", ["zoo", "training"])
def test_every_subcommand_exists_and_is_shown(module):
    text = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = re.findall(r"^│ ([a-z][\w-]*) {2,}", text.stdout, re.MULTILINE)
    assert commands
    shown = set(re.findall(rf"python -m {module} ([a-z][\w-]*)", README))
    assert set(commands) == shown


def test_front_matter_names_the_gradio_that_is_required():
    version = re.search(r"^sdk_version: (.+)$", README, re.MULTILINE)[1]
    assert version.startswith("6.")
    assert (ROOT / re.search(r"^app_file: (.+)$", README, re.MULTILINE)[1]).is_file()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Environment of a process in which the README's plugin is installed."""
    source, site = tmp_path_factory.mktemp("plugin"), tmp_path_factory.mktemp("site")
    code = _block("`contrast_gain.py`:", "python")
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 30
    (source / "contrast_gain.py").write_text(code)
    (source / "pyproject.toml").write_text(_block("`pyproject.toml`:", "toml"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(source)]
    subprocess.run(command, check=True)
    return os.environ | {"PYTHONPATH": str(site)}


def _run(environment, *arguments):
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_plugin_is_listed_trained_and_grades(installed, make_study, tmp_path):
    listed = json.loads(_run(installed, "zoo", "models", "--json").stdout)
    (row,) = [row for row in listed["models"] if row["id"] == "contrast-gain"]
    assert (row["plugin"], row["trained"]) == ("contrast-gain", False)
    study = make_study()
    refused = _run(installed, "zoo", "grade", study, "--model", "contrast-gain", "--json")
    assert "not trained yet" in json.loads(refused.stdout)["error"]
    cohort = tmp_path / "cohort"
    options = ["--cases", 8, "--spacing", 4, "--processes", 1]
    assert _run(installed, "training", "simulate", "--out", cohort, *options).returncode == 0
    fitted = _run(
        installed, "training", "fit", "contrast-gain", "--cohort", cohort, "--epochs", 1, "--run-dir", tmp_path / "runs"
    )
    assert fitted.returncode == 0, fitted.stderr
    graded = _run(installed, "zoo", "grade", study, "--model", "contrast-gain", "--json")
    answer = json.loads(graded.stdout)
    assert answer["grade"] in ("LGG", "HGG")
    assert answer["trained_on"] == "4 simulated gliomas, no patient"
