"""Every reason to refuse that the code has is reported, and every logger masks secrets."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import override

import pytest

import custom_components.drawbridge as component
from custom_components.drawbridge.event import EVENT_TYPES
from custom_components.drawbridge.keys import AuthFailure
from custom_components.drawbridge.logbook import REASONS
from custom_components.drawbridge.refusal import Refusal

FOLDER = Path(component.__file__).parent
SOURCES = {path.relative_to(FOLDER).as_posix(): ast.parse(path.read_text()) for path in FOLDER.rglob("*.py")}

REASON_ARGUMENT = {"Problem": 1, "forbidden": 0, "TemplateRefusedError": 0, "missing": 0}
"""Where calls that refuse have the reason."""
ONLY_HIDDEN = {"not_found", "bad_request"}
"""Calls that refuse for a fixed reason, or for a hidden one."""
PASSED_ON = {"err.refusal", "reason", "hidden", "err.reason", "refusal.label", "error.reason.label"}
"""What only passes on a reason that another call in the code begins with."""


class Reasons(ast.NodeVisitor):
    """Collects the reasons of a module. Fails on one that it cannot read."""

    def __init__(self, tree: ast.Module) -> None:
        """Read the module."""
        self.found: set[str] = set()
        self._values = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        self.visit(tree)

    @override
    def visit_Call(self, node: ast.Call) -> None:
        """Collect the reason that is audited: the hidden one, where there is one."""
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in REASON_ARGUMENT.keys() | ONLY_HIDDEN:
            return
        given = {item.arg: item.value for item in node.keywords}
        hidden = self._read(given["hidden"]) if "hidden" in given else frozenset()
        self.found |= hidden
        if name in REASON_ARGUMENT and (not hidden or ast.unparse(given["hidden"]) in PASSED_ON):
            position = REASON_ARGUMENT[name]
            self.found |= self._read(given["reason"] if "reason" in given else node.args[position])

    def _read(self, node: ast.expr) -> frozenset[str]:
        match node:
            case ast.Constant(value=None):
                return frozenset()
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.JoinedStr(values=[ast.Constant(value="key_"), ast.FormattedValue()]):
                return frozenset(f"key_{failure}" for failure in AuthFailure)
            case ast.IfExp():
                return self._read(node.body) | self._read(node.orelse)
            case ast.Name(id=name) if name in self._values:
                return self._read(self._values[name])
        if ast.unparse(node) in PASSED_ON or ast.unparse(node).startswith("Refusal."):
            # All that are declared are counted anyway.
            return frozenset()
        raise ValueError(f"the reason {ast.unparse(node)} cannot be read")


def reasons() -> frozenset[str]:
    """Return the reasons of all modules."""
    declared = {refusal.label for refusal in Refusal}
    return frozenset(declared).union(*(Reasons(tree).found for tree in SOURCES.values()))


def test_the_reasons_are_found() -> None:
    """Those that are written as a text, a constant, an f-string, a hidden reason, and in an exception."""
    known = {"locked_out", "busy", "key_unknown", "key_missing", "service_scope", "scope", "template_function"}
    assert known <= reasons()


MISTAKES = {
    "bad_request",
    "busy",
    "camera_off",
    "failed",
    "internal",
    "method_not_allowed",
    "not_found",
    "timed_out",
    "template_busy",
    "too_large",
    "unavailable",
    "unfinished",
}
"""The reasons that raise no event: mistakes of clients, and failures."""


@pytest.mark.parametrize("reason", sorted(reasons()))
def test_each_reason_is_an_event_or_a_mistake(reason: str) -> None:
    """A new one is neither, until somebody decides."""
    assert (reason in EVENT_TYPES) != (reason in MISTAKES)


@pytest.mark.parametrize("reason", sorted(reasons() - MISTAKES))
def test_each_reason_has_words_in_the_logbook(reason: str) -> None:
    """Nobody reads an identifier there."""
    assert REASONS.get(reason)


def loggers(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that name ``getLogger``."""
    for node in ast.walk(tree):
        names = {getattr(node, "attr", None), getattr(node, "id", None), getattr(node, "name", None)}
        if "getLogger" in names:
            yield getattr(node, "lineno", 0)


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_each_logger_masks_secrets(module: str) -> None:
    """It is made in one place."""
    assert bool(list(loggers(SOURCES[module]))) == (module == "log.py")
