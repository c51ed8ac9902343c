"""Checks of the files that run the exporter: rights, resources, images, secrets and updates."""

import asyncio
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from .context import Context
from .deployment.files import Deployment, read_deployment
from .deployment.workload import Workload
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Infrastructure"
_FLAG: Final = "--deployment"
_SHOWN: Final = 5
_BOTH: Final = frozenset({"memory", "cpu"})
_GIT_SECONDS: Final = 10.0

type _Judge = Callable[[Deployment], Verdict]


def deployment_check(item: str, title: str, look: str, judge: _Judge) -> Check:
    """Return a check of the deployment files. Without them, a person has to ``look``."""

    async def run(context: Context) -> Verdict:
        paths = context.plan.sources.deployment
        if not paths:
            return needs_person("No deployment files were given.", f"Run again with {_FLAG} PATH. Or: {look}")
        found = await asyncio.to_thread(read_deployment, paths)
        if found.unreadable:
            return failed(f"Cannot be read: {_shortened(found.unreadable)}.", "Correct the file, or name others.")
        if not found.workloads:
            return failed("The deployment files run no program.", f"Name other files with {_FLAG}.")
        return judge(found)

    return Check(_SECTION, item, title, run, needs_bridge=False, flag=_FLAG)


def _shortened(parts: Iterable[str]) -> str:
    every = list(parts)
    more = len(every) - _SHOWN
    return "; ".join(every[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _without(workloads: Iterable[Workload], lacking: Callable[[Workload], list[str]]) -> list[str]:
    """Return what each program lacks, with its name."""
    return [f"{each.name} lacks {', '.join(missing)}" for each in workloads if (missing := lacking(each))]


def runtime(found: Deployment) -> Verdict:
    """Check that programs run without root, with a read-only file system and without privileges."""
    if wrong := _without(found.workloads, Workload.missing_rights):
        return failed(
            f"{_shortened(wrong)}.", "Set what is missing, as in exporter/compose, exporter/systemd or deploy/base."
        )
    return passed(
        f"All {len(found.workloads)} programs run as a user other than root, with a read-only file system, and cannot"
        " gain privileges."
    )


def limits(found: Deployment) -> Verdict:
    """Check that memory and processor are limited."""
    if wrong := _without(found.workloads, lambda each: sorted(f"a limit of {part}" for part in _BOTH - each.limits)):
        return failed(f"{_shortened(wrong)}.", "Set a limit. The exporter needs 128 MiB, and half a core.")
    return passed(f"All {len(found.workloads)} programs have a limit of memory and of processor time.")


def requests(found: Deployment) -> Verdict:
    """Check that memory is reserved, and on Kubernetes the processor too."""

    def lacking(each: Workload) -> list[str]:
        wanted = _BOTH if found.objects else {"memory"}
        return sorted(f"a reservation of {part}" for part in wanted - (each.requests or frozenset()))

    if wrong := _without(found.workloads, lacking):
        return failed(f"{_shortened(wrong)}.", "Reserve what the program needs: 64 MiB for the exporter.")
    return passed(f"All {len(found.workloads)} programs have reservations.")


def pinned(found: Deployment) -> Verdict:
    """Check that images have an exact version or a digest."""
    if wrong := [f"{each.name}: {each.image or 'no image'}" for each in found.workloads if not each.is_pinned]:
        return failed(f"Images without an exact version: {_shortened(wrong)}.", "Name the version, or the digest.")
    digests = sum("@sha256:" in each.image for each in found.workloads)
    return passed(f"All {len(found.workloads)} programs have an exact version; {digests} have a digest.")


def replaced(found: Deployment) -> Verdict:
    """Check that the exporter is watched, restarts, and can be replaced without a gap."""

    def lacking(each: Workload) -> list[str]:
        has = {"a health check": each.is_watched, "a restart policy": each.restarts}
        if found.objects:
            has["a rolling update without unavailable pods"] = each.rolls
        return [what for what, is_there in has.items() if not is_there]

    exporters = [each for each in found.workloads if "drawbridge" in f"{each.name} {each.image}"]
    if not exporters:
        return failed("The deployment files run no exporter.", f"Name other files with {_FLAG}.")
    if wrong := _without(exporters, lacking):
        return failed(f"{_shortened(wrong)}.", "Set what is missing, as in exporter/compose or deploy/base.")
    how = "Kubernetes starts a new pod before it stops an old one" if found.objects else "it stores no data"
    return passed(f"The exporter is watched and restarted, and {how}.")


def secrets(found: Deployment) -> Verdict:
    """Check that keys come from a secret store, and are in no variable."""
    if wrong := _without(found.workloads, lambda each: each.plain_secrets()):
        said = "; ".join(text.replace(" lacks ", ": ") for text in wrong[:_SHOWN])
        return failed(f"Secrets as plain values: {said}.", "Use a file: a secret of Compose, or LoadCredential.")
    stores = found.of_kind("ExternalSecret", "SecretProviderClass", "SealedSecret", "VaultStaticSecret")
    if stores:
        names = _shortened(f"{item['kind']} {item['metadata']['name']}" for item in stores)
        return passed(f"Keys come from a secret store by reference: {names}.")
    return needs_person(
        "No variable has a secret as its value, and the files name no secret store.",
        "Check that key files and passwords come from a secret store, not from a repository or a chat.",
    )


def update_bot(found: Deployment) -> Verdict:
    """Check that a bot proposes updates of what the deployment files name."""
    if found.update_bots:
        return passed(f"Updates are proposed as configured in {', '.join(found.update_bots)}.")
    return needs_person(
        "The deployment files configure no update bot.",
        "Add a configuration of Renovate or Dependabot, or schedule updates of Home Assistant, Drawbridge, the"
        " exporter and their machines.",
    )


async def version_control(context: Context) -> Verdict:
    """Check that the deployment files are committed, so that the deployment can be repeated from them."""
    paths, git = context.plan.sources.deployment, shutil.which("git")
    if not paths or git is None:
        return needs_person(
            "No deployment files were given." if git else "This machine has no git.",
            f"Run again with {_FLAG} PATH. Or: check that the exporter's deployment can be repeated from files under"
            " version control.",
        )
    commits = []
    for path in paths:
        folder, name = await asyncio.to_thread(_placed, path)
        commit = (await _git(git, folder, "log", "-1", "--format=%h of %cs", "--", name)).strip()
        changed = [line[3:] for line in (await _git(git, folder, "status", "--porcelain", "--", name)).splitlines()]
        if not commit:
            return failed(f"{path} is not under version control.", "Commit the deployment files.")
        if changed:
            return failed(f"{path} has changes that are not committed: {_shortened(changed)}.", "Commit them.")
        commits.append(f"{path} at {commit}")
    return passed(f"The deployment can be repeated: {'; '.join(commits)}.")


def _placed(path: Path) -> tuple[Path, str]:
    """Return a folder, and the name of the path in it."""
    return (path, ".") if path.is_dir() else (path.parent, path.name)


async def _git(git: str, folder: Path, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        git, "-C", str(folder), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await asyncio.wait_for(process.communicate(), _GIT_SECONDS)
    return output.decode() if process.returncode == 0 else ""


CHECKS: Final = (
    deployment_check(
        "runtime",
        "Containers run with few rights",
        "check that containers run without root and privileges.",
        runtime,
    ),
    deployment_check("limits", "Memory and processor are limited", "check the resource limits.", limits),
    deployment_check("requests", "Memory and processor are reserved", "check the resource requests.", requests),
    deployment_check("pinned", "Images have exact versions", "check the versions of the images.", pinned),
    deployment_check(
        "replaced", "The exporter is replaced without a gap", "check health checks and update strategy.", replaced
    ),
    deployment_check("vault", "Secrets are kept in a vault", "check that keys come from a secret store.", secrets),
    deployment_check("updates", "Updates are scheduled", "check that updates are scheduled.", update_bot),
    Check(_SECTION, "deployment", "Deployment is automated", version_control, needs_bridge=False, flag=_FLAG),
)
