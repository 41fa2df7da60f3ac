"""Answers about studies, as commands print them and as rows of a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from zoo.commands.exit_status import BAD_INPUT

Table = Annotated[Path | None, typer.Option("--csv", help="CSV file for the answers, a row each.")]


@dataclass(frozen=True)
class Answer:
    """What became of one study, or of one model on it.

    row: of the table of all, empty where it has none. code: exit status.
    """

    as_json: Mapping[str, Any]
    row: Mapping[str, Any]
    text: str
    code: int


def tell(answer: Answer, as_json: bool) -> None:
    """Print an answer; bad input in words goes to standard error."""
    text = json.dumps(answer.as_json) if as_json else answer.text
    typer.echo(text, err=answer.code == BAD_INPUT and not as_json)


def write_table(path: Path, answers: Sequence[Answer]) -> None:
    """Write a row an answer; of one that is none the reason in a column of its own."""
    rows = [answer.row for answer in answers if answer.row]
    columns = dict.fromkeys(column for row in sorted(rows, key=len, reverse=True) for column in row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerows(rows)
