"""The panel of the sidebar: its own tests, and its texts for every reason of a refusal."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from custom_components.drawbridge.keys import Capability
from custom_components.drawbridge.panel.reasons import RULES
from custom_components.drawbridge.refusal import Notice, Refusal

FRONTEND = Path(__file__).parents[2] / "frontend"
LANGUAGES = ("en", "de", "nl")
PLACEHOLDER = re.compile(r"\{\w+\}")


def texts(language: str) -> dict[str, str]:
    """Return the texts of the panel in a language."""
    source = (FRONTEND / "src" / "texts" / f"{language}.ts").read_text(encoding="utf-8")
    return dict(re.findall(r'^  (\w+):\s+"(.*)",$', source, re.MULTILINE))


def test_its_own_tests_pass() -> None:
    """They bundle the sources and run in Node.js."""
    node = shutil.which("node")
    assert node is not None, "Node.js is missing. Run scripts/setup."
    subprocess.run([node, "test/run.mjs"], cwd=FRONTEND, check=True, timeout=120)  # noqa: S603 - our own program


@pytest.mark.parametrize("refusal", [item for item in Refusal if item.value.audited], ids=lambda item: item.label)
def test_every_audited_refusal_has_a_text(refusal: Refusal) -> None:
    """The activity shows no label."""
    assert f"reason_{refusal.label}" in texts("en")


@pytest.mark.parametrize("notice", list(Notice), ids=lambda item: item.label)
def test_every_notice_has_a_text(notice: Notice) -> None:
    """It is in the activity too."""
    assert f"reason_{notice.label}" in texts("en")
    assert notice.label in RULES


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_has_a_text(capability: Capability) -> None:
    """Neither does a key, nor a change of one."""
    assert f"capability_{capability}" in texts("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_say_the_same(language: str) -> None:
    """They have the same names with the same placeholders, and none is empty."""
    english, other = texts("en"), texts(language)
    assert len(english) > 200
    assert list(other) == list(english)
    assert all(other.values())
    differing = {
        name for name, text in other.items() if {*PLACEHOLDER.findall(text)} != {*PLACEHOLDER.findall(english[name])}
    }
    assert differing == set()
