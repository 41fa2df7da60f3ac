"""Answers about studies: read ahead, printed as they come, kept as rows of a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from zoo.commands.exit_status import BAD_INPUT, DONE
from zoo.commands.new_files import expect_new_file
from zoo.commands.read_ahead import read_ahead
from zoo.types import DISCLAIMER

if TYPE_CHECKING:
    from zoo.commands.shared_options import StudySource
    from zoo.registry import Registry
    from zoo.types import Volumes

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


def answer_studies(
    registry: Registry,
    studies: Sequence[StudySource],
    answers_of: Callable[[StudySource, Callable[[], Volumes]], Iterable[Answer]],
    as_json: bool,
    table: Path | None,
    raw: bool | None = None,
) -> NoReturn:
    """Print the answers about each study, which is read while the one before is answered, and write their table.

    raw: whether the scans are as the scanner made them, see `load_study`.

    Exits with the worst status. Raises `BadParameter` where the table can't be written, before anything is read.
    """
    # Before the thread: to import here and there at once can end in a deadlock.
    import zoo.scanner.load_study
    import zoo.study.read  # noqa: F401

    read = partial(read_study, registry, raw=raw)

    def answers() -> Iterator[Answer]:
        with closing(read_ahead(read, studies)) as readings:
            for study, reading in readings:
                yield from answers_of(study, reading.result)
                del reading  # which holds the study

    tell_all(answers(), as_json, table)


def read_study(registry: Registry, study: StudySource, raw: bool | None = None) -> Volumes:
    """Read one study; raises `ZooError`."""
    from zoo.scanner.load_study import load_study
    from zoo.study.read import read_volumes

    return read_volumes(registry, study.source, study.name, study.found, partial(load_study, raw=raw))


def tell_all(answers: Iterable[Answer], as_json: bool, table: Path | None) -> NoReturn:
    """Print answers as they come, write their table, and exit with the worst status.

    Raises `BadParameter` where the table can't be written, before the first is asked for.
    """
    if table:
        expect_new_file(table, (".csv",), "--csv")
    told: list[Answer] = []
    for answer in answers:
        told.append(answer)
        _tell(answer, as_json)
    if table:
        _write_table(table, told)
    if not as_json:
        typer.echo(DISCLAIMER)
    raise typer.Exit(max((answer.code for answer in told), default=DONE))


def _tell(answer: Answer, as_json: bool) -> None:
    """Print an answer; bad input in words goes to standard error."""
    text = json.dumps(answer.as_json) if as_json else answer.text
    typer.echo(text, err=answer.code == BAD_INPUT and not as_json)


def _write_table(path: Path, answers: Sequence[Answer]) -> None:
    """Write a row an answer; of one that is none the reason in a column of its own."""
    rows = [answer.row for answer in answers if answer.row]
    columns = dict.fromkeys(column for row in sorted(rows, key=len, reverse=True) for column in row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerows(rows)
