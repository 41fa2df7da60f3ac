"""Whether words say that a contrast agent was given, as scanners' operators write it."""

from __future__ import annotations

import pytest

from zoo.plugins.dicom.contrast import contrast_told, without_contrast_words
from zoo.plugins.dicom.words import words_of

GIVEN = (
    "AX T1 +C", "T1+C", "T1C+", "T1-C", "AX T1 FSE+C", "T1wCE", "T1W_CE", "t1ce", "CT1", "T1 Gd+",
    "3D T1 post-contrast", "T1 GAD", "W/ CONTRAST AX T1", "t1_mprage_sag_p2_iso_KM", "t1 nach KM", "T1 SE INJ",
    "T1 INJECTÉ", "T1 après injection", "AX T1 GADO", "T1 C/C", "T1 c/ contraste", "T1 con mdc", "T1 enhanced",
    "AX T1 PRE-OP POST GAD", "T1 without FS post Gd",
)  # fmt: skip
NOT_GIVEN = (
    "T1 pre", "T1 pre KM", "Ax T1 pre Gd", "T1 PRECONTRAST", "T1 native", "T1 vor KM", "T1 ohne KM",
    "T1 sans injection", "T1 SANS INJ", "T1 senza mdc", "T1 S/C", "T1 s/ contraste", "AX T1 W/O", "AX T1 W/O CONTRAST",
    "AX_T1_W_O_CONTRAST", "T1 NON CONTRAST", "T1 no contrast", "T1 C-", "AX T1 -C", "T1 GD-",
)  # fmt: skip
NOTHING = (
    "AX T1", "", "BRAIN W/WO", "BRAIN W/WO CONTRAST", "brain_w_wo", "MRI brain with and without contrast",
    "T1 W & W/O GAD", "T1 +/- C", "SAG T1 PRE/POST", "T1 POST OP", "T1 post surgery", "Ax T1 without fat sat",
    "T1 pre and later Gd",
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "told"),
    [*((each, True) for each in GIVEN), *((each, False) for each in NOT_GIVEN), *((each, None) for each in NOTHING)],
)
def test_what_an_operator_writes(written, told):
    assert contrast_told(words_of(written)) is told


def test_twins_are_called_the_same_but_for_the_agent():
    twins = {without_contrast_words(words_of(name)) for name in ("AX T1", "AX T1 +C", "AX T1 PRE GD")}
    assert twins == {"ax t1"}
    assert without_contrast_words(words_of("SAG T1 +C")) != "ax t1"


def test_a_star_is_not_lost():
    assert words_of("AX T2* GRE") == ["AX", "t2star", "GRE"]
