"""What the name of one file tells: which scan it is, and what was done to it; see the table of spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from zoo.study.sources import is_nifti, stem
from zoo.study.suffixes import scan_stem

from .spellings import KIND_OF

MODALITY_KINDS = ("t1", "t1ce", "t2", "flair")
NO_SCANS = {
    "mask": "a mask",
    "other": "a map or another sequence",
    "leftover": "left by dcm2niix beside another",
}
CHANGES = ("stripped", "placed", "altered", "untouched", "half")
NOTHING_TOLD = "its name tells no modality"
TWO_TOLD = "its name tells two modalities"
CONTRAST_UNCLEAR = "whether before or after contrast is not clear"
TOWARDS = ("to", "into", "onto", "in")
TOKEN = re.compile(r"(?:[^\W_]|\+)+")
# A word, and the letter that dcm2niix adds to a name that is taken: t1a. A number, also of a run. Registered to what.
LETTERED, NUMBER, PLACED_ON = re.compile(r"(.+)[a-h]"), re.compile(r"(run)?\d+"), re.compile(r"(?:reg|coreg|2)(.+)")
ONTO = re.compile(r"(.+)2([a-z].*)")  # flair2t1, but not t1
CONVERTED = re.compile(r"\d{2,}-[^_]*_(?P<word>[a-z0-9]+)", re.IGNORECASE)  # our own name of a DICOM series
BIDS = re.compile(r"sub-[^_]+_(?:[a-z]+-[^_]+_)*(?P<rest>[^_-].*)", re.IGNORECASE)
NO_AGENT = ("no", "none", "pre", "false")
STANDING = ("sub", "ses")  # entities of a BIDS name that tell whose it is
NATIVE_SPACES = ("orig", "native", "individual", "t1w", "scanner")
HINTS_AT_CONTRAST = re.compile(r"post(?!op)|gd|gad|contr|inj")


@dataclass(frozen=True)
class ScanName:
    """What is told of one file.

    study: whose it is, "" where nothing tells. modality: None with the reason in `why`. acquisition: which of several
    scans of that modality, the same of a scan and of what was made of it. states: "stripped", "placed". untouched: said
    to be neither. altered: in how many ways its intensities were changed. with_agent: of T2 or FLAIR. leftover: as
    dcm2niix marks it.
    """

    study: str
    modality: str | None = None
    why: str = ""
    acquisition: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    untouched: bool = False
    altered: int = 0
    with_agent: bool = False
    leftover: str = ""

    @property
    def is_mask(self) -> bool:
        return self.why == NO_SCANS["mask"]


def scan_name(path: Path | str) -> ScanName:
    """Read the name of a file, or of the folder that stands for it where the file has none."""
    path = Path(path)
    own = _told(scan_stem(path.name))
    if not is_nifti(path.parent.name):
        return own
    outer = _told(stem(path.parent.name))
    if own.modality and outer.modality and own.modality != outer.modality:
        return ScanName(outer.study, why=TWO_TOLD)
    return outer if outer.modality or own.modality is None else replace(own, study=outer.study)


def modality_of(path: Path | str) -> str | None:
    """The modality that a file's name tells, or None."""
    return scan_name(path).modality


def _told(name: str) -> ScanName:
    if converted := CONVERTED.fullmatch(name):
        return _of_words(name[: converted.start("word")].rstrip("_"), [converted["word"].lower()])
    if bids := BIDS.fullmatch(name):
        return _bids(name[: bids.start("rest")], bids["rest"])
    matches = list(TOKEN.finditer(name))
    words, target = _without_target([match[0].lower() for match in matches])
    start = _start_of_known(words)
    study = name[: matches[start].start()].rstrip("_-. ") if start < len(words) else name
    return _of_words(study, words[start:], target)


def _bids(entities: str, suffix: str) -> ScanName:
    """Read `key-value` pairs and what follows them: https://bids-specification.readthedocs.io, raw and derivative."""
    pairs = [pair.partition("-")[::2] for pair in entities.lower().rstrip("_").split("_")]
    said = dict(pairs)
    words, target = _without_target([match[0].lower() for match in TOKEN.finditer(suffix)])
    words = words[_start_of_known(words) :]
    told = [*(_agent_of(said["ce"]) if "ce" in said else ()), *_words_within(said), *words]
    named = _of_words("_".join(entities.split("_")[: sum(key in STANDING for key in said)]), told, target)
    if "echo" in said or "inv" in said or said.get("part", "mag") != "mag":
        return ScanName(named.study, why=NO_SCANS["other"])
    if named.modality == "t1" and _hints_at_contrast(said):
        return ScanName(named.study, why=CONTRAST_UNCLEAR)
    placed = {"placed"} if said.get("space", "orig") not in NATIVE_SPACES else set()
    which = tuple(
        f"{key}-{value}" for key, value in pairs if key not in (*STANDING, "ce", "desc", "space", "rec", "res")
    )
    return replace(named, states=named.states | placed, acquisition=(*which, *named.acquisition))


def _agent_of(value: str) -> list[str]:
    return ["pre" if value in NO_AGENT else "ce"]


def _words_within(said: dict[str, str]) -> list[str]:
    """The known words in labels that a site may choose; `post` behind the T1 that it is about."""
    labels = [said[key] for key in ("acq", "rec", "desc") if key in said]
    kinds = ("agent", "after", "before", "stripped", "altered")
    return ["ce" if label == "post" else label for label in labels if KIND_OF.get(label) in kinds]


def _hints_at_contrast(said: dict[str, str]) -> bool:
    """Tell a label such as acq-3Dpost, which is no word of the table and may mean contrast."""
    labels = [said[key] for key in ("acq", "rec", "desc") if key in said]
    return any(HINTS_AT_CONTRAST.search(label) and label not in KIND_OF for label in labels)


def _without_target(words: list[str]) -> tuple[list[str], list[str]]:
    """Split "t1 to t2 brain" into the scan, and what it was laid on with all that follows."""
    words = [part for word in words for part in _split(word)]
    for index in range(len(words) - 1, 0, -1):
        if words[index] in TOWARDS and any(KIND_OF.get(word) in MODALITY_KINDS for word in words[:index]):
            return words[:index], words[index:]
    return words, []


def _split(word: str) -> list[str]:
    """Split flair2t1 into flair, to, t1, and regt1 into to, t1; leave others whole."""
    if (onto := ONTO.fullmatch(word)) and KIND_OF.get(onto[1]) in MODALITY_KINDS and onto[2] in KIND_OF:
        return [onto[1], "to", onto[2]]
    placed = PLACED_ON.fullmatch(word)
    return ["to", placed[1]] if placed and KIND_OF.get(placed[1]) in MODALITY_KINDS else [word]


def _start_of_known(words: list[str]) -> int:
    """Where the known words begin with which a name ends; before the modality, numbers and the like are a patient's."""
    start, seen = len(words), False
    while start and (kind := _kind(words[start - 1])) and not (seen and kind in ("number", "leftover")):
        start -= 1
        seen = seen or kind in MODALITY_KINDS
    return start


def _kind(word: str) -> str:
    """What the table or a pattern makes of a word; "" of an unknown one."""
    if word in KIND_OF:
        return KIND_OF[word]
    if NUMBER.fullmatch(word):
        return "number"
    lettered = LETTERED.fullmatch(word)
    return "leftover" if lettered and (KIND_OF.get(lettered[1]) in MODALITY_KINDS or lettered[1].isdigit()) else ""


def _of_words(study: str, words: list[str], target: list[str] | None = None) -> ScanName:
    """What the words of a name tell together, and those behind "to"."""
    kinds = [_kind(word) for word in words]
    behind = [_kind(word) for word in target or ()]
    for kind, why in NO_SCANS.items():
        if kind in kinds or (kind in behind and kind != "other"):
            marks = [word for word, which in zip(words, kinds, strict=True) if which == "leftover"]
            of = tuple(word for word, which in zip(words, kinds, strict=True) if which in MODALITY_KINDS)
            return ScanName(study, why=why, acquisition=of, leftover=marks[0] if kind == "leftover" and marks else "")
    modality, why = _modality(words, kinds)
    states = {kind for kind in (*kinds, *behind) if kind in ("stripped", "placed")} | ({"placed"} if target else set())
    which = tuple(word for word, kind in zip(words, kinds, strict=True) if kind not in CHANGES)
    with_agent = modality in ("t2", "flair") and any(kind in ("agent", "after") for kind in kinds)
    altered = (*kinds, *behind).count("altered")
    return ScanName(study, modality, why, which, frozenset(states), "untouched" in kinds, altered, with_agent)


def _modality(words: list[str], kinds: list[str]) -> tuple[str | None, str]:
    """The modality of known words and "", or None and why not. A "T1 FLAIR" is a T1, and a "T2 FLAIR" a FLAIR."""
    said = list(dict.fromkeys(kind for kind in kinds if kind in MODALITY_KINDS))
    if not said:
        return None, NOTHING_TOLD
    if set(said) == {"t2", "flair"}:
        return "flair", ""
    if len(said) > 1 and said[1:] != ["flair"]:
        return None, TWO_TOLD
    return _with_contrast(words, kinds) if said[0] in ("t1", "t1ce") else (said[0], "")


def _with_contrast(words: list[str], kinds: list[str]) -> tuple[str | None, str]:
    """T1 or T1ce by the words around the modality, or None and why not."""
    at = next(index for index, kind in enumerate(kinds) if kind in ("t1", "t1ce"))
    before, agent = "before" in kinds, "agent" in kinds
    if kinds[at] == "t1ce":
        denied = any(kind == "before" and word != "native" for word, kind in zip(words[at:], kinds[at:], strict=True))
        return (None, CONTRAST_UNCLEAR) if denied else ("t1ce", "")
    if "after" in kinds[:at] and not agent:
        return None, CONTRAST_UNCLEAR
    if agent and before:
        telling = [kind for kind in kinds if kind != "neutral"]
        return ("t1", "") if ("before", "agent") in pairwise(telling) else (None, CONTRAST_UNCLEAR)
    after = "after" in kinds[at:]
    if before and after:
        return None, CONTRAST_UNCLEAR
    return ("t1ce" if agent or after else "t1"), ""
