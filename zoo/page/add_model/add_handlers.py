"""Models from elsewhere on the page: those that the environment names, and those that visitors add."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from zoo.compute.worker import finished
from zoo.errors import WeightsError, ZooError
from zoo.page.compute_client import ComputeClient
from zoo.registry import Registry
from zoo.render.cards import message_card, progress_card
from zoo.types import RegisteredModel
from zoo.weights.external import add_requested, spec_from
from zoo.weights.hub.pull import pull
from zoo.weights.hub.source import HubSource
from zoo.weights.local import from_file
from zoo.weights.metadata import note_checksum

ORGANISATIONS, SPACE = "GLIOMA_ZOO_ORGANISATIONS", "SPACE_ID"
MOST_ADDED = 8


def allowed_organisations() -> frozenset[str] | None:
    """Whose models visitors may add; None: anyone's. On a Space without further word its owner's only."""
    named = os.environ.get(ORGANISATIONS)
    if named is not None:
        return frozenset(filter(None, re.split(r"[\s,]+", named)))
    space = os.environ.get(SPACE)
    return frozenset([space.partition("/")[0]]) if space else None


class Adding:
    """What is added is there for all visitors, until the page ends.

    allowed: organisations, or None for any. On a Space only public repositories are read: the token is its owner's.
    """

    def __init__(self, client: ComputeClient) -> None:
        self.client = client
        self.allowed = allowed_organisations()
        self.token = False if SPACE in os.environ else None
        self.added = 0

    def add_requested(self) -> None:
        """All that the environment names, one after the other; a model is offered once it has been loaded."""

        def add(registry: Registry, name: str) -> RegisteredModel:
            return finished(self._loaded(spec_from(name, registry.model)))

        add_requested(self.client.registry, add)

    def add(self, repository: str, revision: str) -> Iterator[str]:
        """Pull a model, load it, and offer it; yields cards."""
        try:
            source = HubSource(repository.strip(), revision.strip())
            self._refuse_others(source)
            self._refuse(source.model_id, source.in_short)
            yield progress_card(0.1, f"Fetching {source.in_short}")
            yield from self._offered(pull(source, self.client.registry.model, self.token))
        except ZooError as error:
            yield message_card("error", "Not added", str(error))

    def add_file(self, upload: str) -> Iterator[str]:
        """The same with a weights file, which is moved out of the uploads, since these go when their visitor does."""
        path = Path(upload)
        try:
            spec = from_file(path, self.client.registry.model)
            self._refuse(spec.id, path.name)
            with self._kept(spec, path) as moved:
                yield from self._offered(moved)
        except ZooError as error:
            yield message_card("error", "Not added", str(error).replace(str(path), path.name))
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def _kept(self, spec: RegisteredModel, path: Path) -> Iterator[RegisteredModel]:
        """The model with the file at its new place, where it stays if the model is offered."""
        target = self.client.cache / "weights" / f"{spec.id}.safetensors"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        note_checksum(target)
        try:
            yield from_file(target, self.client.registry.model)
        finally:
            if spec.id not in self.client.registry.models:
                target.unlink()

    def _refuse_others(self, source: HubSource) -> None:
        if self.allowed is not None and source.organisation not in self.allowed:
            raise WeightsError(
                f"{source.in_short}: expected a model of {' or '.join(sorted(self.allowed)) or 'nobody'}, found one of "
                f"{source.organisation}. Run GliomaZoo yourself to add anybody's."
            )

    def _refuse(self, model_id: str, name: str) -> None:
        if model_id in self.client.registry.models:
            raise WeightsError(f"{name}: it is here already. Choose it in the list of models.")
        if self.added >= MOST_ADDED:
            raise WeightsError(
                f"{name}: expected at most {MOST_ADDED} added models, and so many are here. Start the page anew, or "
                "name the models in GLIOMA_ZOO_MODELS."
            )

    def _offered(self, spec: RegisteredModel) -> Iterator[str]:
        yield from self._loaded(spec)
        self.added += 1
        yield message_card("added", "Added", f"{spec.title} ({spec.id}) can grade now. {spec.card.limits}")

    def _loaded(self, spec: RegisteredModel) -> Generator[str, None, RegisteredModel]:
        """Strictly, in the compute process, before anybody can choose it."""
        yield from self.client.follow("zoo.compute.tasks:load", source=spec.source)
        return self.client.registry.add(spec)
