"""Every file is in the tree of its folder's README, and every tree names only what is there."""

from __future__ import annotations

import pytest

from documents import FOLDERS, ROOT, blocks, read, repository_files, section, tree

TREES = {f"{folder}/": (f"{folder}/README.md", "## What is where") for folder in FOLDERS}
TREES[""] = ("README.md", "## Where things are")


def _named(folder):
    document, heading = TREES[folder]
    (block,) = blocks(section(read(document), heading), "")
    return tree(block)


def _to_name(folder, named):
    """Of the folder's files those that its tree has to name: a folder that it doesn't open stands for what is in it."""
    opened = {path[: path.rstrip("/").rindex("/") + 1] for path in named if "/" in path.rstrip("/")} | {""}
    for file in repository_files():
        parts = file.removeprefix(folder).split("/") if file.startswith(folder) else [".not ours"]
        depth = next(
            depth for depth in range(len(parts)) if "".join(f"{part}/" for part in parts[: depth + 1]) not in opened
        )
        name = "/".join(parts[: depth + 1]) + ("/" if depth + 1 < len(parts) else "")
        if parts[depth] not in ("__init__.py", "README.md") and not name.startswith("."):
            yield name


@pytest.mark.parametrize("folder", TREES)
def test_the_tree_names_what_is_there_and_nothing_else(folder):
    named = _named(folder)
    assert len(set(named)) == len(named)
    gone = [path for path in named if not (ROOT / folder / path).exists()]
    assert not gone, f"in the tree of {TREES[folder][0]}, but not there: {', '.join(gone)}"
    assert all(path.endswith("/") == (ROOT / folder / path).is_dir() for path in named)
    missing = set(_to_name(folder, named)) - set(named)
    assert not missing, f"not in the tree of {TREES[folder][0]}: {', '.join(sorted(missing))}"


def test_every_line_says_what_it_is():
    for folder, (document, heading) in TREES.items():
        (block,) = blocks(section(read(document), heading), "")
        assert all(len(line.split()) > 1 for line in block.splitlines()), folder


def test_a_tree_is_read():
    assert tree("a/    one\n  b.py  two\n  c/    three\n    d.py  four\ne.py  five\n") == [
        "a/", "a/b.py", "a/c/", "a/c/d.py", "e.py",
    ]  # fmt: skip
