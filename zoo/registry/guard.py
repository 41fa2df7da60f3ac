"""Calling a plugin's code without being harmed by it: what it raises, returns or hangs in becomes a reason in words."""

from __future__ import annotations

import reprlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pluggy

from zoo.errors import PluginError, StudyError, ZooError
from zoo.types import MODALITIES, FolderTree, FoundStudy, Study, Unpacked


def implementations(plugins: pluggy.PluginManager, hook: str) -> list[pluggy.HookImpl]:
    """Implementations of a hook, to be called one by one: a crash in one would abort pluggy's own call for all."""
    return getattr(plugins.hook, hook).get_hookimpls()


def call(implementation: pluggy.HookImpl, **arguments: Any) -> Any:
    """Whatever it returns, given those of the arguments that it has parameters for."""
    by_name = {name: arguments[name] for name in implementation.kwargnames if name in arguments}
    return implementation.function(*(arguments[name] for name in implementation.argnames), **by_name)


def call_for_list(implementation: pluggy.HookImpl, kind: type, **arguments: Any) -> list[Any]:
    result = call(implementation, **arguments)
    if not isinstance(result, list) or not all(isinstance(item, kind) for item in result):
        name, description = implementation.function.__name__, reprlib.repr(result)
        raise PluginError(f"{name} must return a list of {kind.__name__}, found {description}")
    return result


def call_for_study(implementation: pluggy.HookImpl, source: Any) -> Study | None:
    """The answer of `read_study`; `PluginError` when it is neither a study that can be worked with nor None."""
    study = call(implementation, source=source)
    if study is not None and (oddity := _oddity(study)):
        expected = f"a zoo.Study with an id and a pathlib.Path for some of {', '.join(MODALITIES)}, or None"
        raise PluginError(f"read_study must return {expected}; found {oddity}")
    return study


def _oddity(study: Any) -> str:
    """What is wrong with a reader's study, "" if nothing."""
    if not isinstance(study, Study):
        return _kind(study)
    if not isinstance(study.id, str):
        return f"as its id {_kind(study.id)}"
    if not isinstance(study.paths, Mapping):
        return f"as its paths {_kind(study.paths)}"
    if unknown := [name for name in study.paths if name not in MODALITIES]:
        return f"the modality {reprlib.repr(unknown[0])}"
    odd = [path for path in study.paths.values() if not isinstance(path, Path)]
    return f"as a path {_kind(odd[0])}" if odd else ""


def call_for_scans(implementation: pluggy.HookImpl, source: Any, folder: Path) -> Unpacked | None:
    """The answer of `unpack_scans`, of a list of paths or an `Unpacked` with one; `PluginError` when it is neither.

    The error is without what was answered, which can hold a patient's name.
    """
    answer = call(implementation, source=source, folder=folder)
    if answer is None:
        return None
    unpacked = answer if isinstance(answer, Unpacked) else Unpacked(answer)
    oddity = _odd_item("scans", unpacked.scans, list, Path) or _odd_item("remarks", unpacked.remarks, tuple, str)
    if not oddity and not isinstance(unpacked.origins, Mapping):
        oddity = f"as origins {_kind(unpacked.origins)}"
    if oddity:
        expected = "a list of pathlib.Path, a zoo.Unpacked of one with a tuple of str as its remarks, or None"
        raise PluginError(f"unpack_scans must return {expected}; found {oddity}")
    return unpacked


def _odd_item(name: str, items: Any, container: type[list[Any]] | type[tuple[Any, ...]], kind: type) -> str:
    """What is wrong with items that should be of a kind, "" if nothing."""
    if not isinstance(items, container):
        return f"as {name} {_kind(items)}"
    odd = [item for item in items if not isinstance(item, kind)]
    return f"among {name} {_kind(odd[0])}" if odd else ""


def call_for_found(implementation: pluggy.HookImpl, tree: FolderTree) -> list[FoundStudy]:
    """The answer of `find_studies`; `PluginError` when it is no list of what is found; without what it holds."""
    found = call(implementation, tree=tree)
    if oddity := _odd_item("studies", found, list, FoundStudy):
        raise PluginError(f"find_studies must return a list of zoo.FoundStudy; found {oddity}")
    return found


def call_for_file(implementation: pluggy.HookImpl, hook: str, **arguments: Any) -> bytes | None:
    """The answer of a hook that encodes; `PluginError` when it is neither a file's content nor None."""
    content = call(implementation, **arguments)
    if not isinstance(content, bytes | None):
        raise PluginError(f"{hook} must return bytes or None; found {_kind(content)}")
    return content


def _kind(value: Any) -> str:
    return f"an object of type {type(value).__name__}"


def call_safely(function: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Any, str | None]:
    """The function's result, or the reason why there is none; what is wrong with a study passes through."""
    try:
        return function(*arguments, **named), None
    except StudyError:
        raise
    except (Exception, SystemExit) as error:
        return None, describe(error)


def describe(error: BaseException) -> str:
    return str(error) if isinstance(error, ZooError) else f"{type(error).__name__}: {error}"


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `PluginError` when what is inside takes longer.

    Only in the main thread, where signals arrive, and where the system has this one: elsewhere there is no limit.
    """

    def stop(*_: Any) -> None:
        raise PluginError(f"it took longer than {seconds:g} s to load: expected nothing slow at import")

    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
