"""`python -m training fit`: how options of a model are written."""

from __future__ import annotations

import pytest

from training.commands.fit import read_option


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
