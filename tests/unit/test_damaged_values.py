"""Invalid stored values: the key cannot be read, and an option gets its default."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.keys import ApiKey, StoredSecret
from custom_components.drawbridge.options import Options
from custom_components.drawbridge.scope.model import Scope, Selection
from custom_components.drawbridge.values import DamagedValueError

KEY = ApiKey("id", "name", (StoredSecret("ab", 5.0),), scope=Scope(include=Selection(domains=frozenset({"light"}))))
STORED = KEY.as_dict()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expires", "tomorrow"), ("expires", float("nan")), ("expires", float("inf")), ("expires", True),
        ("enabled", "no"), ("enabled", None), ("enabled", 1), ("per_minute", "many"), ("per_minute", -1),
        ("per_minute", 1.5), ("burst", 0), ("local_only", "yes"), ("services", "light.turn_on"), ("events", [1]),
        ("networks", "10.0.0.0/8"), ("networks", [1]), ("networks", ["x"]), ("capabilities", "read"),
        ("capabilities", ["fly"]), ("cors_origins", None), ("created", None), ("learning", 0), ("secrets", {}),
        ("secrets", [{"digest": 5}]), ("secrets", [{"digest": "ab", "valid_until": "later"}]), ("scope", None),
        ("scope", {"everything": "yes"}), ("scope", {"everything": True, "exclude": {"areas": "kitchen"}}),
        ("scope", {"everything": True, "exclude": {"unknown": ["x"]}}), ("scope", {"include": []}),
    ],
)  # fmt: skip
def test_a_damaged_field_is_named(field: str, value: object) -> None:
    """The error does not contain the value."""
    with pytest.raises(DamagedValueError) as raised:
        ApiKey.from_mapping("id", "name", {**STORED, field: value})
    assert raised.value.field == field
    assert raised.value.__cause__ is None


@given(st.sampled_from(sorted(STORED)), JSON)
def test_any_value_in_any_field(field: str, value: Any) -> None:
    """A stored value is either invalid or is parsed exactly."""
    try:
        key = ApiKey.from_mapping("id", "name", {**STORED, field: value})
    except DamagedValueError as err:
        named = err.field
    else:
        named = field
        assert ApiKey.from_mapping("id", "name", key.as_dict()) == key
        if field in {"expires", "enabled", "local_only", "per_minute", "burst", "learning"}:
            assert key.as_dict()[field] is value
    assert named == field


@given(st.dictionaries(st.sampled_from([item.name for item in fields(Options)]), JSON))
def test_any_value_in_any_option(data: dict[str, Any]) -> None:
    """A damaged option is named and has its default; the others are as stored."""
    options, damaged = Options.from_mapping(data), Options.damaged(data)
    for name in damaged:
        assert getattr(options, name) == getattr(Options(), name)
    closed = {"listener_enabled"} if any(name.startswith("listener_") for name in damaged) else set()
    for name in data.keys() - set(damaged) - {"cors_origins"} - closed:
        assert getattr(options, name) == data[name]
        assert type(getattr(options, name)) is type(data[name])


@pytest.mark.parametrize(
    "damaged", ["listener_port", "listener_address", "listener_certificate", "listener_client_ca", "listener_tls_1_2"]
)
def test_a_listener_with_a_damaged_option_stays_closed(damaged: str) -> None:
    """With the default of an invalid option, the listener could listen at more addresses, or without TLS."""
    stored = Options(listener_enabled=True, listener_certificate="a.pem", listener_key="a.key").as_dict()
    assert Options.from_mapping(stored).listener_enabled
    assert not Options.from_mapping(stored | {damaged: 1.5}).listener_enabled
    assert Options.from_mapping(stored | {"max_body": "much"}).listener_enabled


def test_every_option_is_read() -> None:
    """Every option is read, so that a new one is not forgotten."""
    stored = {"per_minute": 7, "cors_origins": ["https://a.example"], "audit_file": True, "cache_size": 5}
    assert Options.from_mapping(stored).as_dict() == Options().as_dict() | stored
    broken = {item.name: object() for item in fields(Options)}
    assert set(Options.damaged(broken)) == broken.keys()
