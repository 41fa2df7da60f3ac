"""Calling a plugin's code without being harmed by it: what it raises, returns or hangs in becomes a reason in words."""

from __future__ import annotations

import reprlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pluggy

from zoo.errors import PluginError, StudyError, ZooError


def implementations(plugins: pluggy.PluginManager, hook: str) -> list[pluggy.HookImpl]:
    """To be called one by one, since a crash in one implementation would abort pluggy's own call for all."""
    return getattr(plugins.hook, hook).get_hookimpls()


def call(implementation: pluggy.HookImpl, **arguments: Any) -> Any:
    return implementation.function(*(arguments[name] for name in implementation.argnames))


def call_for_list(implementation: pluggy.HookImpl, kind: type, **arguments: Any) -> list[Any]:
    result = call(implementation, **arguments)
    if not isinstance(result, list) or not all(isinstance(item, kind) for item in result):
        name, found = implementation.function.__name__, reprlib.repr(result)
        raise PluginError(f"{name} must return a list of {kind.__name__}, found {found}")
    return result


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
