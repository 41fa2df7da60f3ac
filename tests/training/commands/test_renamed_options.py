"""An option's old name does what the new one does, says so, and is not offered."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from training.__main__ import app
from training.commands.renamed_options import RENAMED, RenamingCommand


@pytest.fixture
def try_out():
    """A command with one renamed option, that prints what it was given."""
    small = typer.Typer()

    @small.command(cls=RenamingCommand)
    def train(run_dir: str = "runs", out: str = "") -> None:
        typer.echo(f"{run_dir} {out}")

    return lambda *words: CliRunner().invoke(small, words, env={"COLUMNS": "200"})


@pytest.mark.parametrize("words", [("--work", "here"), ("--work=here",)])
def test_the_old_name_works_and_names_the_new_one_on_stderr(try_out, words):
    result = try_out(*words, "--out", "there")
    assert (result.exit_code, result.stdout) == (0, "here there\n")
    assert result.stderr == "--work is now called --run-dir.\n"


def test_the_new_name_is_followed_without_a_word(try_out):
    result = try_out("--run-dir", "here")
    assert (result.stdout, result.stderr) == ("here \n", "")


@pytest.mark.parametrize("words", [("--work", "a", "--run-dir", "b"), ("--run-dir=b", "--work=a")])
def test_both_names_together_are_refused_in_a_sentence(try_out, words):
    result = try_out(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for --run-dir: found --work, its old name, as well; give --run-dir alone." in result.stderr


def test_a_command_that_never_had_the_option_does_not_understand_it(try_out):
    result = try_out("--tie", "0.5")
    assert result.exit_code == 2
    assert "No such option: --tie" in result.stderr


@pytest.mark.parametrize(
    ("command", "old"),
    [
        *((name, "--work") for name in ("fit", "evaluate", "ablate", "faithfulness", "zoo")),
        ("evaluate", "--folds-of"),
        ("simulate", "--tie"),
        ("simulate", "--family"),
    ],
)
def test_every_command_that_had_one_understands_it_and_shows_the_new_name_only(command, old):
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout.split()
    assert RENAMED[old] in shown
    assert old not in shown
    result = CliRunner().invoke(app, [command, old, "x", "--nonsense"], env={"COLUMNS": "200"})
    assert f"{old} is now called {RENAMED[old]}." in result.stderr
    assert "--nonsense" in result.stderr
