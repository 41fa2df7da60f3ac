"""Which modality each series of an exam is: by what is its own, as what all share tells nothing of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from .contrast import contrast_told, without_contrast_words
from .headers import Series
from .weighting import named, weighting_of


@dataclass(frozen=True)
class Told:
    """A series with its own words and agent only, and whether words or agent of the whole exam speak of contrast."""

    series: Series
    weighting: str | None
    words_of_exam: bool
    agent_of_exam: bool

    @property
    def contrast(self) -> bool | None:
        """Whether an agent was given: by the description, else by the agent's fields, else by the protocol's name."""
        series = self.series
        ranked = (contrast_told(series.description), series.agent_given, contrast_told(series.protocol))
        return next((told for told in ranked if told is not None), None)


def modalities_of(exam: Sequence[Series]) -> list[str | None]:
    """A name of `MODALITIES` for each series, or None where it is none, or can't be told."""
    told = _told(exam)
    return [_modality(each, [other for other in told if other.weighting == "t1" and other.contrast]) for each in told]


def _modality(told: Told, with_contrast: Sequence[Told]) -> str | None:
    if told.weighting != "t1":
        return told.weighting
    if told.contrast is not None:
        return "t1ce" if told.contrast else "t1"
    return "t1" if _is_plain(told, with_contrast) else None


def _is_plain(told: Told, with_contrast: Sequence[Told]) -> bool:
    """Whether a T1 that tells nothing is one without contrast: in an exam with contrast, if another T1 says it has it.

    Where the agent's field is filled in for all series, that other one must be called the same otherwise.
    """
    if told.agent_of_exam:
        description = without_contrast_words(told.series.description)
        return any(without_contrast_words(other.series.description) == description for other in with_contrast)
    return bool(with_contrast) or not told.words_of_exam


def _told(exam: Sequence[Series]) -> list[Told]:
    beginning = _shared_beginning([series.description for series in exam])
    own = [replace(series, description=series.description[len(beginning) :]) for series in exam]
    is_own = [_is_own_protocol(series, own) for series in own]
    own = [series if its else replace(series, protocol=()) for series, its in zip(own, is_own, strict=True)]
    weightings = [weighting_of(series) for series in own]
    agents = [series.agent_given for series, weighting in zip(own, weightings, strict=True) if weighting]
    agent_of_exam = len(agents) > 1 and all(agents)
    return [
        Told(
            replace(series, agent_given=None) if agent_of_exam else series,
            weighting,
            words_of_exam=any(contrast_told(words) for words in (beginning, () if its else whole.protocol)),
            agent_of_exam=agent_of_exam,
        )
        for series, whole, its, weighting in zip(own, exam, is_own, weightings, strict=True)
    ]


def _shared_beginning(descriptions: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The words that all descriptions of an exam of several weightings begin with, before they name one."""
    if len({named(words) for words in descriptions} - {None}) < 2:
        return ()
    shared = takewhile(lambda words: len(set(words)) == 1 and not named(words[:1]), zip(*descriptions, strict=False))
    return tuple(first for first, *_ in shared)


def _is_own_protocol(series: Series, exam: Sequence[Series]) -> bool:
    """Whether a protocol's name is of this series, not of an exam whose series are called otherwise."""
    sharing = [other for other in exam if other.protocol == series.protocol]
    weighting = named(series.protocol)
    if weighting is None and len(sharing) == len(exam) > 1:
        return False
    return all(named(other.description) in (None, weighting) for other in sharing)
