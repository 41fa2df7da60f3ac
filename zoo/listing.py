"""The table of models: what there is, how large, and what can grade."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from zoo.checkout import TRAINING, training_commands
from zoo.registry import Registry
from zoo.types import MODALITY_TITLES, ModelSpec, RegisteredModel
from zoo.weights.noted_size import size_of

PIPED_WIDTH = 120
TO_TRAIN = f"To train one: {TRAINING} fit ID --cohort DIR (decision fusion after its members)."


def model_rows(models: Iterable[RegisteredModel]) -> list[dict[str, Any]]:
    """One row a model, as JSON. size_error: why parameters and gflops are missing, if they are."""
    return [model_facts(spec) | _size(spec) for spec in models]


def model_facts(spec: RegisteredModel) -> dict[str, Any]:
    """What is known without building it, as JSON."""
    return {
        "id": spec.id,
        "title": spec.title,
        "family": spec.family,
        "needs": list(spec.needs),
        "uses": list(spec.uses),
        "trained": spec.is_trained,
        "weights": spec.source_in_short if spec.is_trained else "not trained yet",
        "source": spec.source,
        "training_commands": list(training_commands(spec)),
        "plugin": spec.plugin,
    }


def _size(spec: ModelSpec) -> dict[str, Any]:
    try:
        size = size_of(spec)
    except Exception as error:  # a plugin's own code may raise anything
        return {"parameters": None, "gflops": None, "size_error": f"{type(error).__name__}: {error}"}
    return {"parameters": size.parameters, "gflops": size.gflops, "size_error": None}


def print_models(rows: Iterable[dict[str, Any]], registry: Registry) -> None:
    """The table for a terminal, then what is missing and how to mend it."""
    console = Console()
    console = console if console.is_terminal else Console(width=PIPED_WIDTH)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("family")
    for number in ("parameters", "GFLOPs"):
        table.add_column(number, no_wrap=True, justify="right")
    table.add_column("modalities")
    table.add_column("weights", no_wrap=True)
    for row in rows:
        table.add_row(*table_cells(row))
    console.print(table)
    console.print(TO_TRAIN, markup=False)
    for row in rows:
        if row["size_error"]:
            console.print(f"can't be built: {row['id']} of {row['plugin']}: {row['size_error']}", markup=False)
    for fault in registry.faults:
        console.print(f"left out: {fault.plugin}: {fault.reason}", markup=False)


def table_cells(row: dict[str, Any]) -> list[str]:
    """A row in words: id, family, parameters, GFLOPs at the recipe's shape, modalities, weights."""
    modalities = ", ".join(MODALITY_TITLES[name] for name in row["uses"])
    return [
        row["id"],
        row["family"],
        in_words(row["parameters"]),
        "?" if row["gflops"] is None else f"{row['gflops']:,.1f}",
        modalities,
        row["weights"],
    ]


def in_words(parameters: int | None) -> str:
    """Abbreviate a number of parameters: 1367533 -> "1.37 M"."""
    if parameters is None:
        return "?"
    return f"{parameters / 1e6:.2f} M" if parameters >= 1e5 else f"{parameters:,}"
