"""Checks of the whole repository: pinned versions, consistency, scripts, and no private details."""

import json
import os
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from scripts.check_versions import versions

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "drawbridge"

# Written in parts, so that this file may hold them.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "security." + "debian.org",
    "proxy." + "golang.org",
]
MACHINE_PATH = re.compile(r"(?<![\w.}~$-])/(?:root|work|home/\w+|Users/\w+|opt/\w+)/[\w.]")
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + "KEY-----")

SCRIPTS = [
    "setup",
    "lint",
    "test",
    "demo",
    "compile-requirements",
    "debian-python",
    "brand-images",
    "build_panel",
    "screenshots",
    "mutation",
]
COMPILED = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED_ACTION = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40}")
ACTIONS_OF_A_BRANCH = {"home-assistant/actions/hassfest@master", "hacs/action@main"}
"""They are published only as branches, and their jobs have only a token that reads this repository."""


@cache
def tracked_texts() -> dict[str, str]:
    """Return the text of every file that git tracks or would add, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],  # noqa: S607 - git is on everyone's PATH
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    texts = {}
    for name in filter(None, listed):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            texts[name] = content.decode()
    return texts


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return where a pattern is found in the repository, as `path:line`."""
    return [
        f"{name}:{number}"
        for name, text in tracked_texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def manifest() -> dict[str, Any]:
    """Return the manifest of the integration."""
    content: dict[str, Any] = json.loads((COMPONENT / "manifest.json").read_text(encoding="utf-8"))
    return content


def pinned(path: Path) -> dict[str, str]:
    """Return the versions that a compiled requirements file pins, by normalised name."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {normalised(name): version for name, version in pins}


def normalised(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


# Nothing private


def test_no_file_names_a_package_registry() -> None:
    """No file sets a package index or a mirror, which are settings of a machine."""
    assert lines_with(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    """No file contains a path that exists on one machine only."""
    assert lines_with(MACHINE_PATH) == []


def test_no_file_holds_a_private_key() -> None:
    """No file contains a private key. Tests create their own."""
    assert lines_with(PRIVATE_KEY) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("cd /" + "root/project", True),
        ("see /" + "home/ada/notes", True),
        ("GET /api/work/x", False),
        ("$HOME/work/project", False),
        ("https://example.com/home/page", False),
    ],
)
def test_the_search_for_machine_paths_finds_just_these(line: str, *, found: bool) -> None:
    """The search finds paths of a machine, and no URLs or variables."""
    assert bool(MACHINE_PATH.search(line)) is found


# Pinned requirements


def test_every_environment_is_compiled() -> None:
    """Each .in file has its compiled file, and the other way round."""
    stems = {path.stem for path in (ROOT / "requirements").glob("*.in")}
    sources = {stem for stem in stems if not stem.endswith(("-integrations", "-overrides"))}
    assert {path.stem for path in COMPILED} == sources


@pytest.mark.parametrize("path", COMPILED, ids=lambda path: path.stem)
def test_every_requirement_is_pinned_with_hashes_and_nothing_else(path: Path) -> None:
    """A compiled file holds exact versions with hashes: no options, no addresses."""
    requirements = re.split(r"(?<!\\)\n", path.read_text(encoding="utf-8").strip())
    pin = re.compile(r"[\w.-]+(\[[\w,-]+\])?==(\d+!)?[\w.]+( ; .+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [line for line in requirements if not line.startswith("#") and not pin.fullmatch(line)] == []


@pytest.mark.parametrize("path", COMPILED, ids=lambda path: path.stem)
def test_every_asked_for_package_is_pinned_as_asked(path: Path) -> None:
    """The compiled files have the versions of the .in files."""
    sources = [path.with_suffix(".in"), path.with_name(f"{path.stem}-integrations.in")]
    lines = [line for source in sources if source.exists() for line in source.read_text(encoding="utf-8").splitlines()]
    asked = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    pins = pinned(path)
    assert asked
    assert [str(one) for one in asked if not one.specifier.contains(pins.get(normalised(one.name), ""))] == []


def test_the_exporter_finds_its_requirements_in_the_newest_environment() -> None:
    """The newest environment has the requirements of the exporter, which is installed there without them."""
    project = exporter_project()
    pins = pinned(ROOT / "requirements" / "newest.txt")
    asked = [Requirement(line) for line in project["dependencies"]]
    assert [str(one) for one in asked if not one.specifier.contains(pins.get(normalised(one.name), ""))] == []


# Workflows


def workflow(path: Path) -> dict[str | bool, Any]:
    """Return a workflow as its document; YAML 1.1 reads the key `on` as true."""
    document: dict[str | bool, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def steps(path: Path) -> list[dict[str, Any]]:
    """Return the steps of all jobs of a workflow."""
    return [step for job in workflow(path)["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_grants_nothing_that_no_job_asks_for(path: Path) -> None:
    """A job may read the repository; only the release may write, to publish and to sign what it has built."""
    document = workflow(path)
    assert document["permissions"] == {}
    granted = {name: job["permissions"] for name, job in document["jobs"].items()}
    may_write = {"release", "package", "image"} if path.stem == "release" else set()
    assert {name for name, permissions in granted.items() if permissions != {"contents": "read"}} == may_write


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_nothing_that_a_stranger_wrote(path: Path) -> None:
    """No text of an event reaches a shell, and every action is pinned to a commit."""
    document = workflow(path)
    assert "pull_request_target" not in document[True]
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []
    actions = {step["uses"] for step in steps(path) if "uses" in step} - ACTIONS_OF_A_BRANCH
    assert {action for action in actions if not PINNED_ACTION.fullmatch(action)} == set()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_keeps_no_credentials_and_ends(path: Path) -> None:
    """The clone contains no token, and each job has a time limit."""
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    jobs = workflow(path)["jobs"]
    assert {name for name, job in jobs.items() if "timeout-minutes" not in job and "uses" not in job} == set()


def test_workflows_start_only_scripts_that_exist() -> None:
    """Workflows start only scripts that exist."""
    named = {
        name
        for path in WORKFLOWS
        for step in steps(path)
        for name in re.findall(r"scripts/[\w-]+", step.get("run", ""))
    }
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


RELEASE = ROOT / ".github" / "workflows" / "release.yml"


def test_the_release_signs_what_it_publishes_and_keeps_no_secret() -> None:
    """PyPI, the registry and the signatures trust the workflow; what is published was built and tested before."""
    text, jobs = RELEASE.read_text(), workflow(RELEASE)["jobs"]
    assert "secrets." not in text
    assert {name for name, job in jobs.items() if job["permissions"].get("contents") == "write"} == {"release"}
    assert all(jobs[name]["permissions"]["id-token"] == "write" for name in ("package", "image", "release"))
    assert jobs["build"]["needs"] == "check"
    assert jobs["package"]["needs"] == jobs["image"]["needs"] == "build"
    push = next(step["with"] for step in jobs["image"]["steps"] if "build-push-action" in step.get("uses", ""))
    assert push["platforms"] == "linux/amd64,linux/arm64"
    assert (push["sbom"], push["provenance"]) == (True, "mode=max")
    assert "cosign sign --yes" in text
    assert text.count("actions/attest-build-provenance@") == 2


def test_all_parts_have_the_same_version() -> None:
    """The release compares them with its tag; the changelog gets the version then."""
    found = {name: version for name, version in versions().items() if name != "CHANGELOG.md"}
    assert set(found.values()) == {manifest()["version"]}, found


def test_updates_are_proposed_for_all_that_is_pinned() -> None:
    """Dependabot checks every folder with packages, images or actions."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    folders = {
        (item["package-ecosystem"], name)
        for item in updates
        for name in item.get("directories", [item.get("directory")])
    }
    docker = {("docker", f"/{path.parent.relative_to(ROOT)}") for path in (ROOT / "exporter").rglob("Dockerfile")}
    locks = (ROOT / name for name in tracked_texts() if name.endswith("package-lock.json"))
    npm = {("npm", f"/{path.parent.relative_to(ROOT)}") for path in locks}
    assert folders == docker | npm | {
        ("github-actions", "/"),
        ("pip", "/exporter"),
        ("pip", "/requirements"),
        ("docker-compose", "/exporter/compose"),
    }


# What Home Assistant and HACS read


def test_the_manifest_has_what_hacs_and_hassfest_ask_for() -> None:
    """All keys are there, in the order that hassfest wants."""
    keys = list(manifest())
    assert {"domain", "name", "version", "codeowners", "documentation", "issue_tracker", "config_flow"} <= set(keys)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]
    assert manifest()["domain"] == COMPONENT.name


def test_the_integration_installs_nothing() -> None:
    """The manifest has no requirements, which could conflict with those of others."""
    assert manifest()["requirements"] == []


def test_hacs_takes_the_zip_that_the_release_makes() -> None:
    """HACS looks for the file name that the release publishes."""
    hacs = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))
    assert set(hacs) == {"name", "homeassistant", "filename", "hide_default_branch", "zip_release"}
    assert hacs["name"] == manifest()["name"]
    assert hacs["zip_release"] is True
    published = [step["run"] for step in steps(ROOT / ".github" / "workflows" / "release.yml") if "run" in step]
    assert any(f'gh release create "$GITHUB_REF_NAME" {hacs["filename"]} ' in command for command in published)


def test_hacs_offers_what_the_integration_tests_run_on() -> None:
    """The oldest Home Assistant on offer is the oldest that is tested."""
    hacs = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))
    tested = pinned(ROOT / "requirements" / "oldest.txt")["homeassistant"]
    assert hacs["homeassistant"] == ".".join([*tested.split(".")[:2], "0"])


# One version


def exporter_project() -> dict[str, Any]:
    """Return the project table of the exporter."""
    project: dict[str, Any] = tomllib.loads((ROOT / "exporter" / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return project


def test_integration_and_exporter_share_their_version() -> None:
    """The integration and the exporter have the same version."""
    assert exporter_project()["version"] == manifest()["version"]


def test_the_changelog_ends_in_this_version_or_before_it() -> None:
    """Versions are in descending order, and none is newer than the manifest."""
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] in {"Unreleased", manifest()["version"]}
    assert len(headings) == len(set(headings))
    numbers = [tuple(map(int, heading.split("."))) for heading in headings if heading != "Unreleased"]
    assert numbers == sorted(numbers, reverse=True)
    assert all(number <= tuple(map(int, manifest()["version"].split("."))) for number in numbers)


# Scripts and pages


@pytest.mark.parametrize("name", [*(f"scripts/{name}" for name in SCRIPTS), ".ci/run"])
def test_a_script_can_be_started(name: str) -> None:
    """Scripts are executable, and shell scripts stop at the first error."""
    path = ROOT / name
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    assert os.access(path, os.X_OK)
    assert first.startswith("#!/usr/bin/env ")
    if first.endswith("bash"):
        assert "\nset -euo pipefail\n" in rest


def test_links_between_pages_lead_somewhere() -> None:
    """Links between pages lead to existing files and sections."""
    pages = {name: text for name, text in tracked_texts().items() if name.endswith(".md")}
    broken = [
        f"{name}: {target}"
        for name, text in pages.items()
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
        if not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert broken == []
