"""Which modality a series is: what the scanner calls it and how it was acquired must agree; else it is left open."""

from __future__ import annotations

import re

from .headers import Series

# Maps, diffusion, perfusion, angiography and the like, which the words "T1" or "T2" don't make a modality.
OTHER = re.compile(
    r"loc|localizer|localiser|scout|survey|calibration|adc|e?dwi|diff\w*|trace\w*|dti|fa|perf\w*|dsc|dce|asl|bold|fmri|"
    r"swi|swan|t2\+?star|hemo|epi|mra|tof|angio\w*|mip|minip|phase|map|mapping|sub|subtraction|spectro\w*|mrs|stir|"
    r"pd|field"
)
FLAIR = re.compile(r"flair|t2flair|tirm|dark")
T1 = re.compile(r"t1\w*\+?|mprage|mp2rage|spgr|fspgr|bravo|vibe|tfl")
T2 = re.compile(r"t2\w*")
BEFORE = re.compile(r"pre|native|nativ|without|plain|noncontrast|wo|non")
AFTER = re.compile(r"post|\+?c\+?|ce|gd\w*|gad\w*|km|contrast|postcontrast|postgad|t1c|t1ce|t1gd|t1post|t1\+c|t1km|mdc")
NO_AGENT = {"", "no", "none", "n", "0", "false", "without"}
LONG_TE_MS, SHORT_TE_MS, SHORT_GRADIENT_TE_MS = 60.0, 30.0, 12.0
T2_TR_MS, T1_TR_MS = 1800.0, 1200.0
T1_TI_MS, FLAIR_TI_MS = (400.0, 1400.0), 1500.0


def modality_of(series: Series) -> str | None:
    """A name of `MODALITIES`, or None where words and acquisition say nothing, something else, or disagree."""
    words = [word.lower() for word in series.words]
    if any(OTHER.fullmatch(word) for word in words) or "LOCALIZER" in series.image_type:
        return None
    named, measured = _named(words), _measured(series)
    weighting = named or measured
    if weighting is None or (named and measured and named != measured):
        return None
    if weighting != "t1" and "GR" in series.sequence:  # T2* at best
        return None
    return "t1ce" if weighting == "t1" and _has_contrast(series, words) else weighting


def _named(words: list[str]) -> str | None:
    """Tell a modality by its name; a "T1 FLAIR" is a T1, and a "T2 FLAIR" a FLAIR."""
    said = {
        name for name, spelling in (("t1", T1), ("t2", T2), ("flair", FLAIR)) if any(map(spelling.fullmatch, words))
    }
    if said == {"t1", "flair"}:
        return "t1"
    if "flair" in said and "t1" not in said:
        return "flair"
    return next(iter(said)) if len(said) == 1 else None


def _measured(series: Series) -> str | None:
    """Tell a modality by repetition, echo and inversion time; None outside what is usual for the three weightings."""
    tr, te, ti = series.repetition_time, series.echo_time, series.inversion_time or 0.0
    if tr is None or te is None:
        return None
    if te >= LONG_TE_MS:
        if ti >= FLAIR_TI_MS:
            return "flair"
        return "t2" if tr >= T2_TR_MS and "IR" not in series.sequence else None
    short = te <= (SHORT_GRADIENT_TE_MS if "GR" in series.sequence else SHORT_TE_MS)
    return "t1" if short and (tr <= T1_TR_MS or T1_TI_MS[0] <= ti <= T1_TI_MS[1]) else None


def _has_contrast(series: Series, words: list[str]) -> bool:
    """Tell whether an agent was given, by words first: a copied protocol may go on naming it, or not begin to."""
    if any(map(BEFORE.fullmatch, words)):
        return False
    return any(map(AFTER.fullmatch, words)) or series.contrast_agent.strip().lower() not in NO_AGENT
