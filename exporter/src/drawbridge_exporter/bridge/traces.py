"""The spans that a bridge has recorded, as its ``/traces`` returns them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .document import Node, parse_json

_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")
_SPAN_ID: Final = re.compile(r"[0-9a-f]{16}")

type Attribute = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Span:
    """One span. Times are Unix timestamps in nanoseconds."""

    trace_id: int
    span_id: int
    parent_id: int | None
    state: str
    name: str
    is_server: bool
    start: int
    end: int
    attributes: Mapping[str, Attribute]
    error: bool


@dataclass(frozen=True, slots=True)
class TracePage:
    """The spans after a cursor, the next cursor, and the number of spans that the bridge no longer had."""

    cursor: str
    lost: int
    more: bool
    spans: tuple[Span, ...]


def parse_traces(body: bytes) -> TracePage:
    """Return the page that ``body`` holds.

    Raises:
        InvalidJSONError: The body is not JSON.
        InvalidDocumentError: A required member is missing or invalid.

    """
    root = parse_json(body)
    return TracePage(
        cursor=root.member("cursor").text(),
        lost=root.member("lost").count(),
        more=root.member("more").truth(),
        spans=tuple(_span(item) for item in root.member("spans").items()),
    )


def _span(node: Node) -> Span:
    parent = node.present("parent_id")
    return Span(
        trace_id=_id(node.member("trace_id"), _TRACE_ID),
        span_id=_id(node.member("span_id"), _SPAN_ID),
        parent_id=None if parent is None else _id(parent, _SPAN_ID),
        state=node.member("state").text(),
        name=node.member("name").text(),
        is_server=node.member("kind").text() == "server",
        start=node.member("start").count(),
        end=node.member("end").count(),
        attributes={name: _attribute(value) for name, value in node.member("attributes").members()},
        error=node.member("error").truth(),
    )


def _id(node: Node, form: re.Pattern[str]) -> int:
    text = node.text()
    node.require(form.fullmatch(text) is not None, "is not the ID of a trace or span")
    return int(text, 16)


def _attribute(node: Node) -> Attribute:
    value = node.value
    if isinstance(value, str | bool):
        return value
    return value if isinstance(value, int) else node.number()
