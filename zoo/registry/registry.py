"""Finds plugins, keeps a faulty one from harming the others, and says which models and explainers there are."""

from __future__ import annotations

import importlib.metadata
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pluggy

from zoo import hookspecs
from zoo.errors import PluginError, StudyError
from zoo.registry.built_in import BUILT_IN
from zoo.registry.guard import (
    call_for_file,
    call_for_found,
    call_for_list,
    call_for_scans,
    call_for_study,
    call_safely,
    describe,
    implementations,
    time_limit,
)
from zoo.registry.members import with_members
from zoo.registry.validation import expect_newcomer, expect_usable_hooks, overlooked_hooks
from zoo.types import (
    ExplainerSpec,
    Finding,
    FolderTree,
    FoundStudy,
    ModelInput,
    ModelSpec,
    Recipe,
    RegisteredExplainer,
    RegisteredModel,
    Segmentation,
    Study,
    StudyAnswers,
    Unpacked,
    Volumes,
)

ENTRY_POINTS = "glioma_zoo"
DEFAULT_TAG = "compact"
LOADING_SECONDS = 20.0
KINDS: dict[str, tuple[type, type[RegisteredModel] | type[RegisteredExplainer]]] = {
    "register_models": (ModelSpec, RegisteredModel),
    "register_explainers": (ExplainerSpec, RegisteredExplainer),
}
"""What a hook is to return a list of, and what the registry makes of each."""


@dataclass(frozen=True)
class Fault:
    """A plugin, or a model from the Hub, that is left out, and why."""

    plugin: str
    reason: str


@dataclass
class Registry:
    """The zoo as it stands: what each plugin offers, and which plugins are left out."""

    plugins: pluggy.PluginManager
    models: dict[str, RegisteredModel] = field(default_factory=dict)
    explainers: dict[str, RegisteredExplainer] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    changing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, spec: RegisteredModel) -> RegisteredModel:
        """Add one more model, at any time and from any thread; `PluginError` when its id means another model.

        It takes the place of what its source held before.
        """
        with self.changing:
            if (other := self.models.get(spec.id)) and other.address != spec.address:
                raise PluginError(f"the id {spec.id!r} is already taken by {other.address}: choose another model")
            others = {name: one for name, one in self.models.items() if not spec.source or one.source != spec.source}
            self.models = {**others, spec.id: spec}  # whoever goes over the models just now goes on
        return spec

    def leave_out(self, fault: Fault) -> None:
        """One more fault, at any time and from any thread."""
        with self.changing:
            self.faults = [*self.faults, fault]

    def model(self, model_id: str) -> RegisteredModel:
        """Look up a model by its full id; an id without its tag means `.compact`. Raises `PluginError` for others."""
        full = f"{model_id}.{DEFAULT_TAG}"
        return self.models.get(full) or _named(self.models, model_id, "model")

    def explainer(self, explainer_id: str) -> RegisteredExplainer:
        return _named(self.explainers, explainer_id, "explainer")

    def find(self, tree: FolderTree) -> list[list[FoundStudy]]:
        """The studies that each plugin tells apart in what was given, without unpacking any.

        Raises `StudyError`; a plugin that fails otherwise is passed over, with a warning.
        """
        found = []
        for implementation in implementations(self.plugins, "find_studies"):
            studies, reason = call_safely(call_for_found, implementation, tree)
            _warn_of(implementation, reason)
            found.append(studies or [])
        return found

    def unpack(self, source: Any, folder: Path) -> Unpacked:
        """`source` as files that readers know, made in `folder` where need be: a zip is opened, then DICOM converted.

        Files that are given by modality are unpacked one by one, and stay so. Its remarks are those of all plugins, in
        their order. Raises `StudyError`; a plugin that fails otherwise is passed over, with a warning.
        """
        if isinstance(source, Mapping):
            return self._unpack_each(source, folder)
        remarks: tuple[str, ...] = ()
        origins: dict[Path, tuple[Path, ...]] = {}
        for implementation in reversed(implementations(self.plugins, "unpack_scans")):
            unpacked, reason = call_safely(call_for_scans, implementation, source, folder)
            _warn_of(implementation, reason)
            if unpacked is not None:
                source, remarks = unpacked.scans, (*remarks, *unpacked.remarks)
                origins |= unpacked.origins
        return Unpacked(source, remarks, origins)

    def _unpack_each(self, source: Mapping[str, Any], folder: Path) -> Unpacked:
        given = {name: Path(path) for name, path in source.items()}
        unpacked = {name: self._one_scan(path, folder / name) for name, path in given.items()}
        scans = {name: one.scans[0] for name, one in unpacked.items()}
        remarks = tuple(f"{given[name].name}: {remark}" for name, one in unpacked.items() for remark in one.remarks)
        origins = {scan: files for one in unpacked.values() for scan, files in one.origins.items()}
        return Unpacked(source if scans == given else scans, remarks, origins)

    def _one_scan(self, path: Path, folder: Path) -> Unpacked:
        unpacked = self.unpack([path], folder)
        if (count := len(unpacked.scans)) != 1:
            raise StudyError(f"{path.name}: expected one scan for its modality, found {count}. Give it alone.")
        return unpacked

    def read(self, source: Any) -> Study:
        """The study at `source`, from the first reader that knows it; `StudyError` when none does."""
        failures = []
        for implementation in reversed(implementations(self.plugins, "read_study")):
            study, reason = call_safely(call_for_study, implementation, source)
            if reason:
                failures.append(f"{implementation.plugin_name}: {reason}")
            elif study is not None:
                return study
        detail = f" Readers that failed: {'; '.join(failures)}." if failures else ""
        raise StudyError(
            "No reader knows this input: expected a folder with NIfTI files named like case_t1ce.nii.gz, "
            f"such files themselves, .mha, .nrrd, .mgz or DICOM files, or a zip. Give one folder per study.{detail}"
        )

    def encode_regions(self, segmentation: Segmentation, origins: Mapping[str, tuple[Path, ...]]) -> bytes:
        """Regions as a file for the archive that the scans are from, by the first plugin that knows their files.

        Raises `StudyError` when none does, or it can't be made of them; a plugin that fails otherwise is passed over,
        with a warning.
        """
        instead = "a DICOM SEG could refer", "Write the regions as NIfTI instead."
        return self._encoded("encode_regions", segmentation.study, instead, segmentation=segmentation, origins=origins)

    def encode_grades(self, answers: StudyAnswers, origins: Mapping[str, tuple[Path, ...]]) -> bytes:
        """Grades as a file for the archive that the scans are from; else as `encode_regions`."""
        instead = "a DICOM SR could refer", "Write the grades as JSON or CSV instead."
        return self._encoded("encode_grades", answers.study, instead, answers=answers, origins=origins)

    def _encoded(self, hook: str, study: str, instead: tuple[str, str], **arguments: Any) -> bytes:
        """A file's content by the first plugin that makes one. instead: what lacks a source, and what to do then."""
        failed: list[str] = []
        for implementation in reversed(implementations(self.plugins, hook)):
            content, reason = call_safely(call_for_file, implementation, hook, **arguments)
            _warn_of(implementation, reason)
            if content is not None:
                return content
            failed += [implementation.plugin_name] if reason else []
        found = f"plugins that failed: {', '.join(failed)}" if failed else "other files"
        refers, advice = instead
        raise StudyError(f"{study}: expected a study that came as DICOM, to which {refers}; found {found}. {advice}")

    def check(self, volumes: Volumes, prepare: Callable[[Volumes, Recipe], ModelInput]) -> list[Finding]:
        """What all checks found; a check that fails becomes a warning of its own.

        prepare: what checks prepare the study with, so that it is there for the models.
        """
        findings: list[Finding] = []
        for implementation in implementations(self.plugins, "check_study"):
            reported, reason = call_safely(call_for_list, implementation, Finding, volumes=volumes, prepare=prepare)
            failed = Finding("warning", f"The check of {implementation.plugin_name} failed: {reason}.")
            findings += [failed] if reason else reported
        return findings


def load_registry(built_in: tuple[str, ...] = BUILT_IN) -> Registry:
    """Built-in plugins first, then every installed package with an entry point in the group `glioma_zoo`."""
    registry = Registry(pluggy.PluginManager(hookspecs.PROJECT))
    registry.plugins.add_hookspecs(hookspecs)
    for name, load in _candidates(built_in):
        try:
            _load_into(registry, name, load)
        except (Exception, SystemExit) as error:
            registry.faults.append(Fault(name, describe(error)))
    _resolve_members(registry)
    return registry


def _resolve_members(registry: Registry) -> None:
    """Give models that are made of others their members; one whose members are not there is left out."""
    for spec in [spec for spec in registry.models.values() if spec.members]:
        try:
            registry.models[spec.id] = with_members(spec, registry.model)
        except PluginError as error:
            del registry.models[spec.id]
            registry.faults.append(Fault(spec.plugin, f"{spec.id}: {error}"))


def _candidates(built_in: tuple[str, ...]) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name in built_in:
        yield name, partial(importlib.import_module, name)
    for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
        yield entry.name, entry.load


def _load_into(registry: Registry, name: str, load: Callable[[], Any]) -> None:
    """Import and register one plugin with all that it offers by hooks, or nothing of it.

    What it seems to have meant as a hook, but isn't one, becomes a fault beside what it offers.
    """
    with time_limit(LOADING_SECONDS):
        plugin = load()
        expect_newcomer(registry.plugins, plugin, name)
        try:
            registry.plugins.register(plugin, name)
            expect_usable_hooks(registry.plugins, name)
            models, explainers = _offers(registry, name)
            overlooked = overlooked_hooks(registry.plugins, name)
        except (Exception, SystemExit):
            registry.plugins.unregister(name=name)
            registry.plugins.set_blocked(name)
            raise
    registry.models.update(models)
    registry.explainers.update(explainers)
    registry.faults += [Fault(name, reason) for reason in overlooked]


def _offers(registry: Registry, name: str) -> tuple[dict[str, RegisteredModel], dict[str, RegisteredExplainer]]:
    models = _collect(registry, name, "register_models", registry.models)
    return models, _collect(registry, name, "register_explainers", registry.explainers)


def _collect(registry: Registry, name: str, hook: str, registered_specs: dict[str, Any]) -> dict[str, Any]:
    declared, registered = KINDS[hook]
    specs: dict[str, Any] = {}
    for implementation in implementations(registry.plugins, hook):
        for spec in call_for_list(implementation, declared) if implementation.plugin_name == name else ():
            if other := registered_specs.get(spec.id) or specs.get(spec.id):
                raise PluginError(f"the id {spec.id!r} is already taken by {other.plugin}: choose another")
            specs[spec.id] = registered.of(spec, name)
    return specs


def _warn_of(implementation: pluggy.HookImpl, reason: str | None) -> None:
    """Warn of a plugin that failed, but only of the kind of its failure: the rest can quote a patient's name."""
    if reason:
        warnings.warn(f"{implementation.plugin_name} failed: {reason.partition(':')[0]}", stacklevel=3)


def _named(specs: dict[str, Any], spec_id: str, kind: str) -> Any:
    if spec_id not in specs:
        raise PluginError(f"No {kind} is called {spec_id!r}; there are: {', '.join(sorted(specs)) or 'none'}.")
    return specs[spec_id]
