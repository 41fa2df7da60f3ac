"""How a series is weighted: what the scanner calls it and how it was acquired must agree; else it is left open."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .headers import Series

# Maps, diffusion, perfusion, angiography and the like, which the words "T1" or "T2" don't make a modality.
OTHER = re.compile(
    r"loc|localizer|localiser|scout|survey|calibration|adc|eadc|e?dwi|diff\w*|trace\w*|dti|fa|b\d{2,4}|perf\w*|dsc|dce|"
    r"asl|(?:r|rel)?cb[fv]|mtt|ttp|tmax|ktrans|bold|fmri|swi|swan|t2star|hemo|epi|mra|tof|angio\w*|mip|minip|phase|"
    r"\w*map|maps|mapping|mapit|t1rho|sub|subtraction|spectro\w*|mrs|stir|pd|field"
)
OTHER_TYPE = re.compile(
    r".*(?:LOCALIZER|DIFFUSION|PERFUSION|FMRI|ADC|TRACE|MAP|_IP|PROJECTION|VELOCITY|FLOW|SUBTRACT|STAR|TOF|ANGIO|STIR|"
    r"TENSOR|TEMPERATURE).*|P|R|I|PHASE|REAL|IMAGINARY|FA|MIP|MINIP|R?CB[FV]|MTT|TTP"
)
FLAIR = re.compile(r"\w*flair\w*|tirm|dark\w*")
T1 = re.compile(r"t1\w*\+?|mprage|mp2rage|spgr|fspgr|bravo|vibe|tfl")
T2 = re.compile(r"t2\w*")
LONG_TE_MS, SHORT_TE_MS, SHORT_GRADIENT_TE_MS = 60.0, 30.0, 12.0
T2_TR_MS, T1_TR_MS = 1800.0, 1200.0
T1_TI_MS, FLAIR_TI_MS = (400.0, 1400.0), 1500.0


def weighting_of(series: Series) -> str | None:
    """t1, t2 or flair; None where words and acquisition say nothing, something else, or disagree.

    The protocol's name counts only where the description tells nothing.
    """
    told = next((words for words in (series.description, series.protocol) if is_other(words) or named(words)), ())
    if is_other(told) or "EP" in series.sequence or any(map(OTHER_TYPE.fullmatch, series.image_type)):
        return None
    weighting, measured = named(told), _measured(series)
    if weighting and measured and weighting != measured:
        return None
    weighting = weighting or measured
    return None if weighting != "t1" and "GR" in series.sequence else weighting  # T2* at best


def is_other(words: Sequence[str]) -> bool:
    return any(OTHER.fullmatch(word.lower()) for word in words)


def named(words: Sequence[str]) -> str | None:
    """Tell a weighting by its name; a "T1 FLAIR" is a T1, and a "T2 FLAIR" a FLAIR."""
    spellings = (("t1", T1), ("t2", T2), ("flair", FLAIR))
    said = {name for name, spelling in spellings if any(spelling.fullmatch(word.lower()) for word in words)}
    if said == {"t1", "flair"}:
        return "t1"
    if "flair" in said and "t1" not in said:
        return "flair"
    return next(iter(said)) if len(said) == 1 else None


def _measured(series: Series) -> str | None:
    """Tell a weighting by repetition, echo and inversion time; None outside what is usual for the three."""
    tr, te, ti = series.repetition_time, series.echo_time, series.inversion_time or 0.0
    if tr is None or te is None:
        return None
    if te >= LONG_TE_MS:
        if ti >= FLAIR_TI_MS:
            return "flair"
        return "t2" if tr >= T2_TR_MS and "IR" not in series.sequence else None
    short = te <= (SHORT_GRADIENT_TE_MS if "GR" in series.sequence else SHORT_TE_MS)
    return "t1" if short and (tr <= T1_TR_MS or T1_TI_MS[0] <= ti <= T1_TI_MS[1]) else None
