"""`python -m training …`: simulate a cohort, fit a model, evaluate models, draw what was found, publish it."""

from __future__ import annotations

import typer

from zoo.checkout import INSTALL_TRAINING
from zoo.commands.exit_status import BAD_INPUT, run

from .commands.ablate import ablate
from .commands.evaluate import evaluate
from .commands.faithfulness import faithfulness
from .commands.fit import fit
from .commands.grade import grade
from .commands.publish import publish, space
from .commands.realism import realism
from .commands.renamed_options import RenamingCommand
from .commands.report import report
from .commands.scanner import scanner
from .commands.simulate import example, references, simulate
from .commands.zoo import zoo

COMMANDS = (
    simulate, example, references, fit, evaluate, grade, ablate, report, realism, faithfulness, scanner, zoo, publish,
    space,
)  # fmt: skip

app = typer.Typer(
    help="Simulate cohorts, train the zoo's models, evaluate and publish them.",
    no_args_is_help=True,
    add_completion=False,
)
for command in COMMANDS:
    app.command(cls=RenamingCommand)(command)


def main() -> None:
    """Run the command that was typed; a requirement of training that is missing is a sentence, too."""
    try:
        run(app)
    except ImportError as error:
        install = f" Training needs more than grading does: {INSTALL_TRAINING}" if error.name else ""
        typer.secho(f"{error}.{install}", fg="red", err=True)
        raise SystemExit(BAD_INPUT) from error


if __name__ == "__main__":
    main()
