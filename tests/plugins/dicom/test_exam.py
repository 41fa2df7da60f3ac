"""Which modality a series is: by its own words and times, and not by what is said of the whole exam."""

from __future__ import annotations

import pytest

from zoo.plugins.dicom.exam import modalities_of
from zoo.plugins.dicom.headers import Series
from zoo.plugins.dicom.words import words_of

SE = {"sequence": "SE", "repetition_time": 600.0, "echo_time": 10.0}
T2 = {"sequence": "SE", "repetition_time": 4000.0, "echo_time": 100.0}
INVERTED = {"sequence": "SE\\IR", "repetition_time": 9000.0, "echo_time": 120.0, "inversion_time": 2500.0}
MPRAGE = {"sequence": "GR\\IR", "repetition_time": 2000.0, "echo_time": 3.0, "inversion_time": 900.0}
LOCALIZER = {"sequence": "GR", "repetition_time": 8.6, "echo_time": 4.0}
DIFFUSION = {"sequence": "EP\\SE", "repetition_time": 6000.0, "echo_time": 90.0}
AGENT = {"agent_given": True}
SERIES = [
    ("AX T1", SE, "t1"),
    ("t1_mprage_sag_p2_iso_KM", MPRAGE, "t1ce"),
    ("t1_mprage_sag_p2_iso", MPRAGE, "t1"),
    ("t1_mprage", MPRAGE | AGENT, "t1ce"),
    ("T1 pre", SE | AGENT, "t1"),
    ("Ax T1 without", SE | {"agent_given": False}, "t1"),
    ("AX T1 +C", SE, "t1ce"),
    ("AX T1 +C", SE | {"agent_given": False}, "t1ce"),
    ("T1wCE", SE, "t1ce"),
    (
        "Ax T1 FLAIR",
        {"sequence": "SE\\IR", "repetition_time": 2200.0, "echo_time": 20.0, "inversion_time": 800.0},
        "t1",
    ),
    ("Ax T2 FLAIR", INVERTED, "flair"),
    ("t2_tirm_tra_dark-fluid", INVERTED, "flair"),
    ("T2 FLAIR", {}, "flair"),
    ("AX T2 TSE", T2, "t2"),
    ("unnamed", T2, "t2"),
    ("unnamed", INVERTED, "flair"),
    ("brain", MPRAGE, "t1"),
    ("AX T1", T2, None),
    ("AX T2", INVERTED, None),
    ("T1 T2 something", {}, None),
    ("AX T2 STAR", {"sequence": "GR", "repetition_time": 600.0, "echo_time": 20.0}, None),
    ("AX T2*", T2, None),
    ("brain", {"sequence": "GR", "repetition_time": 600.0, "echo_time": 20.0}, None),
    ("ep2d diff ADC", T2, None),
    ("b1000", T2, None),
    ("T1map", SE, None),
    ("T1 perfusion", SE, None),
    ("rCBV T2", T2, None),
    ("unnamed", DIFFUSION, None),
    ("AX T2", DIFFUSION, None),
    ("T1 localizer", SE, None),
    ("AX T1", SE | {"image_type": ("DERIVED", "PRIMARY", "PHASE MAP")}, None),
    ("AX T1", SE | {"image_type": ("ORIGINAL", "PRIMARY", "LOCALIZER")}, None),
    ("AX T1", SE | {"image_type": ("ORIGINAL", "PRIMARY", "M", "ND", "NORM")}, "t1"),
    ("PD", {"sequence": "SE", "repetition_time": 3000.0, "echo_time": 15.0}, None),
    ("brain", {}, None),
]


def _series(description, acquisition, protocol=""):
    nothing = {
        "label": "", "image_type": (), "sequence": "", "repetition_time": None, "echo_time": None,
        "inversion_time": None, "agent_given": None, "slices": (),
    }  # fmt: skip
    words = {"description": tuple(words_of(description)), "protocol": tuple(words_of(protocol))}
    return Series(**(nothing | words | acquisition))


@pytest.mark.parametrize(("description", "acquisition", "modality"), SERIES)
def test_modality_is_told_by_words_and_times_that_agree(description, acquisition, modality):
    assert modalities_of([_series(description, acquisition)]) == [modality]


WHOLE = [("AX T1", SE), ("AX T1 +C", SE), ("AX T2", T2), ("AX FLAIR", INVERTED)]
MODALITIES = ["t1", "t1ce", "t2", "flair"]
PROTOCOLS = ("BRAIN W/WO", "BRAIN GAD", "BRAIN W CONTRAST", "Tumor Perfusion", "Brain Map 3T", "T1 BRAIN GAD", "PRE OP")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_exams_protocol_tells_nothing_of_its_series(protocol):
    assert modalities_of([_series(*each, protocol) for each in WHOLE]) == MODALITIES
    localizer = _series("LOC", LOCALIZER, "Localizer")
    assert modalities_of([*(_series(*each, protocol) for each in WHOLE), localizer]) == [*MODALITIES, None]


def test_nor_does_it_where_the_series_are_called_nothing():
    assert modalities_of([_series("", times, "BRAIN GAD") for times in (SE, T2, INVERTED)]) == [None, "t2", "flair"]


@pytest.mark.parametrize("beginning", ["HEAD GAD", "BRAIN PERFUSION", "BRAIN W/WO"])
def test_nor_do_words_that_all_descriptions_begin_with(beginning):
    assert modalities_of([_series(f"{beginning} {name}", times) for name, times in WHOLE]) == MODALITIES


def test_an_agent_that_is_filled_in_for_all_series_tells_nothing():
    assert modalities_of([_series(name, times | AGENT) for name, times in WHOLE]) == MODALITIES
    in_one = [_series("AX T1", SE), _series("COR T1", SE | AGENT), _series("AX T2", T2)]
    assert modalities_of(in_one) == ["t1", "t1ce", "t2"]


@pytest.mark.parametrize(
    "exam",
    [
        [_series("AX T1", SE, "BRAIN GAD")],
        [_series("AX T1", SE, "BRAIN GAD"), _series("AX T2", T2, "BRAIN GAD")],
        [_series("AX T1", SE | AGENT), _series("AX T2", T2 | AGENT)],
        [_series("COR T1", SE | AGENT), _series("AX T1 +C", SE | AGENT), _series("AX T2", T2 | AGENT)],
    ],
    ids=["protocol, alone", "protocol", "agent", "agent, of another plane"],
)
def test_a_t1_of_an_exam_with_contrast_that_nothing_settles_is_left_open(exam):
    assert modalities_of(exam)[0] is None


def test_a_protocol_that_names_one_series_counts_where_the_others_say_nothing():
    named = ("t1_mprage_km", "t1_mprage_km")
    reformatted = [_series(named[0], MPRAGE, named[1]), _series("MPR cor", MPRAGE, named[1])]
    assert modalities_of(reformatted) == ["t1ce", "t1ce"]
    assert modalities_of([_series("MPR tra", MPRAGE, "t1_mprage_km")]) == ["t1ce"]
    assert modalities_of([_series("", LOCALIZER, "localizer")]) == [None]


def test_description_and_agent_outrank_the_protocol():
    assert modalities_of([_series("t1_mprage", MPRAGE | AGENT, "t1_mprage_pre")]) == ["t1ce"]
    assert modalities_of([_series("t1_mprage", MPRAGE | {"agent_given": False}, "t1_mprage_km")]) == ["t1"]
    assert modalities_of([_series("t1_mprage native", MPRAGE, "t1_mprage_km")]) == ["t1"]
    assert modalities_of([_series("AX T2", T2, "t1_mprage_km")]) == ["t2"]
    assert modalities_of([_series("T1 map", SE, "t1_vibe")]) == [None]
