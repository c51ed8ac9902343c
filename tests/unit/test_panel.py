"""The panel of the sidebar: its own tests, and its texts for every reason of a refusal."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from custom_components.drawbridge.keys import Capability
from custom_components.drawbridge.panel.record_json import WHAT
from custom_components.drawbridge.panel.sentences import SENTENCES, rule_of, scope_of
from custom_components.drawbridge.refusal import Notice, Refusal
from custom_components.drawbridge.scope.model import EntityFacts, Scope, Selection
from custom_components.drawbridge.scope.rule_texts import RULE_TEXTS, rule_text

FRONTEND = Path(__file__).parents[2] / "frontend"
COMPONENT = FRONTEND.parent / "custom_components" / "drawbridge"
LANGUAGES = ("en", "de", "nl")
PLACEHOLDER = re.compile(r"\{\w+\}")


def texts(language: str) -> dict[str, str]:
    """Return the texts of the panel in a language."""
    source = (FRONTEND / "src" / "texts" / f"{language}.ts").read_text(encoding="utf-8")
    return dict(re.findall(r'^  (\w+):\s+"(.*)",$', source, re.MULTILINE))


def test_its_own_tests_pass() -> None:
    """The panel's own tests pass. They bundle the sources and run in Node.js."""
    node = shutil.which("node")
    assert node is not None, "Node.js is missing. Run scripts/setup."
    subprocess.run([node, "test/run.mjs"], cwd=FRONTEND, check=True, timeout=120)  # noqa: S603 - our own program


@pytest.mark.parametrize("refusal", [item for item in Refusal if item.value.audited], ids=lambda item: item.label)
def test_every_audited_refusal_has_a_text(refusal: Refusal) -> None:
    """Every audited refusal has a text, so that the activity does not show labels."""
    assert f"reason_{refusal.label}" in texts("en")


@pytest.mark.parametrize("notice", list(Notice), ids=lambda item: item.label)
def test_every_notice_has_a_text(notice: Notice) -> None:
    """Every notice has a text, because the activity shows it."""
    assert f"reason_{notice.label}" in texts("en")
    assert f"reason_{notice.label}" in SENTENCES


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_has_a_text(capability: Capability) -> None:
    """Every capability has a text, because keys and changes show it."""
    assert f"capability_{capability}" in texts("en")


def test_every_sentence_has_a_text() -> None:
    """The English texts are those of the bridge."""
    said = {name.removeprefix("say_"): text for name, text in texts("en").items() if name.startswith("say_")}
    assert said == dict(SENTENCES)


def test_every_kind_of_request_has_a_text() -> None:
    """Every operation has a text, by its topic or its action."""
    shown = texts("en")
    for name in WHAT:
        names = {name.replace(".", "_"), name.partition(".")[0]}
        assert any(f"operation_{item}" in shown for item in names), name


def test_every_refusal_of_a_command_has_a_text() -> None:
    """Messages of errors that the panel shows are not English in a German panel."""
    sources = (path.read_text(encoding="utf-8") for path in (COMPONENT / "panel").glob("*.py"))
    names = {name for source in sources for name in re.findall(r'not_allowed\(.*"(\w+)"\)', source)}
    assert len(names) >= 6
    assert {f"error_{name}" for name in names} <= texts("en").keys()


@pytest.mark.parametrize("name", RULE_TEXTS)
def test_a_rule_is_recognized(name: str) -> None:
    """Every rule has a text with its values."""
    values = {field: f"light.{field} is not listed" for field in re.findall(r"\{(\w+)\}", RULE_TEXTS[name])}
    found = rule_of(rule_text(name, **values))
    assert (found.name, found.values) == (f"rule_{name}", values)
    assert found.text == f"The rule: {rule_text(name, **values)}."
    assert rule_of("made up").text == "The rule: made up."


@pytest.mark.parametrize(
    ("scope", "name", "values"),
    [
        (Scope(), "scope_not_included", {}),
        (Scope(everything=True), "scope_everything", {}),
        (Scope(include=Selection(areas=frozenset({"hall"}))), "scope_included", {"kind": "area", "item": "hall"}),
        (
            Scope(everything=True, exclude=Selection(globs=frozenset({"light.*"}))),
            "scope_excluded",
            {"kind": "glob", "item": "light.*"},
        ),
    ],
)
def test_a_rule_of_a_scope_is_recognized(scope: Scope, name: str, values: dict[str, str]) -> None:
    """The panel recognizes every rule that decides about an entity."""
    found = scope_of(scope, EntityFacts("light.hall", area="hall"))
    assert (found.name, found.values, found.text) == (name, values, scope.rule(EntityFacts("light.hall", area="hall")))
    own = scope_of(scope, EntityFacts("light.hall", area="hall", is_own=True))
    assert own.name in {"scope_own", "scope_excluded"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_say_the_same(language: str) -> None:
    """All languages have the same texts with the same placeholders, and none is empty."""
    english, other = texts("en"), texts(language)
    assert len(english) > 200
    assert list(other) == list(english)
    assert all(other.values())
    differing = {
        name for name, text in other.items() if {*PLACEHOLDER.findall(text)} != {*PLACEHOLDER.findall(english[name])}
    }
    assert differing == set()
