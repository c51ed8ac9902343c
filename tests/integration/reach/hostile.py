"""Values that clients would send to reach what is hidden, each beside the same value with a name of nothing."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

HIDDEN_IN_TEXT: Final = ("hidden", "bedroom")
"""The words that every name of something hidden has."""

ALONE: Final[dict[str, Any]] = {
    "all": "all",
    "ALL": " ALL ",
    "all in a list": ["all"],
    "none": "none",
    "template": "{{ states('light.hidden') }}",
    "statement": "{% set x = states.light %}",
    "template in a list": ["{{ 1 }}"],
    "huge number": 2**63,
    "huge decimal": 1e308,
    "small decimal": -1e308,
    "huge in text": "9" * 20,
    "overlong in text": "9" * 400,
    "exponent": "1e400",
    "not a number": "nan",
    "long": "x" * 100_000,
    "many": ["x"] * 10_000,
    "null": None,
    "zero byte": "a\x00b",
    "escape": "\x1b[31m",
    "direction": "\u202eabc",
    "surrogate": "\ud800",
    "header": "a\r\nSet-Cookie: b=c",
    "path": "/api/states",
    "encoded path": "/%61pi/states",
    "dot segments": "../../../../etc/passwd",
    "file": "file:///etc/passwd",
    "metadata": "http://169.254.169.254/latest",
    "own URL": "http://127.0.0.1:8123/api/states",
    "signed": "/api/states?authSig=eyJhbGciOiJIUzI1NiJ9.e30.x",
    "last day": "9999-12-31T23:59:59-23:00",
    "last day without a zone": "9999-12-31 23:59:59",
    "last day without dashes": "99991231",
    "first day": "0001-01-01T00:00:00+23:00",
    "long time": "99999999999999:00",
    "long duration": {"weeks": 1e300},
    "many days": {"days": 999_999_999},
    "empty": "",
    "empty list": [],
    "empty object": {},
    "list of null": [None],
    "true": True,
    "deep": [[[[{"a": [[[]]]}]]]],
    "too deep": "DEEP",
}

WORST: Final = frozenset({"all", "template", "huge number", "long", "null", "path", "empty object", "list of null"})
"""Those that are tried on each field."""


def too_deep() -> object:
    """Return a list in a list, and so on."""
    value: object = "x"
    for _ in range(40):
        value = [value]
    return value


def of_entity(entity_id: str, own: str) -> Iterator[tuple[str, Any]]:
    """Yield ways to name an entity; ``own`` is one in scope."""
    domain, _, name = entity_id.partition(".")
    yield "plain", entity_id
    yield "capitals", entity_id.upper()
    yield "spaces", f"  {entity_id}\t"
    yield "second", f"{own},{entity_id}"
    yield "list", [own, entity_id]
    yield "list in a list", [[entity_id]]
    yield "object", {"entity_id": entity_id}
    yield "key", {entity_id: 1}
    yield "media", {"media_content_id": f"media-source://{domain}/{entity_id}", "media_content_type": "music"}
    yield "percent", f"{domain}%2E{name}"
    yield "twice", f"{domain}%252E{name}"
    yield "all percent", quote(entity_id.encode().hex(" "), safe="").replace("%20", "%").join(("%", ""))
    yield "escape", f"{domain}\\u002e{name}"
    yield "wide dot", f"{domain}\uff0e{name}"
    yield "proxy", f"/api/{domain}_proxy/{entity_id}"
    yield "source", f"media-source://{domain}/{entity_id}"
    yield "encoded source", f"media-source://{domain}/{domain}%2E{name}"
    yield "url", f"http://127.0.0.1:8123/api/states/{entity_id}?authSig=x"
    yield "template", f"{{{{ states.{entity_id} }}}}"
    yield "in text", f"the {entity_id} is on"


def of_id(field: str, item: str) -> Iterator[tuple[str, Any]]:
    """Yield ways to name an area, floor, label, device or entry of a registry."""
    yield "plain", item
    yield "list", [item]
    yield "object", {"x": [{field: [item]}]}
