"""`python -m training fit`: how options of a model are written."""

from __future__ import annotations

import pytest
import typer

from training.commands.fit import read_option, read_rates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("width=8", ("width", 8)),
        ("guidance=add", ("guidance", "add")),
        ("secondaries=t2,flair", ("secondaries", ("t2", "flair"))),
        ("secondaries=t2,", ("secondaries", ("t2",))),
        ('backbone_options={"img_size": [96, 80]}', ("backbone_options", {"img_size": [96, 80]})),
    ],
)
def test_options_are_read_as_json_text_or_names(text, expected):
    assert read_option(text) == expected


def test_rates_are_read_by_prefix():
    assert read_rates(["encoders.t1ce=0.1", "head=0"]) == {"encoders.t1ce": 0.1, "head": 0.0}


@pytest.mark.parametrize("text", ["encoders", "encoders=slow", "encoders=-1", "encoders=nan", "encoders=inf"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(typer.BadParameter, match="expected PREFIX=FACTOR"):
        read_rates([text])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("single-t1ce", "--new-head"), "expected --start-from too"),
        (("volume-control", "--start-from", "volume-control"), "has no training by"),
    ],
)
def test_what_cannot_be_started_from_is_said(run_here, tmp_path, words, said):
    result = run_here("training", "fit", *words, "--cohort", tmp_path, "--out", tmp_path / "mine.safetensors")
    assert result.status == 2
    assert said in result.stderr
