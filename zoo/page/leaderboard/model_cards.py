"""Every model of the registry with its card, origin and state, and what was left out. All text is escaped."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from zoo.checkout import training_commands
from zoo.registry import Fault
from zoo.registry.origin import is_built_in, origin
from zoo.render.region_accuracy import accuracy_lines, region_accuracy
from zoo.types import MODALITY_TITLES, RegisteredModel
from zoo.weights.local import is_file


def faults_notice(faults: Collection[Fault]) -> str:
    items = "".join(f"<li><strong>{escape(fault.plugin)}</strong>: {escape(fault.reason)}</li>" for fault in faults)
    return f"""
<div class="zoo-faults"><p>⚠ Left out because of a fault; everything else works:</p><ul>{items}</ul></div>"""


def models_section(models: Collection[RegisteredModel]) -> str:
    """A line a model, and its card in a fold."""
    ready = sum(spec.is_trained for spec in models)
    return f"""
<section class="zoo-models" aria-labelledby="zoo-models-title">
  <h2 id="zoo-models-title">Models and their cards</h2>
  <p>{len(models)} models: {ready} ready, {len(models) - ready} not trained yet.</p>
  {"".join(_model(spec) for spec in models)}
</section>"""


def _model(spec: RegisteredModel) -> str:
    state = "not trained yet" if training_commands(spec) else "ready"
    facts = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in _facts(spec))
    return f"""
  <details data-model="{escape(spec.id)}" data-state="{state}">
    <summary>{escape(spec.title)} <small>{escape(spec.id + origin(spec))}</small> <strong>{state}</strong></summary>
    {_commands(spec)}<dl>{facts}</dl>
  </details>"""


def _commands(spec: RegisteredModel) -> str:
    commands = "".join(f"<code>{escape(command)}</code>" for command in training_commands(spec))
    return f"<p>Train it; DIR is the folder of a cohort:</p>{commands}" if commands else ""


def _facts(spec: RegisteredModel) -> list[tuple[str, str]]:
    return [
        ("What it is", spec.card.summary),
        ("Reference", spec.card.reference),
        ("Intended use", spec.card.intended_use),
        ("Limits", spec.card.limits),
        ("Family", spec.family),
        ("Modalities", ", ".join(MODALITY_TITLES[name] for name in spec.uses)),
        ("Origin", _origin(spec)),
        *(("Regions", line) for line in _region_lines(spec)),
    ]


def _region_lines(spec: RegisteredModel) -> list[str]:
    """How good the regions of built-in weights are."""
    return [] if spec.source else accuracy_lines(region_accuracy(spec.id))


def _origin(spec: RegisteredModel) -> str:
    if spec.source:
        where = spec.source_in_short if is_file(spec.source) else spec.source
        return f"{where}; the weights were made for {spec.made_for} of the plugin {spec.plugin}"
    return f"{'built in' if is_built_in(spec) else 'installed'}, plugin {spec.plugin}"
