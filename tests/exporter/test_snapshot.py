"""Parsing of the snapshot: required members are validated, and unknown members are ignored."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from drawbridge_exporter.bridge.document import InvalidDocumentError, InvalidJSONError
from drawbridge_exporter.bridge.snapshot import Snapshot, UnknownSchemaError, parse_snapshot

from .documents import GENERATED_AT, STARTED_AT, full_snapshot, snapshot


def parse(document: object) -> Snapshot:
    """Return the snapshot of a document."""
    return parse_snapshot(json.dumps(document).encode())


def test_every_member_is_read() -> None:
    """The values arrive where they belong."""
    read = parse(snapshot())
    assert (read.generated_at, read.started_at) == (GENERATED_AT, STARTED_AT)
    assert (read.bridge_version, read.homeassistant_version) == ("0.1.0", "2026.11.0")
    assert read.health.score == 98.2
    assert read.health.components["event_loop"].score is None
    assert read.requests[0].count == 12
    assert read.durations[0].counts == (10, 4, 2, 0, 1)
    assert read.response_bytes == {"/api/states": 123456}
    assert read.cache["states"].size_bytes == 9999
    assert read.keys[1].expires == 1800000000.0
    assert read.auth_failures == {"missing": 0, "malformed": 1, "unknown": 2}
    assert read.event_loop_lag.maximum == 0.01


def test_unknown_members_are_ignored() -> None:
    """A newer bridge only adds members."""
    document = snapshot() | {"later": [1]}
    document["bridge"]["later"] = {}
    document["keys"][0]["later"] = None
    assert parse(document) == parse(snapshot())


@pytest.mark.parametrize("lag", [None, {"mean": None, "max": None}, {}])
def test_no_data_is_none(lag: object) -> None:
    """Null and missing both say that there is nothing to tell."""
    read = parse(snapshot() | {"event_loop_lag": lag})
    assert (read.event_loop_lag.mean, read.event_loop_lag.maximum) == (None, None)


@pytest.mark.parametrize("schema", [2, 0, "1", None])
def test_another_schema_is_refused(schema: object) -> None:
    """The message names both."""
    with pytest.raises(UnknownSchemaError, match="reads schema 1"):
        parse(snapshot() | {"schema": schema})


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"schema": NaN}', b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    """As a response from a wrong URL."""
    with pytest.raises(InvalidJSONError):
        parse_snapshot(body)


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Return a change of the member at a dotted path."""

    def apply(document: Any) -> None:
        *way, last = path.split(".")
        for step in way:
            document = document[int(step) if step.isdigit() else step]
        document[last] = value

    return apply


def remove(name: str) -> Callable[[dict[str, Any]], None]:
    """Return a removal of a member."""
    return lambda document: document.pop(name) and None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        *((remove(name), f"no member '{name}'") for name in snapshot() if name != "event_loop_lag"),
        (change("health", []), "the document.health is not an object"),
        (change("health.score", "98"), "the document.health.score is not a number"),
        (change("health.score", 101), "is not between 0 and 100"),
        (change("health.components.errors.weight", -1), "is negative"),
        (change("requests", {}), "is not an array"),
        (change("requests.0.count", 1.5), "the document.requests[0].count is not an integer"),
        (change("requests.0.count", value=True), "is not an integer"),
        (change("requests.0.count", -1), "is negative"),
        (change("requests.0.code", 304), "has a duplicate entry"),
        (change("requests.0.route", None), "is not a string"),
        (change("duration_bounds", [1, 1]), "is not in ascending order"),
        (change("durations.0.counts", [1, 2]), "does not have 5 entries"),
        (change("keys.1.id", "01J0000000000000000000000A"), "has a duplicate entry"),
        (change("home_assistant.running", 1), "is not a boolean"),
        (change("generated_at", 10**400), "is too large"),
    ],
)
def test_a_wrong_member_is_named(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    """The path leads to the place."""
    document = snapshot()
    spoil(document)
    with pytest.raises(InvalidDocumentError) as caught:
        parse(document)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (change("doors", {}), "the document.doors is not an array"),
        (change("doors.1.door", "home_assistant"), "the document.doors has a duplicate entry"),
        (change("doors.0.clients", -1), "the document.doors[0].clients is negative"),
        (change("listener.enabled", 1), "the document.listener.enabled is not a boolean"),
        (change("listener.running", None), "the document.listener.running is not a boolean"),
        (change("listener.connections", 1.5), "the document.listener.connections is not an integer"),
        (change("listener.certificate_ends", "soon"), "the document.listener.certificate_ends is not a number"),
    ],
)
def test_a_wrong_member_of_the_doors_is_named(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    """Members that an older bridge does not have are checked where they are present."""
    document = full_snapshot()
    spoil(document)
    with pytest.raises(InvalidDocumentError) as caught:
        parse(document)
    assert said in str(caught.value)
