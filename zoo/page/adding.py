"""Models from the Hub on the page: those that the environment names, and those that visitors add."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator

from zoo.errors import WeightsError, ZooError
from zoo.hub import HubSource, pull, pull_wanted
from zoo.page.cards import message_card, progress_card
from zoo.page.work import Work
from zoo.registry import Registry
from zoo.types import ModelSpec
from zoo.worker import finished

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

    def __init__(self, work: Work) -> None:
        self.work = work
        self.allowed = allowed_organisations()
        self.token = False if SPACE in os.environ else None
        self.added = 0

    def pull_wanted(self) -> None:
        """All that the environment names, one after the other; a model is offered once it has been loaded."""

        def add(registry: Registry, name: str) -> ModelSpec:
            return finished(self._loaded(pull(HubSource.parse(name), registry.model)))

        pull_wanted(self.work.registry, add)

    def add(self, repository: str, revision: str) -> Iterator[str]:
        """Pull a model, load it, and offer it; yields cards."""
        try:
            source = HubSource(repository.strip(), revision.strip())
            self._refuse(source)
            yield progress_card(0.1, f"Fetching {source.in_short}")
            spec = yield from self._loaded(pull(source, self.work.registry.model, self.token))
            self.added += 1
            told = f"{spec.title} ({spec.id}) can grade now. {spec.card.limits}"
            yield message_card("added", "Added", told)
        except ZooError as error:
            yield message_card("error", "Not added", str(error))

    def _refuse(self, source: HubSource) -> None:
        if self.allowed is not None and source.organisation not in self.allowed:
            raise WeightsError(
                f"{source.in_short}: expected a model of {' or '.join(sorted(self.allowed)) or 'nobody'}, found one of "
                f"{source.organisation}. Run GliomaZoo yourself to add anybody's."
            )
        if source.model_id in self.work.registry.models:
            raise WeightsError(f"{source.in_short}: it is here already. Choose it in the list of models.")
        if self.added >= MOST_ADDED:
            raise WeightsError(
                f"{source.in_short}: expected at most {MOST_ADDED} added models, and so many are here. Start the page "
                "anew, or name the models in GLIOMA_ZOO_MODELS."
            )

    def _loaded(self, spec: ModelSpec) -> Generator[str, None, ModelSpec]:
        """Strictly, in the compute process, before anybody can choose it."""
        yield from self.work.follow("zoo.tasks:load", source=spec.source)
        return self.work.registry.add(spec)
