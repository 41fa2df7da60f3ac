"""A docstring begins with a verb or a noun and can be read alone, as an editor's tooltip shows it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = ("plugins", "training", "zoo")

FIRST_WORD = re.compile(r"[^\W\d_][\w'’-]*")
LEANING = FIRST_WORD.findall(
    # prepositions
    "about above across after against along among around as at before behind below beneath beside besides between "
    "beyond by despite down during except for from in inside into like near of off on onto out outside over per since "
    "through throughout to toward towards under until unlike up upon via with within without "
    # conjunctions, and adverbs that join on to something said before
    "also and because but else hence however if instead likewise nor once only or otherwise rather so still than then "
    "therefore though thus too unless when whenever while yet "
    # pronouns
    "he her hers him his it its itself none our ours she such that their theirs them themselves these they this those "
    "us we you your "
    # what says that nothing is described here, or something elsewhere
    "given raises same see"
)
ARGUMENTS_FIRST = re.compile(r"`?[a-z_]\w*`?(, `?[a-z_]\w*`?)*: ")
TYPE_FIRST = re.compile(r"(bool|u?int\d+|float\d*|complex\d+|str) \[", re.IGNORECASE)

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def fault_of(docstring: str) -> str | None:
    """Why a docstring can't be read alone, or None.

    Symbols don't tell what they are shapes or values of: a docstring begins with a word, or with a name in backquotes.
    """
    if ARGUMENTS_FIRST.match(docstring):
        return "it begins with its arguments"
    if TYPE_FIRST.match(docstring):
        return "it begins with a type"
    word = FIRST_WORD.match(docstring)
    if word is None:
        return None if docstring[0] == "`" or docstring.startswith("3-D") else "it begins with no word"
    return f"it leans on what is not said: {word[0]}" if word[0].lower() in LEANING else None


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of the docstrings of a module, its classes and functions, and of the names assigned in them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Documented):
            if text := ast.get_docstring(node):
                yield node.body[0].lineno, text
            for before, after in zip(node.body, node.body[1:], strict=False):
                if isinstance(before, ast.Assign | ast.AnnAssign) and (text := _text_of(after)):
                    yield after.lineno, text


def _text_of(node: ast.stmt) -> str:
    said = node.value if isinstance(node, ast.Expr) else None
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""


@pytest.mark.parametrize("place", PLACES)
def test_docstrings_can_be_read_alone(place):
    faults = [
        f"{path.relative_to(ROOT)}:{line}: {fault}: {text.splitlines()[0]}"
        for path in sorted((ROOT / place).rglob("*.py"))
        for line, text in docstrings(path.read_text(encoding="utf-8"))
        if (fault := fault_of(text))
    ]
    assert not faults, "Begin with a verb or a noun, so that a tooltip can be read alone:\n" + "\n".join(faults)


@pytest.mark.parametrize(
    "text",
    [
        "Of one prepared study, by model.",
        "By full id; others by what they begin with.",
        "With the models that are installed.",
        "In the format of the Hub.",
        "Unless it is there already.",
        "As in the paper.",
        "None where it can't look.",
        "Its outermost voxels.",
        "See `other`.",
        "Raises `ZooError` when it is none.",
        "[B, K], see `other`.",
        "Float32 [B, K]: the measurements.",
        "0 where one of them is flat.",
        "{name: value} of each.",
        "name: unique in a file.",
        "low, high: its bounds.",
    ],
)
def test_what_leans_is_found(text):
    assert fault_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Return the seconds that a prepared study takes, by model id.",
        "What a study needs.",
        "How far a measure could be off.",
        "Whether a model is trained.",
        "Where the tumour is.",
        "The modality that a file's name tells, or None.",
        "Forward passes up to which sensitivity is measured.",
        "Inputs of `module.head`.",
        "Index: a card for each model.",
        "`python -m training zoo`: all of it.",
        "3-D class-activation maps.",
    ],
)
def test_what_stands_alone_is_left_alone(text):
    assert fault_of(text) is None


def test_every_kind_of_docstring_is_read():
    leaning = '''"""Of a module."""
WIDTH = 3
"""Of a constant."""
class Study:
    """Of a class."""
    width: int
    """Of a field."""
    async def load(self):
        """Of a method."""
def measure():
    """Of a function."""
    "Not a docstring, but a statement."
'''
    assert sorted(line for line, text in docstrings(leaning) if fault_of(text)) == [1, 3, 5, 7, 9, 11]
