"""Whether words say that a contrast agent was given, in the languages of Europe's scanners."""

from __future__ import annotations

import re
from collections.abc import Sequence

AFTER = (
    r"post|post(?:contrast|gad\w*|gd|km|inj\w*|c)|\+?c\+?|ce|\+?gd\w*\+?|\+?gad\w*\+?|\+?km\+?|mdc|\+?inj(?:ect\w*)?|"
    r"contrast\w*|kontrast\w*|enh|enhanced|dotarem|magnevist|multihance|prohance|omniscan|clariscan|elucirem"
)
NOT = r"no|non|not|without|wo|sans|ss|ohne|vor|avant|before|sin|senza|sem|zonder|pre"
# After these, "without" is about something else than the agent.
ELSEWHERE = r"fs|fat\w*|sat\w*|mt\w?|flow|motion|gap|angle|filter\w*|norm\w*|dist\w*"
# "With and without" is an exam's name, and "post op" a time of it: neither is about the agent in one series.
NOTHING = re.compile(
    rf" wwo(?: (?:{AFTER}))?(?= )| (?:pre|post) (?:op\w*|surg\w*|rt|rx|tx|resect\w*|treat\w*|chemo\w*|biops\w*)(?= )"
)
BEFORE = re.compile(
    rf" (?:{NOT}) (?:{AFTER})(?= )| (?:without|wo|sans|ohne|senza|pre)(?! (?:{ELSEWHERE}) )(?= )|"
    r" (?:pre(?:contrast|gad\w*|gd|km|inj\w*|c)|nativ\w*|plain|noncontrast|unenhanced)(?= )"
)
GIVEN = re.compile(rf" (?:{AFTER})(?= )")


def contrast_told(words: Sequence[str]) -> bool | None:
    """Whether an agent was given, as words say in their order; None where they say nothing, or both."""
    text = NOTHING.sub("", f" {' '.join(words).lower()} ")
    rest = BEFORE.sub("", text)
    before, after = rest != text, GIVEN.search(rest) is not None
    return None if before == after else after


def without_contrast_words(words: Sequence[str]) -> str:
    """The rest of a description, by which a scan before and its twin after the agent are told."""
    return GIVEN.sub("", BEFORE.sub("", NOTHING.sub("", f" {' '.join(words).lower()} "))).strip()
