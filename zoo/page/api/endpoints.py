"""The page's work for programs: endpoints for `gradio_client`, tools for MCP; what these are told is the docstrings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from zoo.compute.worker import finished
from zoo.errors import StudyError, ZooError
from zoo.listing import model_facts
from zoo.page.compute_client import ComputeClient
from zoo.page.download_report.report_handlers import now
from zoo.page.explain.explain_cards import expect_offered
from zoo.page.explain.explain_handlers import MOST_SECONDS
from zoo.page.sessions import Session
from zoo.render.grade_facts import grade_json
from zoo.types import DEFAULT_EXPLAINER, DISCLAIMER, MODALITIES, REGION_LABELS, Explanation, HeatMap
from zoo.types.roles import SEGMENTER
from zoo.weights.prevalence import at_prevalence, expect_prevalence

Result = TypeVar("Result")
Scan = str | None
SCANS = """t1: NIfTI file of the T1-weighted scan; all scans co-registered and skull-stripped, as in BraTS, or all as
            the scanner made them.
            t1ce: NIfTI file of the T1-weighted scan with contrast agent.
            t2: NIfTI file of the T2-weighted scan.
            flair: NIfTI file of the FLAIR scan."""
PREVALENCE = "prevalence: share of HGG among the patients, such as 0.75; one half, as calibrated, where none is given."
WORDS = {"SCANS": SCANS, "PREVALENCE": PREVALENCE}
"""What takes the place of a word in an endpoint's docstring, which Gradio hands on to programs."""


def in_our_words(endpoint: Callable[..., Result]) -> Callable[..., Result]:
    """The caller gets our sentence; of other errors Gradio tells nothing."""

    @wraps(endpoint)
    def wrapper(*arguments: Any, **named: Any) -> Result:
        try:
            return endpoint(*arguments, **named)
        except ZooError as error:
            raise gr.Error(str(error), print_exception=False) from error

    wrapper.__doc__ = endpoint.__doc__ or ""
    for word, meaning in WORDS.items():
        wrapper.__doc__ = wrapper.__doc__.replace(word, meaning)
    return wrapper


class Api:
    def __init__(self, client: ComputeClient) -> None:
        self.client = client

    def list_models(self) -> list[dict[str, Any]]:
        """List the zoo's models: id, title, family, the modalities each needs and uses, whether it is trained, and how
        to train it."""
        return [model_facts(spec) for spec in self.client.registry.models.values()]

    @in_our_words
    def grade(
        self,
        model: str,
        t1: Scan = None,
        t1ce: Scan = None,
        t2: Scan = None,
        flair: Scan = None,
        prevalence: float | None = None,
        regions: bool = False,
    ) -> dict[str, Any]:
        """Grade one study of a glioma by one model: low-grade (LGG) or high-grade (HGG). Research demonstration, not a
        medical device.

        Args:
            model: id of a trained model, such as guided-dual-attention.
            SCANS
            PREVALENCE
            regions: whether to add "regions", what segment tells of the tumour's regions; an "error" where it can't.
        """
        share = expect_prevalence(prevalence)
        with self._read(t1, t1ce, t2, flair) as session:
            graded = self._graded(session, model, share)
            return graded | {"regions": self._regions(session)} if regions else graded

    @in_our_words
    def compare(
        self,
        models: str | None = None,
        t1: Scan = None,
        t1ce: Scan = None,
        t2: Scan = None,
        flair: Scan = None,
        prevalence: float | None = None,
    ) -> list[dict[str, Any]]:
        """Grade one study by several models; one that fails has an "error" in place of a grade. Research demonstration,
        not a medical device.

        Args:
            models: ids of trained models, separated by commas; all of them where none is given.
            SCANS
            PREVALENCE
        """
        share = expect_prevalence(prevalence)
        with self._read(t1, t1ce, t2, flair) as session:
            return [self._answer(session, model, share) for model in self._ids(models)]

    @in_our_words
    def contributions(
        self, model: str, t1: Scan = None, t1ce: Scan = None, t2: Scan = None, flair: Scan = None
    ) -> dict[str, Any]:
        """Tell what each modality adds to a model's log-odds of HGG on one study: exact Shapley values.

        Args:
            model: id of a trained model.
            SCANS
        """
        with self._read(t1, t1ce, t2, flair) as session:
            explanation = self._ask("contributions", folder=session.folder, model_id=model)
        return {"model": explanation.model, "values": explanation.by_modality, "facts": dict(explanation.facts)}

    @in_our_words
    def explain(
        self,
        model: str,
        explainer: str | None = None,
        t1: Scan = None,
        t1ce: Scan = None,
        t2: Scan = None,
        flair: Scan = None,
    ) -> tuple[dict[str, Any], str | None]:
        """Explain a model's grade of one study: where in the scans it found it, or in which modality; positive speaks
        for HGG. Returns what is said of it, with "values" by modality from an explainer of modalities, and a heat map:
        a NIfTI file on the study's grid (x, y, z, modality), none of modalities. Research demonstration, not a medical
        device.

        Args:
            model: id of a trained model.
            explainer: such as hires-cam (the default), occlusion, integrated-gradients or modality-shapley.
            SCANS
        """
        registry = self.client.registry
        spec, method = registry.model(model), registry.explainer(explainer or DEFAULT_EXPLAINER)
        expect_offered(registry.explainers.values(), spec, method)
        task = "explain_in_study_space" if method.output == "voxels" else "contributions"
        with self._read(t1, t1ce, t2, flair) as session:
            explanation = self._ask(
                task, most_seconds=MOST_SECONDS, folder=session.folder, model_id=spec.id, explainer_id=method.id
            )
            heat_map = self._kept(explanation.path) if isinstance(explanation, HeatMap) else None
        values = {"values": explanation.by_modality} if isinstance(explanation, Explanation) else {}
        answer = {"model": spec.id, "explainer": method.id, **values, "facts": dict(explanation.facts)}
        return answer | {"seconds": explanation.seconds, "disclaimer": DISCLAIMER}, heat_map

    @in_our_words
    def segment(
        self,
        model: str | None = None,
        t1: Scan = None,
        t1ce: Scan = None,
        t2: Scan = None,
        flair: Scan = None,
    ) -> tuple[dict[str, Any], str]:
        """Find the regions of one tumour: core, oedema, enhancing tumour and the whole. Returns volumes, shares,
        extents, diameters and places of each, and a label map: a NIfTI file on the study's grid, with the numbers told.
        They are regions that a network found and nobody has checked. Research demonstration, not a medical device.

        Args:
            model: id of a trained model that scores regions; the U-Net where none is given.
            SCANS
        """
        spec = self.client.registry.model(model or SEGMENTER)
        with self._read(t1, t1ce, t2, flair) as session:
            told = self._segmented(session, spec.id)
            labels = self._ask("segment_in_study_space", folder=session.folder, model_id=spec.id)
            return told | {"numbers": dict(REGION_LABELS)}, self._kept(labels)

    @in_our_words
    def report(
        self,
        model: str,
        t1: Scan = None,
        t1ce: Scan = None,
        t2: Scan = None,
        flair: Scan = None,
        prevalence: float | None = None,
    ) -> str:
        """Grade and explain one study by one model, and give the report: a complete HTML page. Research demonstration,
        not a medical device.

        Args:
            model: id of a trained model.
            SCANS
            PREVALENCE
        """
        share = expect_prevalence(prevalence)
        with self._read(t1, t1ce, t2, flair) as session:
            study = {"folder": session.folder, "model_id": model}
            self._ask("grade", **study)
            self._ask("explain", **study, explainer_id=DEFAULT_EXPLAINER)
            self._ask("contributions", **study)
            self._regions(session)
            html, *_ = self._ask("report", folder=session.folder, made=now(), prevalence=share)
            return html.read_text(encoding="utf-8")

    @contextmanager
    def _read(self, *scans: Scan) -> Iterator[Session]:
        source = {name: Path(scan) for name, scan in zip(MODALITIES, scans, strict=True) if scan}
        if not source:
            raise StudyError(f"No scans: give the NIfTI file of at least one of {', '.join(MODALITIES)}.")
        self.client.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="scans-", dir=self.client.cache) as folder:
            unpacked = self.client.registry.unpack(source, Path(folder))
            session = finished(self.client.read_files(None, unpacked.scans, unpacked.remarks))
        try:
            yield session
        finally:
            self.client.sessions.close(session)

    def _kept(self, path: Path) -> str:
        """Where the file outlasts its session, until Gradio deletes what it has served."""
        folder = Path(tempfile.mkdtemp(prefix="explanation-", dir=self.client.cache))
        return str(path.rename(folder / path.name))

    def _answer(self, session: Session, model: str, prevalence: float | None) -> dict[str, Any]:
        try:
            return self._graded(session, model, prevalence)
        except ZooError as error:
            return {"model": model, "error": str(error)}

    def _graded(self, session: Session, model: str, prevalence: float | None) -> dict[str, Any]:
        grade = at_prevalence(self._ask("grade", folder=session.folder, model_id=model), prevalence)
        return grade_json(grade, self.client.registry.model(model))

    def _segmented(self, session: Session, model: str) -> dict[str, Any]:
        return self._ask("segment", folder=session.folder, model_id=model)

    def _regions(self, session: Session) -> dict[str, Any]:
        """What is told beside a grade, which stays where there are none."""
        try:
            return self._segmented(session, SEGMENTER)
        except ZooError as error:
            return {"model": SEGMENTER, "error": str(error)}

    def _ids(self, models: str | None) -> list[str]:
        named = [name.strip() for name in (models or "").split(",") if name.strip()]
        return named or [spec.id for spec in self.client.registry.models.values() if spec.is_trained]

    def _ask(self, task: str, **arguments: Any) -> Any:
        return self.client.worker.result(f"zoo.compute.tasks:{task}", **self.client.addressed(arguments))
