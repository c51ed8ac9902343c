"""The exporter runs on the Python of common hosts: 3.12 (Ubuntu 24.04), 3.13 (Debian 13) and 3.14."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sandbox.exporter import SOURCE

from .documents import KEY

EXPORTER = Path(__file__).parents[2] / "exporter"
OLDEST = (3, 12)
UV = Path(sys.executable).with_name("uv")
IMPORT_ALL = """
import importlib, pkgutil, sys, drawbridge_exporter
names = [module.name for module in pkgutil.walk_packages(drawbridge_exporter.__path__, "drawbridge_exporter.")]
for name in names:
    # The sender of spans needs the extra `tracing`.
    if not name.endswith(("__main__", ".tracing.otlp")):
        importlib.import_module(name)
from drawbridge_exporter.preflight.checklist import boxes
assert len(boxes()) == 160
print(len(names), "modules on", sys.version.split()[0])
"""


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: file.stem)
def test_the_syntax_is_that_of_the_oldest_version(file: Path) -> None:
    """Without exceptions in a list without parentheses, for instance."""
    ast.parse(file.read_text(), feature_version=OLDEST)


def test_newer_syntax_would_be_found() -> None:
    """The test above would pass on anything if the parser did not look at the version."""
    with pytest.raises(SyntaxError):
        ast.parse("try: pass\nexcept A, B: pass", feature_version=OLDEST)


def test_the_package_declares_its_versions() -> None:
    """Those that are tested."""
    project = tomllib.loads((EXPORTER / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.12"
    named = {text.rpartition(" ")[2] for text in project["classifiers"] if "Python :: 3." in text}
    assert named == {"3.12", "3.13", "3.14"}
    assert re.search(r"Python 3\.12 to 3\.14", (EXPORTER / "README.md").read_text())


def interpreter(version: str) -> str:
    """Return an interpreter that uv or pyenv has installed."""
    find = (UV, "python", "find", "--no-python-downloads", version)
    found = subprocess.run(find, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if found.returncode == 0:
        return found.stdout.strip()
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    of_pyenv = sorted(versions.glob(f"{version}.*/bin/python"))
    if not of_pyenv:
        pytest.skip(f"Python {version} is not installed")
    return str(of_pyenv[-1])


def run(version: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Install the exporter from this repository for a version of Python, as an operator does, and run a command."""
    python = interpreter(version)
    arguments = ("run", "--quiet", "--no-project", "--isolated", "--python", python, "--with", str(EXPORTER))
    return subprocess.run(  # noqa: S603 - ours
        [UV, *arguments, *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HA_BASE_URL": "http://ha:8123", "BRIDGE_API_KEY": KEY},
    )


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_it_is_installed_and_imported(version: str) -> None:
    """All modules, with the files that belong to them."""
    done = run(version, "python", "-c", IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    assert f"modules on {version}" in done.stdout


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_it_checks_its_settings(version: str) -> None:
    """As the command that an operator types."""
    done = run(version, "drawbridge-exporter", "--config.check")
    assert (done.returncode, done.stdout) == (0, "drawbridge-exporter: the settings are valid\n"), done.stderr
