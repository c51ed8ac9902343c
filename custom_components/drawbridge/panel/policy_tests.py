"""The commands about the policy tests of keys."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import voluptuous as vol

from ..keys import ApiKey
from ..keys.policy_test import MAX_TESTS, Expectation, PolicyTest
from ..policy_tests.evaluation import evaluate, find_missing
from .commands import KEY_ID, CommandError, Request, command, not_allowed, not_found, unknown_key

_TEST: Final = "test"
_FIELDS: Final = {vol.Required(KEY_ID): str, vol.Required(_TEST): dict}


@command("tests/list", {vol.Required(KEY_ID): str})
async def list_tests(request: Request) -> dict[str, Any]:
    """Return the policy tests of a key, with their current results."""
    return await _results(request)


@command("tests/add", _FIELDS)
async def add(request: Request) -> dict[str, Any]:
    """Add a policy test to a key. Returns all tests with their results."""
    test = _test(request)
    if test.expect is Expectation.UNREADABLE:
        raise _invalid("This test expects nothing.")
    if (missing := find_missing(request.bridge, test)) is not None:
        raise not_found(missing)
    return await _change(request, lambda key: _with(key, test))


@command("tests/remove", _FIELDS)
async def remove(request: Request) -> dict[str, Any]:
    """Remove a policy test from a key. Returns the remaining tests with their results."""
    test = _test(request)
    return await _change(request, lambda key: tuple(item for item in key.tests if item != test))


async def _change(request: Request, tests_of: Callable[[ApiKey], tuple[PolicyTest, ...]]) -> dict[str, Any]:
    await request.bridge.change_key(request.key().id, lambda key: replace(key, tests=tests_of(key)))
    return await _results(request)


def _with(key: ApiKey, test: PolicyTest) -> tuple[PolicyTest, ...]:
    if test in key.tests:
        return key.tests
    if len(key.tests) >= MAX_TESTS:
        raise not_allowed(f"A key has at most {MAX_TESTS} policy tests.")
    return (*key.tests, test)


async def _results(request: Request) -> dict[str, Any]:
    key = request.bridge.stored_keys.get(request.key().id)
    if key is None:
        raise unknown_key()
    results = await evaluate(request.bridge, key, time.time())
    return {"results": [item.as_dict() for item in results], "max": MAX_TESTS}


def _test(request: Request) -> PolicyTest:
    stored: Mapping[str, Any] = request.data[_TEST]
    try:
        return PolicyTest.from_mapping(stored)
    except ValueError as err:
        raise _invalid(f"The test is invalid: {err}.") from err


def _invalid(message: str) -> CommandError:
    return CommandError("invalid_format", message)


COMMANDS: Final = (list_tests, add, remove)
