"""Each study in its turn; the next one is read meanwhile, and no other."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from threading import Event

import pytest

from zoo.commands.read_ahead import read_ahead

PATIENCE = 60.0  # until a test that waits in vain fails


class Study:
    """What is read."""

    def __init__(self, name):
        self.name = name


@pytest.fixture
def begun():
    """begun[name] is set when the reading of it begins."""
    return defaultdict(Event)


def test_each_comes_in_its_turn_errors_too():
    def read(number):
        return 1 / number

    studies = read_ahead(read, [1, 0, 2])
    assert [reading.result() for _, reading in [next(studies)]] == [1]
    source, reading = next(studies)
    with pytest.raises(ZeroDivisionError):
        reading.result()
    assert source == 0
    assert [(source, reading.result()) for source, reading in studies] == [(2, 0.5)]
    assert list(read_ahead(read, [])) == []


def test_the_next_one_is_read_while_one_is_in_hand_and_no_other(begun):
    def read(name):
        begun[name].set()
        return name

    studies = read_ahead(read, "abcd")
    for name, following in ("ab", "bc", "cd"):
        _, reading = next(studies)
        assert reading.result() == name
        assert begun[following].wait(PATIENCE)
        assert max(begun) == following


def test_two_are_in_memory_at_most():
    studies, in_memory = [], []

    def read(name):
        in_memory.append(sum(study() is not None for study in studies))
        study = Study(name)
        studies.append(weakref.ref(study))
        return study

    for name, reading in read_ahead(read, "abcde"):
        assert reading.result().name == name
        del reading
    assert (len(in_memory), max(in_memory)) == (5, 1), "beside the one that is being read"


def test_to_stop_waits_for_nothing(begun):
    finished = Event()

    def read(name):
        begun[name].set()
        finished.wait(PATIENCE if name == "b" else 0)
        return name

    studies = read_ahead(read, "abc")
    next(studies)
    _, reading = next(studies)
    assert begun["b"].wait(PATIENCE)
    studies.close()
    assert not reading.done()
    finished.set()
    assert reading.result() == "b"
    for thread in threading.enumerate():
        if thread.name.startswith("read-ahead"):
            thread.join(PATIENCE)
    assert "c" not in begun, "what was to be read after it is left"
