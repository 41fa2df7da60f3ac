from __future__ import annotations

from zoo.page.step_times import StepTimes


def test_each_step_ends_where_the_next_begins_and_short_ones_are_left_out():
    times = StepTimes()
    told = [times.before(step, now) for step, now in [("a", 10), ("b", 12.5), ("b", 13), ("c", 13.2), ("d", 17)]]
    assert told == [[], [("a", 2)], [("a", 2)], [("a", 2)], [("a", 2), ("c", 3)]]
