"""What the documents point to is there: links, anchors, and the paths that they name."""

from __future__ import annotations

import re

import pytest

from documents import FOLDERS, ROOT, anchors, documents, links, read, without_blocks

DOCUMENTS = documents()
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_points_to_something(name):
    for link in links(read(name)):
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), f"{name}: {link}: there is no {path}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{name}: {link}: no such heading"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_that_is_named_is_there(name):
    for path in PATH.findall(without_blocks(read(name))):
        assert (ROOT / path).exists(), f"{name}: there is no {path}"


def test_links_and_anchors_are_found():
    text = "# One: two\n\n[a](b.md#c) [d](https://e.org) ![f](g.png)\n```\n[h](i)\n# j\n```\n## `k_l` − m\n"
    assert links(text) == ["b.md#c", "g.png"]
    assert anchors(text) == {"one-two", "k_l--m"}


def test_every_document_can_be_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        found = [((ROOT / name).parent / link.partition("#")[0]).resolve() for link in links(read(name))]
        here = {path.relative_to(ROOT).as_posix() for path in found if path.suffix == ".md"}
        waiting += sorted(here - reached)
    cards = {name for name in DOCUMENTS if name.startswith("plugins/weights/")}
    assert set(DOCUMENTS) - cards <= reached
