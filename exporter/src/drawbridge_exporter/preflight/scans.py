"""Scans dependencies and images for known vulnerabilities, where a scanner is installed."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Infrastructure"
_SECONDS: Final = 240.0
_SHOWN: Final = 5


class ScanError(Exception):
    """A scanner did not finish. The text says why."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A program that finds vulnerabilities, and how to read its JSON."""

    name: str
    arguments: tuple[str, ...]
    read: Callable[[Any], list[str]]
    """Returns the vulnerabilities that a newer version fixes."""


def _pip_audit(document: Any) -> list[str]:  # noqa: ANN401 - JSON
    skipped = [package["name"] for package in document["dependencies"] if package.get("skip_reason")]
    if set(skipped) - {"drawbridge-exporter"}:
        message = f"pip-audit could not audit {len(skipped)} packages, such as {skipped[0]}."
        raise ScanError(message)
    return [
        f"{package['name']} {package['version']}: {fault['id']}"
        for package in document["dependencies"]
        for fault in package.get("vulns", ())
    ]


def _grype(document: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [
        f"{match['artifact']['name']} {match['artifact']['version']}: {match['vulnerability']['id']}"
        for match in document.get("matches", ())
        if match["vulnerability"].get("fix", {}).get("state") == "fixed"
    ]


def _trivy(document: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [
        f"{fault['PkgName']} {fault['InstalledVersion']}: {fault['VulnerabilityID']}"
        for result in document.get("Results") or ()
        for fault in result.get("Vulnerabilities") or ()
        if fault.get("FixedVersion")
    ]


_DEPENDENCIES: Final = (
    Scanner("pip-audit", ("--format", "json", "--progress-spinner", "off", "--path", sys.prefix), _pip_audit),
    Scanner("trivy", ("rootfs", "--quiet", "--format", "json", sys.prefix), _trivy),
    Scanner("grype", ("--quiet", "--output", "json", f"dir:{sys.prefix}"), _grype),
)
_IMAGES: Final = (
    Scanner("trivy", ("image", "--quiet", "--format", "json"), _trivy),
    Scanner("grype", ("--quiet", "--output", "json"), _grype),
)


async def dependencies(_context: Context) -> Verdict:
    """Scan the Python packages of the exporter."""
    scanner = _installed(_DEPENDENCIES)
    if scanner is None:
        return _no_scanner(_DEPENDENCIES, "the Python packages of the exporter")
    return await _judged([(scanner, "the exporter's packages", scanner.arguments)])


async def images(context: Context) -> Verdict:
    """Scan the images that were given."""
    names, scanner = context.plan.sources.images, _installed(_IMAGES)
    if scanner is None:
        return _no_scanner(_IMAGES, "the images")
    if not names:
        return needs_person("No image was given.", "Run again with --image NAME for each image of the deployment.")
    return await _judged([(scanner, name, (*scanner.arguments, name)) for name in names])


def _installed(scanners: Sequence[Scanner]) -> Scanner | None:
    return next((scanner for scanner in scanners if shutil.which(scanner.name)), None)


def _no_scanner(scanners: Sequence[Scanner], what: str) -> Verdict:
    names = " or ".join(scanner.name for scanner in scanners)
    return needs_person(
        "No scanner is installed on this machine.",
        f"Install {names}, and run again. Or scan {what} elsewhere: the release has a bill of materials (SBOM).",
    )


async def _judged(scans: Sequence[tuple[Scanner, str, tuple[str, ...]]]) -> Verdict:
    found: list[str] = []
    for scanner, _, arguments in scans:
        try:
            found += await _scanned(scanner, arguments)
        except ScanError as error:
            return needs_person(str(error), "Run the scanner by hand.")
    names = ", ".join(f"{scanner.name} of {what}" for scanner, what, _ in scans)
    if found:
        return failed(
            f"{len(found)} vulnerabilities with a fix ({names}): {'; '.join(found[:_SHOWN])}.",
            "Update to the newest version of the exporter and of its base image.",
        )
    return passed(f"No vulnerability that a newer version fixes ({names}).")


async def _scanned(scanner: Scanner, arguments: tuple[str, ...]) -> list[str]:
    """Run a scanner. Some exit with 1 if they find something, so only their output counts."""
    process = await asyncio.create_subprocess_exec(
        shutil.which(scanner.name) or scanner.name,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), _SECONDS)
        return scanner.read(json.loads(output))
    except TimeoutError:
        process.kill()
        message = f"{scanner.name} did not finish within {_SECONDS:.0f} s."
        raise ScanError(message) from None
    except (ValueError, KeyError, TypeError):
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        message = f"{scanner.name} has no result: {' '.join(last) or 'its output is not JSON'}."
        raise ScanError(message) from None


CHECKS: Final = (
    Check(
        _SECTION, "dependencies", "Dependencies have no known vulnerabilities", dependencies, needs_bridge=False,
        seconds=300, flag="a scanner",
    ),
    Check(
        _SECTION, "images", "Images have no known vulnerabilities", images, needs_bridge=False, seconds=900,
        flag="--image and a scanner",
    ),
)  # fmt: skip
