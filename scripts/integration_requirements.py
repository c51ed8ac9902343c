"""Print the requirements that Home Assistant installs at run time for some integrations.

Home Assistant installs the requirements of an integration when it sets it up. With these pinned beforehand,
`hass --skip-pip` starts without a download. Run it with the Python that has the Home Assistant in question:

    python scripts/integration_requirements.py [--defaults] [INTEGRATION …]

`--defaults` adds the integrations that every Home Assistant sets up by itself.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import homeassistant
from homeassistant import bootstrap

COMPONENTS = Path(homeassistant.__file__).parent / "components"


def manifest(domain: str) -> dict[str, list[str]]:
    """Return the manifest of a built-in integration."""
    path = COMPONENTS / domain / "manifest.json"
    content: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return content


def with_dependencies(domains: Iterable[str]) -> set[str]:
    """Return the integrations and all their dependencies.

    These are the integrations that they depend on, and those that they only want to be set up after, however far:
    code may import from both.
    """
    found: set[str] = set()
    pending = list(domains)
    while pending:
        domain = pending.pop()
        if domain not in found:
            found.add(domain)
            content = manifest(domain)
            pending += content.get("dependencies", []) + content.get("after_dependencies", [])
    return found


def requirements(domains: Iterable[str]) -> list[str]:
    """Return the pinned requirements of the integrations and of their dependencies, sorted."""
    pins = {pin for domain in with_dependencies(domains) for pin in manifest(domain).get("requirements", [])}
    return sorted(pins, key=str.lower)


def main() -> None:
    """Print one requirement per line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--defaults", action="store_true", help="add the default integrations")
    parser.add_argument("integrations", nargs="*", metavar="INTEGRATION")
    options = parser.parse_args()
    domains = set(options.integrations)
    if options.defaults:
        domains |= bootstrap.CORE_INTEGRATIONS | bootstrap.DEFAULT_INTEGRATIONS
    sys.stdout.writelines(f"{pin}\n" for pin in requirements(domains))


if __name__ == "__main__":
    main()
