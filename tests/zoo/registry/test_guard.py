"""A plugin's code is stopped in time, and what it did before stays as it was."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from zoo import PluginError, StudyError
from zoo.registry.guard import call_safely, time_limit


def test_what_takes_too_long_is_stopped():
    with pytest.raises(PluginError, match=r"longer than 0\.2 s"), time_limit(0.2):
        _spin()


def _spin():
    """Takes half a minute where nobody stops it."""
    for _ in range(10**9):
        pass


def test_what_is_in_time_is_left_alone_and_so_is_the_alarm():
    mine = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        with time_limit(5):
            pass
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        assert signal.getsignal(signal.SIGALRM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGALRM, mine)


def test_in_another_thread_there_is_no_limit():
    done = []

    def work():
        with time_limit(0.05):
            time.sleep(0.2)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


def test_an_answer_to_the_user_passes_and_anything_else_is_a_reason():
    assert call_safely(lambda: 7) == (7, None)
    assert call_safely(lambda: 1 / 0) == (None, "ZeroDivisionError: division by zero")
    with pytest.raises(StudyError):
        call_safely(lambda: (_ for _ in ()).throw(StudyError("two heads")))
