"""The library's README: its Python, explainers, variables and program are those of the code."""

from __future__ import annotations

import re

from documents import ROOT, blocks, read, section
from zoo.render.region_accuracy import accuracy_table, region_accuracy
from zoo.render.region_facts import REGION_TITLES
from zoo.types.roles import SEGMENTER

README = read("zoo/README.md")


def test_the_python_prints_what_is_shown(monkeypatch, tmp_path, capsys):
    (code,) = blocks(section(README, "## Python"), "python")
    (tmp_path / "zoo").symlink_to(ROOT / "zoo")
    monkeypatch.chdir(tmp_path)  # for what it writes
    exec(compile(code, "zoo/README.md", "exec"), {})
    shown = [line.partition("  # ")[2].strip() for line in code.splitlines() if line.strip().startswith("print(")]
    assert (tmp_path / "heat.nii.gz").is_file()
    assert capsys.readouterr().out.splitlines() == shown


def test_every_explainer_is_in_its_table(registry):
    rows = [line.split("|")[1] for line in section(README, "## Explainers").splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([\w-]+)`", "".join(rows))) == set(registry.explainers)


def test_every_variable_of_ours_is_in_its_table():
    code = "".join(path.read_text(encoding="utf-8") for path in [*(ROOT / "zoo").rglob("*.py"), ROOT / "app.py"])
    listed = re.findall(r"`([A-Z_]+)`", "".join(re.findall(r"^\| `.+?\|", README, re.MULTILINE)))
    assert set(re.findall(r"GLIOMA_ZOO_[A-Z]+", code)) == {name for name in listed if name.startswith("GLIOMA_ZOO_")}


def test_the_figures_of_regions_are_the_leaderboard_s():
    headings, rows = accuracy_table(region_accuracy(SEGMENTER))
    lines = README.splitlines()
    assert len(rows) == len(REGION_TITLES)
    for cells in (["region", *headings], *([REGION_TITLES[region], *found] for region, found in rows.items())):
        assert f"| {' | '.join(cells)} |" in lines
