"""Preflight's items about variables, closed ports, an earlier run, and scanners."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from drawbridge_exporter.preflight import environment, firewall, reach, scans
from drawbridge_exporter.preflight.given import Previous, parse_place, read_env_file, read_previous
from drawbridge_exporter.preflight.model import Result, Status, failed as failing, passed
from drawbridge_exporter.preflight.previous import Comparison

from .checking import statuses, verdicts
from .test_preflight_command import preflight
from .whole_bridge import ORIGIN, WholeBridge, running_whole_bridge

CHECKLIST = """
# Performance
ENABLE_RATE_LIMITING=true
RATE_LIMIT_REQUESTS_PER_MINUTE=1000
ENABLE_CORS=true
CORS_ORIGINS=https://panel.example
CACHE_ENABLED=true
CACHE_TTL_STATES=300
export CACHE_TTL_SERVICES="600"
CACHE_TTL_CONFIG=1800
ENABLE_METRICS=true
"""


def variables(folder: Path, text: str) -> Any:
    """Return the variables of a file."""
    path = folder / "production.env"
    path.write_text(text)
    return read_env_file(str(path))


class TestVariables:
    """The variables of the checklist are compared with the bridge."""

    async def test_those_of_the_checklist_are_the_defaults(self, tmp_path: Path) -> None:
        """The values of the checklist are the defaults, also with the address of the bridge."""
        async with running_whole_bridge() as bridge:
            asked = variables(tmp_path, f"{CHECKLIST}HA_BASE_URL={bridge.url}\n")
            found = await verdicts(environment.CHECKS, bridge.url, variables=asked)
        assert set(statuses(found).values()) == {Status.PASSED}, found
        assert "10 variables" in found["environment"].evidence

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("LIMITING=true", "LIMITING=false", "ENABLE_RATE_LIMITING is false"),
            ("MINUTE=1000", "MINUTE=60", "RATE_LIMIT_REQUESTS_PER_MINUTE is 60"),
            (ORIGIN, "https://other.example", "CORS_ORIGINS has https://other.example"),
            ("CACHE_ENABLED=true", "CACHE_ENABLED=false", "the cache is on"),
            ("STATES=300", "STATES=30", "CACHE_TTL_STATES is 30, but the bridge has 300"),
            ("ENABLE_METRICS=true", "HA_API_KEY=eyJ", "HA_API_KEY is set"),
            ("ENABLE_METRICS=true", "HA_BASE_URL=https://other.example", "HA_BASE_URL is https://other.example"),
        ],
    )
    async def test_each_difference_is_found(self, tmp_path: Path, old: str, new: str, said: str) -> None:
        """Each difference is found, with the name of the variable."""
        assert old in CHECKLIST
        async with running_whole_bridge() as bridge:
            asked = variables(tmp_path, CHECKLIST.replace(old, new))
            found = await verdicts(environment.CHECKS, bridge.url, variables=asked)
        assert found["environment"].status is Status.FAILED
        assert said in found["environment"].evidence

    async def test_other_settings_of_the_cache_need_a_person(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Other settings of the cache need a person, unless the file contains them."""
        whole = WholeBridge.document
        monkeypatch.setattr(
            WholeBridge,
            "document",
            lambda self: whole(self) | {"settings": whole(self)["settings"] | {"cache_ttl_states": 9}},
        )
        async with running_whole_bridge() as bridge:
            found = await verdicts(environment.CHECKS, bridge.url)
            intended = await verdicts(environment.CHECKS, bridge.url, variables={"CACHE_TTL_STATES": "9"})
        assert found["cache-settings"].status is Status.PERSON
        assert "states 9 s instead of 300 s" in found["cache-settings"].evidence
        assert intended["cache-settings"].status is Status.PASSED

    async def test_without_a_file_a_person_is_asked(self) -> None:
        """Without a file, a person is asked about the variables."""
        async with running_whole_bridge() as bridge:
            assert (await verdicts(environment.CHECKS, bridge.url))["environment"].status is Status.PERSON


async def test_ports_that_should_be_closed() -> None:
    """One that accepts connections is found, and one that does not is named."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened = await verdicts(firewall.CHECKS, closed=(("127.0.0.1", port), ("127.0.0.1", 1)))
    server.close()
    shut = await verdicts(firewall.CHECKS, closed=(("127.0.0.1", 1),))
    assert opened["firewall"].status is Status.FAILED
    assert f"127.0.0.1:{port}" in opened["firewall"].evidence
    assert shut["firewall"].status is Status.PASSED
    assert (await verdicts(firewall.CHECKS))["firewall"].status is Status.PERSON


@pytest.mark.parametrize("text", ["host", "host:x", ":22", "host:70000"])
def test_a_wrong_port_is_told(text: str) -> None:
    """An invalid port is reported with an example."""
    with pytest.raises(ValueError, match="is not HOST:PORT"):
        parse_place(text)


class TestPrevious:
    """A run is compared with an earlier one."""

    BEFORE = Previous(datetime(2026, 11, 1, tzinfo=UTC), "Drawbridge 0.1.0", {"cors": "pass", "headers": "fail"}, 0.05)

    @pytest.mark.parametrize(("broken", "status"), [("cors", Status.FAILED), ("headers", Status.PASSED)])
    async def test_what_got_worse_is_a_reason_to_roll_back(self, broken: str, status: Status) -> None:
        """An item that passed before and fails now is a reason to roll back."""
        results = [
            Result("", item, "", failing("x", "y") if item == broken else passed("x"), 0.0)
            for item in ("cors", "headers")
        ]
        found = await verdicts(Comparison(results).checks()[:1], previous=self.BEFORE)
        assert found["rollback-trigger"].status is status
        assert (broken in found["rollback-trigger"].evidence) is (status is Status.FAILED)

    @pytest.mark.parametrize(
        ("before", "fails", "status"),
        [("0.2.0", False, Status.PASSED), ("0.2.0", True, Status.FAILED), ("0.1.0", False, Status.PERSON)],
    )
    async def test_a_rollback_is_seen(self, before: str, fails: bool, status: Status) -> None:  # noqa: FBT001 - a case
        """A rollback is detected: the last run was with a later version."""
        results = [Result("", "cors", "", failing("x", "y") if fails else passed("x"), 0.0)]
        previous = replace(self.BEFORE, versions=f"Drawbridge {before}, Home Assistant 2026.11.0")
        checks = [reach.CHECKS[0], *Comparison(results).checks()[1:2]]
        async with running_whole_bridge() as bridge:
            found = await verdicts(checks, bridge.url, previous=previous)
        assert found["rollback"].status is status

    async def test_a_report_is_read_again(self, key_file: Path, tmp_path: Path) -> None:
        """An earlier report is read. An equally fast run passes, and a much slower one is found."""
        report = tmp_path / "report.json"
        async with running_whole_bridge() as bridge:
            report.write_text((await preflight(bridge.url, key_file, "--json", "--stable-seconds=0.2")).output)
            ended = await preflight(bridge.url, key_file, "--json", "--stable-seconds=0.2", f"--previous={report}")
        items = {item["item"]: item for item in json.loads(ended.output)["items"]}
        assert {items[item]["status"] for item in ("rollback-trigger", "performance-review")} == {"pass"}
        assert read_previous(str(report)).mean_seconds

    def test_another_file_is_told(self, tmp_path: Path) -> None:
        """A file that is not a report is refused."""
        (tmp_path / "other.json").write_text("[]")
        with pytest.raises(ValueError, match="is not a JSON report"):
            read_previous(str(tmp_path / "other.json"))


class TestScanners:
    """The scanners that are installed are run, and what a newer version fixes fails."""

    OUTPUTS: ClassVar[dict[str, list[dict[str, Any]]]] = {
        "pip-audit": [
            {"dependencies": [{"name": "aiohttp", "version": "3.0", "vulns": [{"id": "PYSEC-1"}]}]},
            {"dependencies": [{"name": "aiohttp", "version": "3.13", "vulns": []}]},
        ],
        "trivy": [
            {"Results": [{"Vulnerabilities": [
                {"PkgName": "musl", "InstalledVersion": "1", "VulnerabilityID": "CVE-1", "FixedVersion": "2"}]}]},
            {"Results": [{"Vulnerabilities": [
                {"PkgName": "musl", "InstalledVersion": "1", "VulnerabilityID": "CVE-1"}]}, {}]},
        ],
        "grype": [
            {"matches": [{"artifact": {"name": "musl", "version": "1"},
                          "vulnerability": {"id": "CVE-1", "fix": {"state": "fixed"}}}]},
            {"matches": []},
        ],
    }  # fmt: skip

    @pytest.mark.parametrize("name", OUTPUTS)
    async def test_a_vulnerability_is_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        """A vulnerability is found in the JSON of the scanner."""
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        found = []
        for output in self.OUTPUTS[name]:
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\ncat <<'E'\n{json.dumps(output)}\nE\nexit 1\n")
            program.chmod(0o755)
            found.append(await verdicts(scans.CHECKS, images=("drawbridge-exporter:0.1.0",)))
        for item in {"dependencies"} if name == "pip-audit" else {"dependencies", "images"}:
            assert [each[item].status for each in found] == [Status.FAILED, Status.PASSED]

    async def test_packages_that_were_not_audited_do_not_pass(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without access to the database, pip-audit skips them and finds nothing."""
        output = {"dependencies": [{"name": "aiohttp", "skip_reason": "Dependency not found on PyPI"}]}
        (tmp_path / "pip-audit").write_text(f"#!/bin/sh\ncat <<'E'\n{json.dumps(output)}\nE\n")
        (tmp_path / "pip-audit").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
        found = await verdicts(scans.CHECKS)
        assert found["dependencies"].status is Status.PERSON
        assert "could not audit 1 packages" in found["dependencies"].evidence

    async def test_without_a_scanner_a_person_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a working scanner, a person is asked."""
        monkeypatch.setenv("PATH", "/nowhere")
        assert set(statuses(await verdicts(scans.CHECKS)).values()) == {Status.PERSON}

    async def test_a_scanner_that_fails_finds_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If a scanner fails, nothing passes."""
        (tmp_path / "grype").write_text("#!/bin/sh\necho no database >&2\nexit 1\n")
        (tmp_path / "grype").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        found = await verdicts(scans.CHECKS, images=("x",))
        assert set(statuses(found).values()) == {Status.PERSON}
