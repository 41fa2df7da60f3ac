"""The README: short, and its front matter, command line, Python and figures are what they say."""

from __future__ import annotations

import re

import pytest

import zoo
from documents import ROOT, blocks, read, section
from training.whole_zoo.leaderboard_tables import models_table
from zoo.assets.leaderboard import read_leaderboard

README = read("README.md")
LINES = 200
SECONDS = re.compile(r"[\d.]+ s\b")


def test_it_is_short():
    assert len(README.splitlines()) <= LINES


def test_the_disclaimer_comes_before_all_headings_but_the_title():
    assert zoo.DISCLAIMER in README.split("\n## ")[0]


def test_front_matter_names_the_gradio_that_is_required():
    version = re.search(r"^sdk_version: (.+)$", README, re.MULTILINE)[1]
    assert version.startswith("6.")
    assert (ROOT / re.search(r"^app_file: (.+)$", README, re.MULTILINE)[1]).is_file()


def test_its_make_targets_are_in_the_makefile():
    targets = re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE)
    shown = re.findall(r"\bmake ([a-z-]+)", "".join(blocks(README, "sh")))
    assert {"app", "test", "test-long"} <= set(shown) <= set(targets)


def test_the_command_says_what_is_shown(run_here):
    part = section(README, "## From the command line")
    (command,), (shown,) = blocks(part, "sh"), blocks(part, "")
    words = command.split()
    assert words[0] == "glioma-zoo"
    said = run_here("zoo", *words[1:]).stdout
    assert SECONDS.sub("… s", said) == SECONDS.sub("… s", shown)


def test_the_lines_of_python_print_what_is_shown(monkeypatch, capsys):
    (code,) = blocks(section(README, "## From Python"), "python")
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 5
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})
    shown = [line.partition("# ")[2].partition(": ")[0] for line in code.splitlines() if line.startswith("print(")]
    assert capsys.readouterr().out.splitlines() == shown


def test_the_figures_are_the_head_of_the_leaderboard():
    leaderboard = read_leaderboard()
    head = [line for line in section(README, "## Figures").splitlines() if line.startswith("|")]
    assert len(head) >= 5
    assert head == models_table(leaderboard).splitlines()[: len(head)]
    control = leaderboard.models["delta-control.compact"].held_out.auc.value
    assert f"T1ce than on T1, {control:.3f}" in " ".join(README.split())
    assert f"[{len(leaderboard.models)} trained models]" in README


@pytest.mark.parametrize(
    "file", ["LICENSE", "NOTICE", "CITATION.cff", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
)
def test_what_convention_asks_for_is_there(file):
    assert file in README
    assert read(file).strip()
