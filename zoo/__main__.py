"""The command line `glioma-zoo …`, or `python -m zoo …`: page, models, grades, explanations, regions, raw scans, …"""

from __future__ import annotations

import os

import typer

from zoo.commands.app import app as serve
from zoo.commands.check import check
from zoo.commands.exit_status import run
from zoo.commands.explain import explain
from zoo.commands.grade import grade
from zoo.commands.models import models
from zoo.commands.new_plugin import new_plugin
from zoo.commands.prepare import prepare
from zoo.commands.segment import segment
from zoo.types import DISCLAIMER

app = typer.Typer(help=f"GliomaZoo. {DISCLAIMER}", no_args_is_help=True, add_completion=False)
app.command("app")(serve)
app.command()(models)
app.command()(grade)
app.command()(explain)
app.command()(segment)
app.command()(prepare)
app.command()(check)
app.command()(new_plugin)


def main() -> None:
    """Run the command that was typed."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # idle threads sleep: spinning, they hold up who reads ahead
    run(app)


if __name__ == "__main__":
    main()
