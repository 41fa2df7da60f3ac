"""The files that convention asks for: how to cite, what changed, how to report a weakness."""

from __future__ import annotations

import dataclasses
import re

import pytest
import yaml

import zoo
from documents import commands_of, options_of, read

CITATION = yaml.safe_load(read("CITATION.cff"))
CHANGELOG = read("CHANGELOG.md")


def test_the_citation_has_what_version_1_2_0_requires():
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= CITATION.keys()
    assert CITATION["license"] == "Apache-2.0"
    assert zoo.DISCLAIMER.rstrip(".") in " ".join(CITATION["abstract"].split())


def test_the_method_is_cited_by_preference():
    paper = CITATION["preferred-citation"]
    assert {"type", "title", "authors"} <= paper.keys()
    assert [author["family-names"] for author in paper["authors"]] == ["Xu", "Wang", "Cai", "Heng"]
    assert paper["title"] in " ".join(read("README.md").split())
    assert paper["doi"].endswith("2401.09029")


def test_this_version_is_in_the_changelog():
    versions = re.findall(r"^## \[([\d.]+)\]", CHANGELOG, re.MULTILINE)
    assert zoo.__version__ in versions
    assert versions == sorted(versions, reverse=True)


def _renamed(kind):
    return re.findall(rf"^\| `{kind}([\w-]+).*?` \| `{kind}([\w-]+).*?` \|$", CHANGELOG, re.MULTILINE)


def test_new_names_of_options_are_options():
    renamed = _renamed("--")
    assert len(renamed) == 4
    shown = set().union(*(options_of(command) for command in commands_of("training").values()))
    assert {f"--{new}" for _, new in renamed} <= shown
    assert not {f"--{old}" for old, _ in renamed} & shown


def test_new_names_for_plugin_authors_exist():
    known = {field.name for field in dataclasses.fields(zoo.ExplainerSpec)}
    renamed = _renamed(r"ExplainerSpec\(")
    assert len(renamed) == 4
    assert {new for _, new in renamed} <= known
    assert not {old for old, _ in renamed} & known


@pytest.mark.parametrize("name", [name for pair in _renamed(r"zoo\.blocks\.") for name in pair])
def test_blocks_are_there_under_both_names(name):
    import zoo.blocks

    assert hasattr(zoo.blocks, name)


def test_a_weakness_is_reported_privately():
    assert "Report a vulnerability" in read("SECURITY.md")
    assert "@" not in read("SECURITY.md")


def test_the_twelve_everyday_tasks_have_a_file():
    rows = re.findall(r"^\| ([a-z].+) \| (.*\]\(.+)\|$", read("CONTRIBUTING.md"), re.MULTILINE)
    assert len(rows) == 12
