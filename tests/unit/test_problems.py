"""Refusals as problem details: the body and the headers that a client gets."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.drawbridge.http.problem import headers_of, problem_of
from custom_components.drawbridge.http.response import WholeResponse
from custom_components.drawbridge.masking import MASK
from custom_components.drawbridge.refusal import Refusal, RefusedError, failed, not_found

REALM = 'Bearer realm="Drawbridge"'


def document(response: WholeResponse) -> dict[str, Any]:
    """Return the body of a response."""
    found: dict[str, Any] = json.loads(b"".join(response._whole.pieces))  # noqa: SLF001 - aiohttp has no reader for it
    return found


def test_the_document() -> None:
    """The body follows RFC 9457, with Home Assistant's message and the reason. It does not reveal the hidden reason."""
    response = problem_of(not_found("There is no entity 'light.x'.", hidden=Refusal.SCOPE))
    assert response.status == 404
    assert dict(response.headers) == {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    assert document(response) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no entity 'light.x'.",
        "message": "There is no entity 'light.x'.",
        "reason": "not_found",
    }


def test_what_opens_something_is_masked() -> None:
    """Signed links and keys in the text of an integration's error are masked."""
    secret = "x" * 40
    told = document(problem_of(failed(f"No answer from http://x/a.jpg?token={secret}, dbk_{secret}")))
    assert secret not in told["detail"] + told["message"]
    assert MASK in told["detail"]
    signed = document(problem_of(failed("No answer from http://x/a.jpg?authSig=abc")))
    assert "authSig" not in signed["detail"] + signed["message"]


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (RefusedError(Refusal.KEY_MISSING), {"WWW-Authenticate": REALM}),
        (RefusedError(Refusal.KEY_AMBIGUOUS), {"WWW-Authenticate": f'{REALM}, error="invalid_request"'}),
        (RefusedError(Refusal.KEY_MALFORMED), {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}),
        (RefusedError(Refusal.KEY_CHANGED), {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}),
        (
            RefusedError(Refusal.CAPABILITY, {"key": "A", "capability": "read"}),
            {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="read"'},
        ),
        (RefusedError(Refusal.METHOD_NOT_ALLOWED, {"methods": "GET, HEAD"}), {"Allow": "GET, HEAD"}),
        (RefusedError(Refusal.BUSY), {"Retry-After": "1"}),
        (RefusedError(Refusal.LOCKED_OUT, retry_after=7), {"Retry-After": "7"}),
        (RefusedError(Refusal.LOCKED_OUT, retry_after=0), {"Retry-After": "0"}),
        (RefusedError(Refusal.NETWORK, {"key": "A"}), {}),
        (RefusedError(Refusal.TIMED_OUT), {}),
    ],
)
def test_headers(error: RefusedError, headers: Mapping[str, str]) -> None:
    """The headers for authentication, allowed methods and retries, and no others."""
    assert headers_of(error) == headers
    response = problem_of(error)
    assert {name: value for name, value in response.headers.items() if name in headers} == headers
