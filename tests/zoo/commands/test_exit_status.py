"""Whatever goes wrong on the way ends as one sentence and a status."""

from __future__ import annotations

import pytest
import typer

from zoo import Refused, StudyError
from zoo.commands.exit_status import BAD_INPUT, REFUSED, run


def _app(error):
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    return lambda: app(args=[], standalone_mode=False)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (StudyError("two brains"), BAD_INPUT, "two brains"),
        (Refused("no brain"), REFUSED, "no brain"),
        (FileNotFoundError(2, "No such file", "gone/heat.nii.gz"), BAD_INPUT, "gone/heat.nii.gz: No such file. Check"),
    ],
)
def test_an_error_is_a_sentence_and_a_status(error, status, sentence, capsys):
    with pytest.raises(SystemExit) as end:
        run(_app(error))
    assert end.value.code == status
    assert capsys.readouterr().err.startswith(sentence)


def test_what_names_no_file_is_left_to_be_seen():
    with pytest.raises(OSError, match="no memory"):
        run(_app(OSError("no memory")))
