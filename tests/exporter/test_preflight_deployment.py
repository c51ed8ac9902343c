"""Preflight's items about the files that run the exporter: our own pass, and each fault in them is found."""

import shutil
import subprocess
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from drawbridge_exporter.preflight import cluster, deployed
from drawbridge_exporter.preflight.context import Context, Plan
from drawbridge_exporter.preflight.model import Status
from drawbridge_exporter.preflight.sources import Sources

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "exporter" / "compose" / "compose.yaml"
UNIT = ROOT / "exporter" / "systemd" / "drawbridge-exporter.service"
KUBERNETES = ROOT / "deploy"
ITEMS = {
    "deployment",
    "kubernetes-mesh",
    "kubernetes-network",
    "kubernetes-pods",
    "kubernetes-rbac",
    "limits",
    "pinned",
    "replaced",
    "requests",
    "runtime",
    "updates",
    "vault",
}
"""The items that read deployment files."""


async def statuses(*paths: Path) -> dict[str, Status]:
    """Return the statuses of the items of deployment files."""
    plan = Plan(URL("http://home.example"), "", Path(), sources=Sources(deployment=paths))
    async with aiohttp.ClientSession() as session:
        context = Context(plan, session)
        return {check.item: (await check.run(context)).status for check in (*deployed.CHECKS, *cluster.CHECKS)}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a folder under version control."""
    init(tmp_path)
    return tmp_path


def init(folder: Path) -> None:
    """Put a folder under version control."""
    subprocess.run(["git", "init", "--quiet", folder], check=True)  # noqa: S603, S607 - git is on everyone's PATH


def commit(folder: Path) -> None:
    """Commit everything in a folder."""
    git = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@home.example"]
    subprocess.run([*git, "add", "."], check=True)  # noqa: S603 - git
    subprocess.run([*git, "commit", "--quiet", "--message", "x"], check=True)  # noqa: S603 - git


@pytest.mark.parametrize("files", [COMPOSE, UNIT, KUBERNETES], ids=["compose", "systemd", "kubernetes"])
async def test_what_this_repository_ships_is_sound(repository: Path, files: Path) -> None:
    """The files of this repository pass. Without Kubernetes, a person is asked about the vault."""
    target = repository / files.name
    (shutil.copytree if files == KUBERNETES else shutil.copy)(files, target)
    (repository / "renovate.json").write_text("{}")
    commit(repository)
    found = await statuses(repository)
    expected = dict.fromkeys(ITEMS, Status.PASSED)
    if files != KUBERNETES:
        expected["vault"] = Status.PERSON
    assert found == expected


async def test_without_files_a_person_is_asked() -> None:
    """Without files, a person is asked, and nothing passes."""
    assert await statuses() == dict.fromkeys(ITEMS, Status.PERSON)


DEPLOYMENT = KUBERNETES / "base" / "deployment.yaml"
NAMESPACE = KUBERNETES / "base" / "namespace.yaml"
POLICY = KUBERNETES / "base" / "networkpolicy.yaml"
AUTOMOUNT = "automountServiceAccountToken: "


@pytest.mark.parametrize(
    ("files", "old", "new", "expected"),
    [
        (COMPOSE, "  read_only: true\n", "", {"runtime"}),
        (COMPOSE, "  cap_drop: [ALL]\n", "", {"runtime"}),
        (COMPOSE, '    user: "65534:65534"\n', '    user: "0:0"\n', {"runtime"}),
        (COMPOSE, "    cpus: 0.5\n", "", {"limits"}),
        (COMPOSE, "    mem_reservation: 64m\n", "", {"requests"}),
        (COMPOSE, "prom/prometheus:v3.7.3", "prom/prometheus:latest", {"pinned"}),
        (COMPOSE, "  restart: unless-stopped\n", "", {"replaced"}),
        (COMPOSE, "BRIDGE_API_KEY_FILE: /run/secrets/bridge_key", "BRIDGE_API_KEY: dbk_x", {"vault"}),
        (UNIT, "NoNewPrivileges=yes\n", "", {"runtime"}),
        (UNIT, "MemoryMax=", "#MemoryMax=", {"limits"}),
        (DEPLOYMENT, "readOnlyRootFilesystem: true", "", {"runtime"}),
        (DEPLOYMENT, "maxUnavailable: 0", "maxUnavailable: 1", {"replaced"}),
        (DEPLOYMENT, AUTOMOUNT + "false", AUTOMOUNT + "true", {"kubernetes-rbac"}),
        (NAMESPACE, "/enforce: restricted", "/enforce: privileged", {"kubernetes-pods"}),
        (POLICY, "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]", {"kubernetes-network"}),
        (NAMESPACE, "  labels:\n", "  labels:\n    istio-injection: enabled\n", {"kubernetes-mesh"}),
    ],
)
async def test_each_fault_is_found(tmp_path: Path, files: Path, old: str, new: str, expected: set[str]) -> None:
    """Each fault is found by its item, and by no other."""
    folder = tmp_path / "files"
    root = KUBERNETES if files.is_relative_to(KUBERNETES) else files.parent
    shutil.copytree(root, folder)
    changed = folder / files.relative_to(root)
    assert old in changed.read_text()
    changed.write_text(changed.read_text().replace(old, new))
    found = await statuses(folder)
    assert {item for item, status in found.items() if status is Status.FAILED} - {"deployment"} == expected


async def test_files_that_are_not_committed_are_told(repository: Path) -> None:
    """Files that are not committed are reported, because the deployment cannot be repeated."""
    shutil.copy(COMPOSE, repository)
    assert (await statuses(repository))["deployment"] is Status.FAILED
    commit(repository)
    assert (await statuses(repository / "compose.yaml"))["deployment"] is Status.PASSED
    (repository / "compose.yaml").write_text(COMPOSE.read_text() + "\n")
    assert (await statuses(repository))["deployment"] is Status.FAILED


async def test_a_file_that_cannot_be_read_fails(tmp_path: Path) -> None:
    """A file that cannot be read fails."""
    (tmp_path / "compose.yaml").write_text("services: [}")
    assert (await statuses(tmp_path))["runtime"] is Status.FAILED
