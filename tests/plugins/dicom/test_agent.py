"""The header's fields for a contrast agent, as they are filled in, half filled in, and left alone."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from zoo.plugins.dicom.agent import agent_given

AGENT = Dataset()
AGENT.CodeMeaning = "Gadobutrol"


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        ({}, None),
        ({"ContrastBolusAgent": ""}, None),
        ({"ContrastBolusAgent": "N/A"}, None),
        ({"ContrastBolusAgent": "Gadovist 7.5 ml"}, True),
        ({"ContrastBolusAgent": "YES"}, True),
        ({"ContrastBolusAgent": "NONE"}, False),
        ({"ContrastBolusAgent": "No contrast"}, False),
        ({"ContrastBolusAgent": "NONE", "ContrastBolusVolume": 10}, False),
        ({"ContrastBolusVolume": 10}, True),
        ({"ContrastBolusVolume": 0, "ContrastBolusTotalDose": 0}, None),
        ({"ContrastBolusAgentSequence": Sequence([AGENT])}, True),
        ({"ContrastBolusAgentSequence": Sequence()}, None),
    ],
)
def test_what_the_fields_tell(fields, given):
    header = Dataset()
    for name, value in fields.items():
        setattr(header, name, value)
    assert agent_given(header) is given
