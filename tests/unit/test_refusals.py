"""Every reason to refuse is a member of one enumeration, and every logger masks secrets."""

import ast
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from string import Formatter

import pytest

import custom_components.drawbridge as component
from custom_components.drawbridge.event import EVENT_TYPES
from custom_components.drawbridge.http.problem import problem_of
from custom_components.drawbridge.keys import AuthFailure
from custom_components.drawbridge.logbook import REASONS
from custom_components.drawbridge.masking import MASK, mask
from custom_components.drawbridge.refusal import Metric, Notice, Refusal, RefusedError, SecurityEvent, bad_request
from custom_components.drawbridge.telemetry.counters import Counters

FOLDER = Path(component.__file__).parent
SOURCES = {path.relative_to(FOLDER).as_posix(): ast.parse(path.read_text()) for path in FOLDER.rglob("*.py")}

MISTAKES = {
    Refusal.BAD_REQUEST,
    Refusal.BUSY,
    Refusal.CAMERA_OFF,
    Refusal.FAILED,
    Refusal.GRANT,
    Refusal.INTERNAL,
    Refusal.METHOD_NOT_ALLOWED,
    Refusal.NOT_FOUND,
    Refusal.TEMPLATE_BUSY,
    Refusal.TIMED_OUT,
    Refusal.TOO_LARGE,
    Refusal.UNAVAILABLE,
    Refusal.UNFINISHED,
    Refusal.UNREAD,
    Refusal.UNSUPPORTED,
    Refusal.UPGRADE_REQUIRED,
}
"""The refusals that raise no event: mistakes of clients, and failures."""
DENIALS = {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}

each_refusal = pytest.mark.parametrize("refusal", list(Refusal), ids=lambda refusal: refusal.label)


def refused(refusal: Refusal) -> RefusedError:
    """Return a refusal, with a value for each placeholder of its text."""
    names = [name for _, name, _, _ in Formatter().parse(refusal.value.text) if name is not None]
    return RefusedError(refusal, dict.fromkeys(names, "x"))


@each_refusal
def test_what_the_client_is_told(refusal: Refusal) -> None:
    """Each refusal has an error status and a text, in the response and its headers."""
    error = refused(refusal)
    response = problem_of(error)
    assert response.status == refusal.value.status >= HTTPStatus.BAD_REQUEST
    assert error.message.endswith((".", "x"))
    assert "{" not in error.message
    assert (response.status == HTTPStatus.UNAUTHORIZED) == (
        "WWW-Authenticate" in response.headers and refusal is not Refusal.CAPABILITY
    )
    assert ("Retry-After" in response.headers) == (refusal.value.retry_after is not None)


@each_refusal
def test_what_is_counted(refusal: Refusal) -> None:
    """Each counted refusal has its own metric label."""
    status, metric = refusal.value.status, refusal.value.metric
    # A key that came with another certificate is known, so that the refusal counts for it.
    is_failure = status == HTTPStatus.UNAUTHORIZED and refusal is not Refusal.CERTIFICATE
    assert (metric is Metric.AUTH_FAILURES) == is_failure
    if status in DENIALS or refusal is Refusal.CERTIFICATE:
        # Where the bridge is not there, nothing counts.
        assert metric is (Metric.NONE if refusal is Refusal.UNAVAILABLE else Metric.DENIED)
    # Prometheus sees the first increment only if the series exists before.
    assert (refusal.label in Counters().denied) == (metric is Metric.DENIED)
    assert refusal.label == refusal.name.lower()
    assert Refusal[refusal.name] is refusal


@each_refusal
def test_each_is_an_event_or_a_mistake(refusal: Refusal) -> None:
    """Each refusal either raises a security event or is a mistake of the client. A new one must be assigned."""
    assert (refusal.value.event is None) == (refusal in MISTAKES)
    assert EVENT_TYPES.get(refusal.label) == refusal.value.event
    assert refusal.value.event is None or refusal.value.event in SecurityEvent


@pytest.mark.parametrize("refusal", [item for item in Refusal if item not in MISTAKES])
def test_each_has_words_in_the_logbook(refusal: Refusal) -> None:
    """Each refusal that raises an event is audited and has words in the logbook."""
    assert REASONS.get(refusal.label)
    assert refusal.value.audited


def test_words_and_events_are_of_refusals() -> None:
    """No text remains for a refusal that no longer exists."""
    labels = {refusal.label for refusal in Refusal}
    notices = {notice.label for notice in Notice}
    assert not labels & notices
    assert labels >= REASONS.keys()
    assert labels >= EVENT_TYPES.keys() - notices
    assert EVENT_TYPES.keys() >= notices


def test_each_authentication_failure_is_a_refusal() -> None:
    """No other refusal has this property."""
    found = {refusal.label for refusal in Refusal if refusal.value.metric is Metric.AUTH_FAILURES}
    assert found == {f"key_{failure}" for failure in AuthFailure}


@each_refusal
def test_a_text_without_placeholders_is_what_the_client_is_told(refusal: Refusal) -> None:
    """The text of a refusal without placeholders is sent unchanged."""
    text = refusal.value.text
    if not any(name for _, name, _, _ in Formatter().parse(text)):
        assert RefusedError(refusal).message == mask(text.format()) == text


def test_a_secret_in_a_text_is_masked() -> None:
    """A secret in a text is masked for every transport and in the log."""
    error = bad_request(f"This is not JSON: dbk_{'a' * 49}.")
    assert str(error) == error.message == f"This is not JSON: {MASK}."


def made_up(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that refuse, count or record a refusal without the enumeration."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.endswith("refusal"):
                yield from (node.lineno for alias in names if alias.name == "Reason")
            case ast.Call(func=ast.Name(id="WholeResponse" | "json_response"), args=args):
                yield from (node.lineno for argument in args if is_error(argument))
            case ast.Call(func=ast.Name(id="AuditRecord"), keywords=keywords):
                yield from (item.lineno for item in keywords if item.arg == "reason" and not uses_label(item.value))
            case ast.Subscript(value=ast.Attribute(attr="denied"), slice=index) if not uses_label(index):
                yield node.lineno
            case ast.Attribute(value=ast.Name(id="web"), attr=name) if name.startswith("HTTP"):
                yield node.lineno


def is_error(node: ast.expr) -> bool:
    """Return whether an expression is the status of an error."""
    return isinstance(node, ast.Attribute) and getattr(HTTPStatus, node.attr, 0) >= HTTPStatus.BAD_REQUEST


def uses_label(node: ast.expr) -> bool:
    """Return whether an expression is the label of a refusal, or nothing where there is none."""
    if isinstance(node, ast.IfExp):
        return uses_label(node.body) and isinstance(node.orelse, ast.Constant)
    return isinstance(node, ast.Attribute) and node.attr == "label"


@pytest.mark.parametrize(
    "line",
    [
        "from .refusal import Reason",
        "WholeResponse(HTTPStatus.FORBIDDEN, {})",
        "json_response({}, HTTPStatus.NOT_FOUND)",
        "AuditRecord(reason='rude')",
        "AuditRecord(reason=error.label if error else other)",
        "counters.denied['rude'] += 1",
        "raise web.HTTPForbidden",
    ],
)
def test_what_is_made_up_is_found(line: str) -> None:
    """The next test finds these lines."""
    assert list(made_up(ast.parse(line))) == [1]


@pytest.mark.parametrize("module", sorted(SOURCES.keys() - {"refusal.py"}))
def test_no_refusal_is_made_up(module: str) -> None:
    """Every refusal is a member of the enumeration."""
    assert list(made_up(SOURCES[module])) == []


def loggers(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that name ``getLogger``."""
    for node in ast.walk(tree):
        names = {getattr(node, "attr", None), getattr(node, "id", None), getattr(node, "name", None)}
        if "getLogger" in names:
            yield getattr(node, "lineno", 0)


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_each_logger_masks_secrets(module: str) -> None:
    """Loggers are created only by `get_logger`, which masks secrets."""
    assert bool(list(loggers(SOURCES[module]))) == (module == "log.py")
