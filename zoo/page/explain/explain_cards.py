"""What is said of explaining one model's grade, in HTML: before, and after. All text is escaped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

from zoo.errors import PluginError
from zoo.page.eta import DurationEstimator
from zoo.render.comparison import modality_bars
from zoo.types import DEFAULT_EXPLAINER, SHAPLEY_EXPLAINER, ExplainerSpec, ModelResult, ModelSpec


def offered(explainers: Collection[ExplainerSpec], spec: ModelSpec) -> list[ExplainerSpec]:
    """Those that can explain this model and that the page can show; the default first."""
    shown = [each for each in explainers if each.output == "voxels" or each.id == SHAPLEY_EXPLAINER]
    return sorted((each for each in shown if each.suits(spec)), key=lambda each: each.id != DEFAULT_EXPLAINER)


def expect_offered(explainers: Collection[ExplainerSpec], spec: ModelSpec, explainer: ExplainerSpec) -> None:
    """`PluginError` when the choice was for another model."""
    known = offered(explainers, spec)
    if explainer not in known:
        titles = ", ".join(each.title for each in known)
        raise PluginError(f"{explainer.title} can't explain {spec.title}: choose one of {titles}.")


def note(spec: ModelSpec, explainer: ExplainerSpec, pace: DurationEstimator) -> str:
    """What a click would tell, and what it would cost."""
    compared = f"Nothing to see is {explainer.baseline}." if explainer.baseline else ""
    cost = f"Takes {pace.in_words(spec, explainer)} and {_memory(explainer)}."
    return f'<p class="zoo-note">{escape(" ".join(filter(None, (explainer.description, compared, cost))))}</p>'


def explained_card(answer: ModelResult, explainer: ExplainerSpec, facts: Mapping[str, float], seconds: float) -> str:
    """What the heat map in the viewer shows, or bars where the answer holds what each modality adds."""
    told = [_facts(explainer, facts), f"It took {seconds:.1f} s."]
    return f"""
<section class="zoo-card" data-state="explained" data-explainer="{escape(explainer.id)}" aria-live="polite">
  <h2>{escape(explainer.title)} of {escape(answer.spec.title)}</h2>
  <p>{escape(" ".join(filter(None, told)))}</p>
  {modality_bars(answer) if answer.contributions else ""}
</section>"""


def _memory(explainer: ExplainerSpec) -> str:
    return "the memory of a grade" if explainer.memory <= 1 else f"{explainer.memory:g} times the memory of a grade"


def _facts(explainer: ExplainerSpec, facts: Mapping[str, float]) -> str:
    if explainer.output == "modalities" or not facts:
        return ""  # the bars tell them
    if explainer.format_diagnostics:
        return explainer.format_diagnostics(facts)
    return "; ".join(f"{name} {value:.4g}" for name, value in facts.items()) + "."
