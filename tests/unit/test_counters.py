"""Counters and histograms."""

from custom_components.drawbridge.door import Door
from custom_components.drawbridge.telemetry.counters import DURATION_BOUNDS, Counters
from custom_components.drawbridge.telemetry.live import LiveCounters
from custom_components.drawbridge.telemetry.recorder import Recorder


def test_histogram() -> None:
    """A duration falls into the first bucket that it is not over."""
    recorder = Recorder()
    for seconds in (0.0, 0.0005, 0.00051, 2.0, 2.1, 11.0):
        recorder.answered("/x", "GET", 200, seconds, 10)
    counters = recorder.counters
    route = counters.routes["/x"]
    assert route.buckets[0] == 2
    assert route.buckets[1] == 1
    assert route.buckets[DURATION_BOUNDS.index(2.0)] == 1
    assert route.buckets[DURATION_BOUNDS.index(5.0)] == 1
    assert route.buckets[-1] == 1
    assert sum(route.buckets) == counters.requests["/x", "GET", 200, Door.HOME_ASSISTANT] == 6
    assert route.sent == 60


def test_keys_that_are_gone_are_dropped() -> None:
    """Creating and removing keys does not grow the counters."""
    counters = Counters()
    counters.key_used("a", 1.0)
    counters.key_used("b", 2.0)
    counters.key_used("b", 3.0)
    counters.keys_changed({}, {"b", "c"})
    assert set(counters.keys) == {"b"}
    assert (counters.keys["b"].requests, counters.keys["b"].last_used) == (2, 3.0)


def test_commands_are_bounded() -> None:
    """A type that is not declared, and a result that is not known, count as "other"."""
    live = LiveCounters()
    live.commanded("ping", "success")
    live.commanded(None, "unknown_command")
    live.commanded("ping", "made_up_by_an_integration")
    assert dict(live.commands) == {("ping", "success"): 1, ("other", "unknown_command"): 1, ("ping", "other"): 1}


def test_delays() -> None:
    """A delay falls into the first bucket that it is not over."""
    live = LiveCounters()
    for seconds in (0.0, 0.001, 0.0011, 6.0):
        live.delivered(seconds)
    assert (live.delays[0], live.delays[1], live.delays[-1], sum(live.delays)) == (2, 1, 1, 4)
