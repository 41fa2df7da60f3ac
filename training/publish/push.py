"""One model, or every trained model and their index, to the Hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from huggingface_hub import DatasetCard, DatasetCardData

from zoo import DISCLAIMER
from zoo.weights.hub.index import FORMAT, INDEX_FILE

from ..jobs.files import write_json
from ..report.markdown import estimate, table
from .client import Pushed, push
from .model_folder import CARD, Publication, write_model_folder
from .repo_names import INDEX


def publish_model(publication: Publication) -> Pushed:
    """Push a model's folder; nothing changes where it is there already."""
    with TemporaryDirectory() as name:
        folder = write_model_folder(publication, Path(name))
        return push(folder, publication.repo, f"Publish {publication.model.spec.id}")


def publish_zoo(publications: Sequence[Publication], organisation: str, tell: Callable[[Pushed], None]) -> None:
    """Push every model, then the index: it never names what isn't there. tell: is called with each as it is done."""
    rows = []
    for publication in publications:
        pushed = publish_model(publication)
        rows.append(_row(publication, pushed))
        tell(pushed)
    with TemporaryDirectory() as name:
        folder = write_index(Path(name), rows, publications[0].licence)
        tell(push(folder, f"{organisation}/{INDEX}", f"List {len(rows)} models", kind="dataset"))


def _row(publication: Publication, pushed: Pushed) -> dict[str, Any]:
    first = publication.evidence.test_sets[0]
    return {
        "model": publication.model.spec.id,
        "title": publication.model.spec.title,
        "source": pushed.source,
        "trained_on": publication.model.record.trained_on,
        "measured_on": f"{first.cases} {first.title}",
        "auc": dict(first.figures["auc"]),
    }


def write_index(folder: Path, rows: Sequence[dict[str, Any]], licence: str) -> Path:
    """Write `index.json`, and a card that shows it as a table."""
    write_json(folder / INDEX_FILE, {"format": FORMAT, "models": list(rows)})
    front = DatasetCardData(license=licence, pretty_name="GliomaZoo: its models", tags=["glioma-zoo"]).to_yaml()
    shown = [[row["title"], f"`{row['source']}`", row["trained_on"], estimate(row["auc"])] for row in rows]
    listed = table(("model", "source", "trained on", "AUC"), shown, left=3)
    about = f"{DISCLAIMER} AUC with its 95 % interval, on: {'; '.join(dict.fromkeys(r['measured_on'] for r in rows))}."
    card = DatasetCard(f"---\n{front}\n---\n\n# The models of GliomaZoo\n\n{about}\n\n{listed}\n")
    (folder / CARD).write_text(str(card), encoding="utf-8")
    return folder
