"""Every command line in the documents is one that the commands understand, and every command is shown."""

from __future__ import annotations

import re

import pytest

from documents import commands_of, documents, options_of, our_commands, read, without_blocks

SHOWN = [(name, package, words) for name in documents() for package, words in our_commands(read(name))]
INLINE = re.compile(r"`(?:(glioma-zoo|python -m zoo)|glioma-zoo-train|python -m training) ([a-z][\w-]*)([^`]*)`")
PACKAGES = ("zoo", "training")


def _unknown_options(command, words):
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in options_of(command)]


@pytest.mark.parametrize(("name", "package", "words"), SHOWN, ids=[" ".join(words) for *_, words in SHOWN])
def test_every_command_is_understood(name, package, words):
    commands = commands_of(package)
    assert words[0] in commands, f"{name}: there is no command {words[0]}"
    command = commands[words[0]]
    assert not _unknown_options(command, words)
    command.make_context(words[0], words[1:])  # raises where an argument is missing or a value is none


@pytest.mark.parametrize("name", documents())
def test_commands_within_sentences_exist(name):
    for ours, command, words in INLINE.findall(without_blocks(read(name))):
        commands = commands_of("zoo" if ours else "training")
        assert command in commands, f"{name}: there is no command {command}"
        assert not _unknown_options(commands[command], words.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_command_is_shown(package):
    document = read(f"{package}/README.md")
    assert set(commands_of(package)) == {words[0] for whose, words in our_commands(document) if whose == package}


def test_a_wrong_option_is_noticed():
    fit = commands_of("training")["fit"]
    assert _unknown_options(fit, ["one", "--cohort", "DIR", "--chohort=DIR"]) == ["--chohort=DIR"]
    with pytest.raises(Exception, match="cohort"):
        fit.make_context("fit", ["one"])
