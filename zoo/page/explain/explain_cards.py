"""What is said of explaining one model's grade, in HTML: before, and after. All text is escaped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

from zoo.errors import PluginError
from zoo.page.eta import DurationEstimator
from zoo.registry.guard import call_safely
from zoo.render.comparison import modality_bars, spread_of
from zoo.types import DEFAULT_EXPLAINER, MODALITIES, ExplainerSpec, Explanation, HeatMap, ModelSpec


def offered(explainers: Collection[ExplainerSpec], spec: ModelSpec) -> list[ExplainerSpec]:
    """Explainers that can explain this model, the default first; one that fails when it is asked is not among them."""
    suitable = [each for each in explainers if call_safely(_can_be_offered, each, spec)[0]]
    return sorted(suitable, key=lambda each: each.id != DEFAULT_EXPLAINER)


def _can_be_offered(explainer: ExplainerSpec, spec: ModelSpec) -> bool:
    return explainer.suits(spec) and explainer.passes(spec) > 0


def expect_offered(explainers: Collection[ExplainerSpec], spec: ModelSpec, explainer: ExplainerSpec) -> None:
    """`PluginError` when the choice was for another model."""
    suitable = offered(explainers, spec)
    if explainer not in suitable:
        titles = ", ".join(each.title for each in suitable)
        raise PluginError(f"{explainer.title} can't explain {spec.title}: choose one of {titles}.")


def note(spec: ModelSpec, explainer: ExplainerSpec, durations: DurationEstimator) -> str:
    """What a click would tell, and what it would cost."""
    compared = f"Nothing to see is {explainer.baseline}." if explainer.baseline else ""
    cost = f"Takes {durations.in_words(spec, explainer)} and {_memory(explainer)}."
    return f'<p class="zoo-note">{escape(" ".join(filter(None, (explainer.description, compared, cost))))}</p>'


def explained_card(spec: ModelSpec, explainer: ExplainerSpec, explanation: Explanation | HeatMap) -> str:
    """Bars where modalities have values, and what is said of them, or of the heat map in the viewer."""
    sentences = [_facts(explainer, explanation.facts), f"It took {explanation.seconds:.1f} s."]
    return f"""
<section class="zoo-card" data-state="explained" data-explainer="{escape(explainer.id)}" aria-live="polite">
  <h2>{escape(explainer.title)} of {escape(spec.title)}</h2>
  {modality_bars(spec, explanation) if isinstance(explanation, Explanation) else ""}
  <p>{escape(" ".join(filter(None, sentences)))}</p>
</section>"""


def _memory(explainer: ExplainerSpec) -> str:
    return "the memory of a grade" if explainer.memory <= 1 else f"{explainer.memory:g} times the memory of a grade"


def _facts(explainer: ExplainerSpec, facts: Mapping[str, float]) -> str:
    """Facts in the explainer's own words; name by name where it has none or fails, but for the spreads beside bars."""
    if facts and explainer.format_diagnostics:
        sentences, failure = call_safely(explainer.format_diagnostics, facts)
        if not failure:
            return str(sentences)
    beside_bars = {spread_of(name) for name in MODALITIES}
    phrases = [f"{name} {value:.4g}" for name, value in facts.items() if name not in beside_bars]
    return f"{'; '.join(phrases)}." if phrases else ""
