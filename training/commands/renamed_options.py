"""Options that had another name before: the old one still works, tells the new one, and is in no help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand

RENAMED = {
    "--work": "--run-dir",
    "--tie": "--site-grade-correlation",
    "--family": "--simulator",
    "--folds-of": "--reuse-folds",
}
"""New by old name."""


class RenamingCommand(TyperCommand):
    """A command that understands the old names of its own options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse arguments as Typer does, once the old names are replaced."""
        own = {name for param in self.params for name in param.opts}
        renamed = {old: new for old, new in RENAMED.items() if new in own}
        return super().parse_args(ctx, list(with_new_names(args, renamed)))


def with_new_names(args: Sequence[str], renamed: Mapping[str, str]) -> Iterator[str]:
    """The arguments with old names replaced by new ones; each old one is told on stderr.

    Raises `BadParameter` where one option is given by both names.
    """
    given = {word.partition("=")[0] for word in args}
    for word in args:
        old, equals, value = word.partition("=")
        new = renamed.get(old)
        if new is None:
            yield word
            continue
        if new in given:
            raise typer.BadParameter(f"found {old}, its old name, as well; give {new} alone.", param_hint=new)
        typer.echo(f"{old} is now called {new}.", err=True)
        yield f"{new}{equals}{value}"
