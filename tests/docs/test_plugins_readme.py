"""The plugins' README: its tables are the code's, and the plugins that it tells you to write run."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from documents import blocks, read, section
from zoo import hookspecs
from zoo.inference.loaded import forget
from zoo.listing import model_rows, table_cells
from zoo.plugins.guided_dual_attention.options import GuidedOptions

README = read("plugins/README.md")


def _block(after: str, language: str) -> str:
    return blocks(README[README.index(after) :], language)[0]


def test_the_table_of_models_is_what_the_command_says(registry):
    rows = re.findall(r"^\| `([\w.-]+)` \|(.+)\|$", section(README, "## The models"), re.MULTILINE)
    told = [[model_id, *(cell.strip() for cell in cells.split("|"))] for model_id, cells in rows]
    assert told == [table_cells(row) for row in model_rows(registry.models.values())]


def test_every_family_is_described(registry):
    described = re.findall(r"^- \*\*(.+)\*\*:", section(README, "## The models"), re.MULTILINE)
    assert set(described) == {spec.family for spec in registry.models.values()}


def test_every_option_of_the_papers_model_is_named():
    size = {"width", "blocks", "slice_stride", "norm", "dropout", "donor_grid"}
    assert {field.name for field in fields(GuidedOptions)} - size == {
        name
        for name in re.findall(r"`(\w+)`", section(README, "## The models"))
        if name in GuidedOptions.__dataclass_fields__
    }


def test_every_hook_is_in_its_table():
    hooks = re.findall(r"^\| `(\w+\([^)]*\))` \|", README, re.MULTILINE)
    functions = [function for _, function in inspect.getmembers(hookspecs, inspect.isfunction)]
    assert {hook.partition("(")[0] for hook in hooks} == {
        f.__name__ for f in functions if hasattr(f, "glioma_zoo_spec")
    }


def test_the_explainer_explains(registry, volumes, equipped_models):
    from zoo.inference.explain import explain_study
    from zoo.weights.load import load_weights

    namespace = {}
    exec(_block("## Write an explainer", "python"), namespace)
    (explainer,) = namespace["register_explainers"]()
    model = load_weights(equipped_models["single-t1ce.compact"])
    explanation = explain_study(volumes, model, explainer, progress=lambda fraction, text: None)
    assert explanation.values.shape == (4, *model.spec.recipe.shape)
    assert np.abs(explanation.values).max() > 0


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The README's plugin, in this process."""
    source, site = tmp_path / "plugin", tmp_path / "site"
    source.mkdir()
    code = _block("`contrast_gain.py`:", "python")
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 30
    (source / "contrast_gain.py").write_text(code)
    (source / "pyproject.toml").write_text(_block("`pyproject.toml`:", "toml"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--target", site, source], check=True)
    monkeypatch.syspath_prepend(site)
    forget()
    yield
    forget()


def test_the_plugin_is_listed_trained_and_grades(installed, run_here, make_study, tmp_path):
    listed = json.loads(run_here("zoo", "models", "--json").stdout)
    (row,) = [row for row in listed["models"] if row["id"] == "contrast-gain"]
    assert (row["plugin"], row["trained"]) == ("contrast-gain", False)
    grade = ("zoo", "grade", make_study(), "--model", "contrast-gain", "--json")
    assert "not trained yet" in json.loads(run_here(*grade).stdout)["error"]
    cohort = tmp_path / "cohort"
    options = ["--cases", 8, "--spacing", 4, "--processes", 1]
    assert run_here("training", "simulate", "--out", cohort, *options).status == 0
    fit = ("training", "fit", "contrast-gain", "--cohort", cohort, "--epochs", 1, "--run-dir", tmp_path / "runs")
    fitted = run_here(*fit)
    assert fitted.status == 0, fitted.stderr
    answer = json.loads(run_here(*grade).stdout)
    assert answer["grade"] in ("LGG", "HGG")
    assert answer["trained_on"] == "4 simulated gliomas, no patient"
