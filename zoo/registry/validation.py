"""What a plugin offers, checked at loading: hooks that can be called one by one, and nothing meant as one passed over.

pluggy takes functions that carry the marker, and says nothing of what it doesn't take.
"""

from __future__ import annotations

import inspect
from contextlib import suppress
from functools import cached_property
from types import FunctionType, MethodType, ModuleType
from typing import Any

import pluggy

from zoo.errors import PluginError
from zoo.hookspecs import PROJECT

MARK = f"{PROJECT}_impl"
COMPUTED = (property, cached_property)
Offered = list[tuple[pluggy.HookCaller, pluggy.HookImpl]]


def expect_newcomer(plugins: pluggy.PluginManager, plugin: Any, name: str) -> None:
    """Raise `PluginError` when the name is taken, or the plugin is here already: who came first must not suffer."""
    if plugins.has_plugin(name) or plugins.is_blocked(name):
        raise PluginError("the name is taken: expected one that no other plugin has; rename this plugin's entry point")
    if plugins.is_registered(plugin):
        other = plugins.get_name(plugin)
        raise PluginError(f"expected one entry point a plugin, found the same plugin under {other}; remove one of them")


def expect_usable_hooks(plugins: pluggy.PluginManager, name: str) -> None:
    """Raise `PluginError` unless the registered plugin offers something, by hooks that are known and can be called."""
    known_hooks = _known_hooks(plugins)
    for hook, implementation in (offered := _offered(plugins, name)):
        if hook.name not in known_hooks:  # pluggy's `check_pending` would tell visitors the module's path
            raise PluginError(f"unknown hook {hook.name!r}: expected one of {', '.join(known_hooks)}")
        _expect_no_wrapper(hook, implementation)
        _expect_fitting_parameters(hook, implementation)
    if not offered:
        overlooked = "; ".join(overlooked_hooks(plugins, name)) or "none of them"
        raise PluginError(
            "it offers nothing: expected at least one function marked @zoo.hookimpl and named one of "
            f"{', '.join(known_hooks)}; found: {overlooked}"
        )


def overlooked_hooks(plugins: pluggy.PluginManager, name: str) -> list[str]:
    """Say, a sentence each, what in a plugin bears the name of a hook but is none, and what to do about it.

    What else the plugin offers can stay: its models are of use without the check that it meant to add.
    """
    plugin = plugins.get_plugin(name)
    implemented = {hook.name for hook, _ in _offered(plugins, name)}
    reasons = [_why_overlooked(plugin, hook) for hook in _known_hooks(plugins) if hook not in implemented]
    return [reason for reason in reasons if reason]


def _known_hooks(plugins: pluggy.PluginManager) -> list[str]:
    return [hook.name for hook in _hooks(plugins) if hook.has_spec()]


def _offered(plugins: pluggy.PluginManager, name: str) -> Offered:
    return [(hook, each) for hook in _hooks(plugins) for each in hook.get_hookimpls() if each.plugin_name == name]


def _hooks(plugins: pluggy.PluginManager) -> list[pluggy.HookCaller]:
    return [hook for hook in vars(plugins.hook).values() if isinstance(hook, pluggy.HookCaller)]


def _expect_no_wrapper(hook: pluggy.HookCaller, implementation: pluggy.HookImpl) -> None:
    if implementation.wrapper or implementation.hookwrapper:
        kind = "wrapper" if implementation.wrapper else "hookwrapper"
        raise PluginError(
            f"{hook.name} is marked {kind}=True: expected a hook that answers by itself, since every plugin is asked "
            "on its own and nothing can be wrapped; mark it @zoo.hookimpl alone and let it return its own answer"
        )


def _expect_fitting_parameters(hook: pluggy.HookCaller, implementation: pluggy.HookImpl) -> None:
    """Raise `PluginError` for parameters that a call leaves empty; those of wrong names pluggy has refused already."""
    assert hook.spec is not None  # or it were unknown
    signature = inspect.signature(implementation.function)
    try:
        signature.bind(*implementation.argnames)
    except TypeError as error:
        raise PluginError(
            f"{hook.name} can't be called: expected parameters ({', '.join(hook.spec.argnames)}), found {signature}; "
            "if it is a method, let the entry point name an instance, not the class"
        ) from error


def _why_overlooked(plugin: Any, hook: str) -> str:
    value = inspect.getattr_static(plugin, hook, None)
    function = value.__func__ if isinstance(value, staticmethod | classmethod | MethodType) else value
    if isinstance(function, FunctionType):
        forgotten = not _is_marked(function) and _is_written_in(plugin, function)
        return f"{hook} is not marked: put @zoo.hookimpl above it" if forgotten else ""
    if value is None or isinstance(value, COMPUTED):
        return _why_computed_in_vain(plugin, hook)
    if isinstance(value, ModuleType):  # a file of the plugin's, called after the hook that it writes
        return ""
    return f"{hook} is a {type(value).__name__}: expected a function, written with def and marked @zoo.hookimpl"


def _why_computed_in_vain(plugin: Any, hook: str) -> str:
    """pluggy doesn't run a plugin's code to find hooks; here it is run, to see whether there is one."""
    with suppress(Exception, SystemExit):
        if _is_marked(getattr(plugin, hook)):
            return f"{hook} comes from a property or __getattr__: define it, or import it, under its name"
    return ""


def _is_marked(function: Any) -> bool:
    return isinstance(getattr(function, MARK, None), dict)


def _is_written_in(plugin: Any, function: FunctionType) -> bool:
    """Whether it is of the plugin's own package; what is imported from another may share a hook's name by chance."""
    kind = plugin if inspect.isclass(plugin) else type(plugin)
    home = plugin.__name__ if isinstance(plugin, ModuleType) else kind.__module__
    return function.__module__.partition(".")[0] == home.partition(".")[0]
