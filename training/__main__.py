"""`python -m training …`: simulate a cohort, fit a model, evaluate models, draw what was found, publish it."""

from __future__ import annotations

import typer

from zoo.errors import ZooError

from .commands.ablate import ablate
from .commands.evaluate import evaluate
from .commands.faithfulness import faithfulness
from .commands.fit import fit
from .commands.publish import publish, space
from .commands.realism import realism
from .commands.renamed_options import RenamingCommand
from .commands.report import report
from .commands.simulate import example, references, simulate
from .commands.zoo import zoo

COMMANDS = (
    simulate, example, references, fit, evaluate, ablate, report, realism, faithfulness, zoo, publish, space
)  # fmt: skip

app = typer.Typer(
    help="Simulate cohorts, train the zoo's models, evaluate and publish them.",
    no_args_is_help=True,
    add_completion=False,
)
for command in COMMANDS:
    app.command(cls=RenamingCommand)(command)


def main() -> None:
    """Run a command; what a user got wrong is told in a sentence, with exit status 2."""
    try:
        app()
    except (ZooError, ImportError) as error:
        typer.secho(str(error), fg="red", err=True)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
