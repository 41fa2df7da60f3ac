"""How a command line ends, whichever door it came in by: what goes wrong is a sentence and an exit status."""

from __future__ import annotations

import typer

from zoo.errors import Refused, ZooError

DONE, BROKEN, BAD_INPUT, REFUSED = 0, 1, 2, 3
"""BROKEN: a promise that `check` found broken. REFUSED: the study can be read, and this model must not grade it."""


def run(app: typer.Typer) -> None:
    """Run the command that was typed; raises `SystemExit` with its status."""
    try:
        app()
    except ZooError as error:
        typer.secho(str(error), fg="red", err=True)
        raise SystemExit(REFUSED if isinstance(error, Refused) else BAD_INPUT) from None
    except OSError as error:
        if error.filename is None:  # no file that a user named
            raise
        typer.secho(f"{error.filename}: {error.strerror}. Check the path.", fg="red", err=True)
        raise SystemExit(BAD_INPUT) from None
