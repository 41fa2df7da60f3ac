"""The words of a description, so written that rules can read them: signs such as "W/O", "+/-", "-C" and "T2*" too."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+\+?|\+[^\W_]+")
AGENT = r"(?:c|ce|gd|gado?|km|contrast)"
# Each: what is written, and words that say the same.
PHRASES = tuple(
    (re.compile(written, re.IGNORECASE), said)
    for written, said in (
        (r"\bw(?:ith)?[\s/&+,-]*(?:and|or)?[\s/&+,-]*w(?:ith)?/?o(?:ut)?\b", " wwo "),
        (r"\+\s?/\s?-|-\s?/\s?\+|±", " wwo "),
        (r"\bpre\s?(?:/|&|\+|and|et|und)\s?post\b", " wwo "),
        (r"\bw[/ ]o(?:ut)?\b", " wo "),
        (rf"\bs/(?=\s?{AGENT}\w*\b)", " sin "),
        (rf"(?<!\S)-({AGENT})\b|\b({AGENT})-(?=\s|$)", r" wo \1\2 "),
        (r"\bt2\s?\*", " t2star "),
        (r"\b(t1w?)(ce|c|gd\w*|gad\w*|post\w*|km|mdc|inj\w*|contrast\w*)\b", r"\1 \2"),
        (r"\b(ce?)(t1w?)\b", r"\1 \2"),
    )
)


def words_of(text: str) -> list[str]:
    """Letters, digits and "+" of a text, in its order; without accents."""
    text = unicodedata.normalize("NFKD", text.replace("_", " "))
    text = unicodedata.normalize("NFC", "".join(sign for sign in text if not unicodedata.combining(sign)))
    for written, said in PHRASES:
        text = written.sub(said, text)
    return WORD.findall(text)
