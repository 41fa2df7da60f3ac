"""Hooks that can't be called one by one are refused at loading, and what was meant as a hook is named."""

from __future__ import annotations

import functools
import types

import pluggy
import pytest

from zoo import PluginError, hookimpl, hookspecs
from zoo.registry.validation import expect_usable_hooks, overlooked_hooks

HOOKS = (
    "register_models", "register_explainers", "find_studies", "unpack_scans", "read_study", "check_study",
    "encode_regions", "encode_grades",
)  # fmt: skip
PARAMETERS = {
    "find_studies": "tree",
    "unpack_scans": "source, folder",
    "read_study": "source",
    "check_study": "volumes",
    "encode_regions": "segmentation, origins",
    "encode_grades": "answers, origins",
}


@pytest.fixture
def register():
    """register(plugin) -> the plugin manager that has taken it as "mine"."""

    def add(plugin):
        plugins = pluggy.PluginManager(hookspecs.PROJECT)
        plugins.add_hookspecs(hookspecs)
        plugins.register(plugin, "mine")
        return plugins

    return add


def module(source: str, name: str = "mine") -> types.ModuleType:
    written = types.ModuleType(name)
    exec(f"import functools, zoo\n{source}", vars(written))
    return written


def refusal(plugins) -> str:
    with pytest.raises(PluginError) as error:
        expect_usable_hooks(plugins, "mine")
    return str(error.value)


@pytest.mark.parametrize("kind", ["wrapper", "hookwrapper"])
@pytest.mark.parametrize("hook", HOOKS)
def test_wrappers_are_refused_for_every_hook(register, hook, kind):
    wrapper = f"@zoo.hookimpl({kind}=True)\ndef {hook}({PARAMETERS.get(hook, '')}):\n    return (yield)"
    told = refusal(register(module(wrapper)))
    assert told.startswith(f"{hook} is marked {kind}=True: expected a hook that answers by itself")
    assert "mark it @zoo.hookimpl alone" in told


def test_every_hook_is_tried_above():
    assert [name for name in vars(hookspecs) if hasattr(getattr(hookspecs, name), "glioma_zoo_spec")] == list(HOOKS)


def test_a_method_of_a_class_that_was_not_made_an_instance(register):
    class Reader:
        @hookimpl
        def read_study(self, source):
            return None

    told = refusal(register(Reader))
    assert told.startswith("read_study can't be called: expected parameters (source), found (self, source)")
    assert "name an instance" in told
    expect_usable_hooks(register(Reader()), "mine")


def test_a_parameter_that_nobody_fills(register):
    told = refusal(register(module("@zoo.hookimpl\ndef read_study(source, *, strict): pass")))
    assert told.startswith("read_study can't be called: expected parameters (source), found (source, *, strict)")


PASSED_OVER = {
    "unmarked": ("def register_models(): pass", "register_models is not marked: put @zoo.hookimpl above it"),
    "partial": (
        "register_models = zoo.hookimpl(functools.partial(list))",
        "register_models is a partial: expected a fun",
    ),
    "cached": (
        "@functools.cache\n@zoo.hookimpl\ndef check_study(volumes): pass",
        "check_study is a _lru_cache_wrapper",
    ),
    "list": ("register_models = []", "register_models is a list: expected a function"),
    "lazy": (
        "def __getattr__(name):\n    return {'register_models': zoo.hookimpl(lambda: [])}[name]",
        "register_models comes from a property or __getattr__: define it",
    ),
    "two": (
        "def check_study(volumes): pass\nread_study = ()",
        "check_study is not marked: put @zoo.hookimpl above it; read",
    ),
    "nothing": ("", "none of them"),
    "lazy about others": ("def __getattr__(name):\n    raise AttributeError(name)", "none of them"),
    "lazy and broken": ("def __getattr__(name):\n    raise SystemExit(1)", "none of them"),
}


@pytest.mark.parametrize(("source", "found"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_a_plugin_that_offers_nothing_is_told_what_was_passed_over(register, source, found):
    told = refusal(register(module(source)))
    assert told.startswith("it offers nothing: expected at least one function marked @zoo.hookimpl and named one of ")
    assert all(hook in told for hook in HOOKS)
    assert f"; found: {found}" in told


class Instance:
    @property
    def register_models(self):
        return hookimpl(lambda: [])

    def read_study(self, source):
        pass

    @staticmethod
    def check_study(volumes):
        pass


@pytest.mark.parametrize("plugin", [Instance(), Instance])
def test_instances_and_classes_are_looked_at_too(register, plugin):
    told = refusal(register(plugin))
    assert "read_study is not marked" in told
    assert "check_study is not marked" in told
    assert ("register_models comes from a property" in told) == (plugin is not Instance)


@pytest.mark.parametrize("plugin", [None, 7, "mine", {"register_models": list}])
def test_what_is_no_plugin_at_all_offers_nothing(register, plugin):
    assert "it offers nothing" in refusal(register(plugin))


OFFERS = "@zoo.hookimpl\ndef register_models(): return []\n"


def test_what_is_overlooked_beside_a_hook_is_named(register):
    plugins = register(module(OFFERS + "def check_study(volumes): pass\nread_study = functools.partial(print)"))
    expect_usable_hooks(plugins, "mine")
    assert overlooked_hooks(plugins, "mine") == [
        "check_study is not marked: put @zoo.hookimpl above it",
        "read_study is a partial: expected a function, written with def and marked @zoo.hookimpl",
    ]


def test_what_bears_a_hooks_name_by_chance_is_left_alone(register):
    plugin = module(OFFERS + "@zoo.hookimpl(specname='check_study')\ndef read_study(volumes): return []")
    plugin.unpack_scans = functools.wraps(len)(lambda source, folder: None)
    plugin.unpack_scans.__module__ = "another.package"  # as when it was imported from there
    plugin.register_explainers = types.ModuleType("mine.register_explainers")
    assert overlooked_hooks(register(plugin), "mine") == []


def test_what_is_imported_from_the_plugins_own_package_is_not(register):
    plugin = module(OFFERS, name="mine.plugin")
    exec("def read_study(source): pass", vars(elsewhere := types.ModuleType("mine.reading")))
    plugin.read_study = elsewhere.read_study
    assert overlooked_hooks(register(plugin), "mine") == ["read_study is not marked: put @zoo.hookimpl above it"]
