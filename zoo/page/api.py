"""The page's work for programs: endpoints for `gradio_client`, tools for MCP; what these are told is the docstrings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from typing import Any, TypeVar

import gradio as gr

from zoo.errors import ZooError
from zoo.listing import model_facts
from zoo.page.reporting import now
from zoo.page.sessions import Session, close_session
from zoo.page.work import Work
from zoo.types import DEFAULT_EXPLAINER, DISCLAIMER, MODALITIES
from zoo.worker import finished

Result = TypeVar("Result")
FROM_NAMES = (None,) * len(MODALITIES)  # which file is which modality is told by the files' names


def in_our_words(endpoint: Callable[..., Result]) -> Callable[..., Result]:
    """The caller gets our sentence; of other errors Gradio tells nothing."""

    @wraps(endpoint)
    def told(*arguments: Any) -> Result:
        try:
            return endpoint(*arguments)
        except ZooError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return told


class Api:
    def __init__(self, work: Work) -> None:
        self.work = work

    def list_models(self) -> list[dict[str, Any]]:
        """List the zoo's models: id, title, family, the modalities each needs and uses, whether it is trained, and how
        to train it."""
        return [model_facts(spec) for spec in self.work.registry.models.values()]

    @in_our_words
    def grade(self, scans: list[str], model: str) -> dict[str, Any]:
        """Grade one study of a glioma by one model: low-grade (LGG) or high-grade (HGG). Research demonstration, not a
        medical device.

        Args:
            scans: NIfTI files of one study, co-registered and skull-stripped; names end in _t1, _t1ce, _t2, _flair.
            model: id of a trained model, such as guided-dual-attention.
        """
        with self._read(scans) as session:
            return self._graded(session, model)

    @in_our_words
    def compare(self, scans: list[str], models: list[str]) -> list[dict[str, Any]]:
        """Grade one study by several models; one that fails has an "error" in place of a grade. Research demonstration,
        not a medical device.

        Args:
            scans: NIfTI files of one study, co-registered and skull-stripped; names end in _t1, _t1ce, _t2, _flair.
            models: ids of trained models.
        """
        with self._read(scans) as session:
            return [self._answer(session, model) for model in models]

    @in_our_words
    def contributions(self, scans: list[str], model: str) -> dict[str, Any]:
        """Tell what each modality adds to a model's log-odds of HGG on one study: exact Shapley values.

        Args:
            scans: NIfTI files of one study, co-registered and skull-stripped; names end in _t1, _t1ce, _t2, _flair.
            model: id of a trained model.
        """
        with self._read(scans) as session:
            found = self._ask("contributions", folder=session.folder, model_id=model)
        return {"model": found.model, "values": found.by_modality, "facts": dict(found.facts)}

    @in_our_words
    def report(self, scans: list[str], model: str) -> str:
        """Grade and explain one study by one model, and give the report: a complete HTML page. Research demonstration,
        not a medical device.

        Args:
            scans: NIfTI files of one study, co-registered and skull-stripped; names end in _t1, _t1ce, _t2, _flair.
            model: id of a trained model.
        """
        with self._read(scans) as session:
            asked = {"folder": session.folder, "model_id": model}
            self._ask("grade", **asked)
            self._ask("explain", **asked, explainer_id=DEFAULT_EXPLAINER)
            self._ask("contributions", **asked)
            html, _ = self._ask("report", folder=session.folder, made=now())
            return html.read_text(encoding="utf-8")

    @contextmanager
    def _read(self, scans: list[str] | None) -> Iterator[Session]:
        session = finished(self.work.read(None, scans or [], FROM_NAMES))
        try:
            yield session
        finally:
            close_session(session)

    def _answer(self, session: Session, model: str) -> dict[str, Any]:
        try:
            return self._graded(session, model)
        except ZooError as error:
            return {"model": model, "error": str(error)}

    def _graded(self, session: Session, model: str) -> dict[str, Any]:
        grade = asdict(self._ask("grade", folder=session.folder, model_id=model))
        del grade["study"]  # the random name of a folder
        return grade | {"disclaimer": DISCLAIMER}

    def _ask(self, task: str, **arguments: Any) -> Any:
        return self.work.worker.result(f"zoo.tasks:{task}", **self.work.addressed(arguments))
