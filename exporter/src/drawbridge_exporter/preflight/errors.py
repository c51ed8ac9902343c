"""Checks of error handling and of the validation of input."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from .context import Context, Reply
from .model import Check, Verdict, failed, passed

_SECTION: Final = "Function"
_PROBLEM: Final = "application/problem+json"
_MEMBERS: Final = frozenset({"title", "status", "detail"})
_LONG: Final = 4000


@dataclass(frozen=True, slots=True)
class _Case:
    """A request that must be refused, and the expected statuses."""

    what: str
    path: str
    expected: frozenset[int]
    method: str = "GET"
    key: bool = True
    data: bytes | None = None


_ERRORS: Final = (
    _Case("no key", "/api/states", frozenset({401}), key=False),
    _Case("an unknown path", "/api/preflight-nothing-here", frozenset({404})),
    _Case("an unknown entity", "/api/states/preflight.nothing_here", frozenset({403, 404})),
    _Case("a method that is not allowed", "/metrics", frozenset({405}), method="DELETE"),
    _Case(
        "a body that is not JSON",
        "/api/services/preflight/nothing",
        frozenset({400, 403, 404}),
        method="POST",
        data=b"{not json",
    ),
)
_INPUTS: Final = (
    ("an encoded NUL", "/api/states/light.%00"),
    ("invalid UTF-8", "/api/states/light.%ff%fe"),
    ("an encoded line break", "/api/states/light.%0d%0aX-Injected:1"),
    ("a script in the path", "/api/states/%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
    ("SQL in a query", "/api/states?domain=light%27%20OR%201%3D1--"),
    ("an invalid cursor", "/api/states?since=preflight"),
    ("a long query", "/api/states?fields=" + "a" * _LONG),
    ("a long path", "/api/states/" + "a" * _LONG),
)


async def problem_documents(context: Context) -> Verdict:
    """Check that refusals have the right status and a problem document."""
    wrong = []
    for case in _ERRORS:
        reply = await context.ask(case.path, method=case.method, key=case.key, data=case.data)
        if fault := _fault(case, reply):
            wrong.append(f"{case.what}: {fault}")
    if wrong:
        return failed(
            f"{len(wrong)} of {len(_ERRORS)} errors have an undocumented response: {'; '.join(wrong)}.",
            "Check for a proxy that replaces error pages, or update Drawbridge.",
        )
    return passed(f"All {len(_ERRORS)} invalid requests were refused with the right status and a problem document.")


def _fault(case: _Case, reply: Reply) -> str:
    """Return the problem with the response to an invalid request, or an empty string."""
    if reply.status not in case.expected:
        return f"{reply.status} instead of {' or '.join(map(str, sorted(case.expected)))}"
    told = reply.json()
    if not reply.headers.get("Content-Type", "").startswith(_PROBLEM) or not isinstance(told, dict):
        return f"{reply.status} without a problem document"
    return "" if told.keys() >= _MEMBERS and told["status"] == reply.status else "an incomplete problem document"


async def bad_input(context: Context) -> Verdict:
    """Check that invalid input causes no server error and is not echoed."""
    wrong = []
    for what, path in _INPUTS:
        reply = await context.ask(path)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wrong.append(f"{what}: {reply.status}")
        elif b"<script>" in reply.body or "X-Injected" in reply.headers:
            wrong.append(f"{what}: echoed")
    if wrong:
        return failed(f"Bad input is not handled: {'; '.join(wrong)}.", "Report a bug, with Home Assistant's log.")
    return passed(f"{len(_INPUTS)} requests with invalid input caused no server error and were not echoed.")


CHECKS: Final = (
    Check(_SECTION, "errors", "Errors are answered as documented", problem_documents),
    Check(_SECTION, "input", "Bad input is handled", bad_input),
)
