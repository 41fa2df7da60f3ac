"""What the page says in words: a grade, a refusal, how far the work is. All text is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from zoo.assets.examples import Example
from zoo.render.grade_facts import PERCENT, facts_at, sentences_at
from zoo.types import DISCLAIMER, Grade, ModelSpec

WONDER_SECONDS = 1


def grade_card(grade: Grade, spec: ModelSpec) -> str:
    """Grade, probability on a scale from LGG to HGG, and what the number rests on."""
    model, verdict, probability = facts_at(grade, spec, "heading")
    facts = [model, *facts_at(grade, spec, "note", "column", "detail")]
    rows = "".join(f"<dt>{escape(fact.label)}</dt><dd>{escape(fact.text)}</dd>" for fact in facts)
    return f"""
<section class="zoo-card" data-state="graded" data-grade="{grade.grade}" aria-live="polite">
  <h2>{grade_badge(verdict.text)}
    <span>probability of high grade <strong>{probability.text}</strong></span></h2>
  <div class="zoo-scale" role="img" aria-label="Probability of HGG: {probability.text}">{scale_mark(grade)}</div>
  <div class="zoo-ends"><span>low grade (LGG)</span><span>high grade (HGG)</span></div>
  {warning_lines(sentences_at(grade, spec, "warning"))}
  {remark_lines(sentences_at(grade, spec, "remark"))}
  <dl>{rows}</dl>
  <p class="zoo-disclaimer">{DISCLAIMER}</p>
</section>"""


def grade_badge(grade: str) -> str:
    """LGG or HGG in its colour."""
    return f'<span class="zoo-grade zoo-{grade.lower()}">{grade}</span>'


def scale_mark(grade: Grade, title: str = "") -> str:
    """Where a grade's probability lies on the scale around it. title: shown on hovering, not escaped yet."""
    hover = f' title="{escape(title)}"' if title else ""
    return f'<i style="left:{grade.p_hgg * PERCENT:.1f}%"{hover}></i>'


def warning_lines(sentences: Iterable[str]) -> str:
    """A paragraph for each sentence."""
    return "".join(f'<p class="zoo-warning">⚠ {escape(sentence)}</p>' for sentence in sentences)


def remark_lines(sentences: Iterable[str]) -> str:
    """A paragraph for each sentence, quieter than a warning."""
    return "".join(f'<p class="zoo-remark">{escape(sentence)}</p>' for sentence in sentences)


def message_card(state: str, title: str, text: str) -> str:
    """HTML of a message. state: "refused", "error", "cancelled", "working" or "empty"."""
    return f"""
<section class="zoo-card zoo-{state}" data-state="{state}" aria-live="polite">
  <h2>{escape(title)}</h2><p>{escape(text)}</p>
</section>"""


def progress_card(fraction: float, text: str, seconds: int = 0, done: Iterable[tuple[str, int]] = ()) -> str:
    """HTML of a task at work. fraction: 0 to 1. seconds: that it has taken, shown where one may begin to wonder.

    done: what has been done before this, with the seconds that it took.
    """
    width = f"{min(max(fraction, 0), 1) * PERCENT:.0f}"
    before = "".join(f'<p class="zoo-done">✓ {escape(step)}{_since(taken)}</p>' for step, taken in done)
    return f"""
<section class="zoo-card" data-state="working" aria-live="polite">
  {before}<p>{escape(text)} …{_since(seconds)}</p>
  <div class="zoo-progress" role="progressbar" aria-valuenow="{width}"><i style="width:{width}%"></i></div>
</section>"""


def _since(seconds: int) -> str:
    shown = seconds >= WONDER_SECONDS
    return f' <span class="zoo-since" aria-hidden="true">{seconds} s</span>' if shown else ""


def empty_card() -> str:
    return message_card("empty", "No study yet", "Drop the scans of one study, or try a simulated one.")


def example_button(example: Example) -> str:
    """The picture of a study, to click; its title tells that there is nobody behind it."""
    picture = b64encode(example.picture.read_bytes()).decode()
    return f"""
<button type="button" class="zoo-example" title="{escape(example.caption)}: simulated, no patient">
  <img src="data:image/webp;base64,{picture}" alt="T1ce and FLAIR, a slice of each through the tumour.">
  <span>{escape(example.caption)}</span>
</button>"""
