"""Preflight: a good bridge passes, and each fault that is put in is found, and no other."""

import asyncio
import io
import json
import ssl
import tarfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web
from yarl import URL

from drawbridge_exporter.config.values import parse_bridge_url
from drawbridge_exporter.preflight import tracing
from drawbridge_exporter.preflight.context import Context, Plan
from drawbridge_exporter.preflight.load import judge, judge_soak
from drawbridge_exporter.preflight.measured import Measured
from drawbridge_exporter.preflight.model import Status, Verdict
from drawbridge_exporter.preflight.rules import ALERTS, RECORDS
from drawbridge_exporter.preflight.runner import run
from drawbridge_exporter.preflight.sources import Sources

from .certificates import Authority
from .checking import verdicts
from .documents import KEY, STARTED_AT
from .fault_proxy import Fault, running_proxy
from .whole_bridge import BASE, ORIGIN, WholeBridge, running_whole_bridge

MANIFEST = Path(__file__).parents[2] / "custom_components" / "drawbridge" / "manifest.json"
RULES = Path(__file__).parents[2] / "exporter" / "rules"


async def items(url: str, key_file: Path, **more: Any) -> dict[str, Verdict]:
    """Return the verdicts of a run by the ids of their items."""
    defaults: dict[str, Any] = {"manifest": str(MANIFEST), "stable_seconds": 0.2}
    plan = Plan(parse_bridge_url(url), KEY, key_file, **defaults | more)
    async with aiohttp.ClientSession() as session:
        report = await run(Context(plan, session), lambda _: None)
    return {result.item: result.verdict for result in report.results}


async def failed(url: str, key_file: Path, **more: Any) -> set[str]:
    """Return the ids of the items that failed."""
    found = await items(url, key_file, **more)
    return {item for item, verdict in found.items() if verdict.status is Status.FAILED}


async def test_a_good_bridge_passes(key_file: Path) -> None:
    """What can be seen passes; the rest needs a person, and says what to look at."""
    async with running_whole_bridge() as bridge:
        found = await items(bridge.url, key_file, origins=(ORIGIN,), scan=(MANIFEST.parent,))
    assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == set()
    passed = {item for item, verdict in found.items() if verdict.status is Status.PASSED}
    assert passed >= {"auth-bypass", "cors", "rate-limit", "endpoints", "cache-hits", "cache-invalidation", "version"}
    assert all(verdict.fix for verdict in found.values() if verdict.status is Status.PERSON)
    assert found["approved"].status is Status.PERSON


@pytest.mark.parametrize(
    ("fault", "item"),
    [
        ("open", {"auth-enabled", "auth-bypass", "errors"}),
        ("talkative", {"auth-enabled"}),
        ("bypass", {"auth-bypass"}),
        ("mighty", {"auth-capability"}),
        ("old-key", {"keys-rotated"}),
        ("expiring", {"keys-expiring"}),
        ("unused", {"keys-unused"}),
        ("leak", {"secrets"}),
        ("cors", {"cors"}),
        ("origin", {"cors"}),
        ("headers", {"headers"}),
        ("unlimited", {"rate-limit"}),
        ("no-limit", {"rate-limit"}),
        ("no-retry-after", {"rate-limit"}),
        ("down", {"reach"}),
        ("free-key", {"keys-limit"}),
        ("broad-key", {"keys-breadth"}),
        ("endless-key", {"keys-end"}),
        ("roaming-key", {"keys-network"}),
        ("cache-disabled", {"hit-rate"}),
        ("bare-errors", {"errors"}),
        ("error-500", {"errors"}),
        ("no-websocket", {"websocket"}),
        ("ws-refused", {"websocket"}),
        ("ws-drops", {"websocket"}),
        ("stream-html", {"stream"}),
        ("stopping", {"home-assistant"}),
        ("clock-ahead", {"home-assistant"}),
        ("clock-behind", {"home-assistant"}),
        ("no-openapi", {"endpoints"}),
        ("endpoint", {"endpoints"}),
        ("cache-off", {"cache-hits"}),
        ("stale", {"cache-invalidation"}),
        ("old-version", {"version"}),
        ("slow", {"mean-response"}),
        ("errors", {"error-rate"}),
        ("misses", {"hit-rate"}),
        ("low-score", {"health-score"}),
        ("audit", {"audit"}),
        ("audit-lost", {"audit"}),
        ("audit-silent", {"audit"}),
        ("listener-down", {"listener"}),
        ("listener-expired", {"listener"}),
    ],
)
async def test_each_fault_is_found(key_file: Path, fault: str, item: set[str]) -> None:
    """Each fault is found by its item, and by no other."""
    async with running_whole_bridge(fault) as bridge:
        assert await failed(bridge.url, key_file, origins=(ORIGIN,)) == item


@pytest.mark.parametrize("profile", ["household", "organisation"])
@pytest.mark.parametrize(
    ("fault", "evidence", "fix"),
    [
        ("listener-expiring", "its certificate expires in 13 days", "DrawbridgeListenerCertificateExpiring"),
        ("listener-plain", "without TLS", "Set a certificate"),
    ],
)
async def test_what_a_person_has_to_check_of_the_listener(
    key_file: Path, profile: str, fault: str, evidence: str, fix: str
) -> None:
    """A certificate that expires soon, and none at all, which is right behind a proxy on the same machine."""
    async with running_whole_bridge(fault) as bridge:
        found = await items(bridge.url, key_file, profile=profile)
    assert found["listener"].status is Status.PERSON
    assert evidence in found["listener"].evidence
    assert fix in found["listener"].fix


@pytest.mark.parametrize(
    ("fault", "evidence"),
    [
        ("listener-off", "The listener is not enabled."),
        ("listener-unknown", "The bridge reports no listener."),
    ],
)
async def test_a_bridge_without_a_listener(key_file: Path, fault: str, evidence: str) -> None:
    """A bridge without a listener passes, and the evidence says why."""
    async with running_whole_bridge(fault) as bridge:
        found = await items(bridge.url, key_file)
    assert (found["listener"].status, found["listener"].evidence) == (Status.PASSED, evidence)


@pytest.mark.parametrize("fault", ["no-tracing", "traces-lost"])
async def test_tracing_that_does_not_work_needs_a_person(fault: str) -> None:
    """Tracing that does not work needs a person, because it may be off on purpose. A continued trace passes."""
    async with running_whole_bridge(fault) as bridge, running_whole_bridge() as tracing_bridge:
        without = await verdicts(tracing.CHECKS, bridge.url)
        found = await verdicts(tracing.CHECKS, tracing_bridge.url)
    assert (without["tracing"].status, found["tracing"].status) == (Status.PERSON, Status.PASSED)


async def test_five_faults_at_once_are_all_found(key_file: Path) -> None:
    """Five faults at once are all found."""
    async with running_whole_bridge("cors", "headers", "old-key", "no-limit", "slow") as bridge:
        found = await failed(bridge.url, key_file)
    assert found == {"cors", "headers", "keys-rotated", "rate-limit", "mean-response"}


def write_secret(folder: Path) -> None:
    """Write a key into a file of the folder."""
    folder.mkdir()
    (folder / "automations.yaml").write_text(f"headers: Bearer {KEY}\n")


async def test_a_secret_in_a_folder_is_found(key_file: Path, tmp_path: Path) -> None:
    """Secrets are found by their format, at any position."""
    write_secret(tmp_path / "home")
    async with running_whole_bridge() as bridge:
        found = await items(bridge.url, key_file, scan=(tmp_path / "home",))
    assert found["secrets"].status is Status.FAILED
    assert "automations.yaml" in found["secrets"].evidence
    assert KEY not in repr(found)


async def test_a_key_file_that_others_may_read_is_told(key_file: Path) -> None:
    """A key file that others may read, with mode 644, is reported."""
    await asyncio.to_thread(key_file.chmod, 0o644)
    async with running_whole_bridge() as bridge:
        assert await failed(bridge.url, key_file) == {"secrets"}


class TestTLS:
    """The way to the bridge, with real handshakes."""

    @staticmethod
    def context(
        authority: Authority, valid: timedelta, change: Callable[[ssl.SSLContext], None] | None
    ) -> ssl.SSLContext:
        """Return a server's context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue("127.0.0.1", valid).load_into(context)
        if change is not None:
            change(context)
        return context

    @staticmethod
    def only_1_2(context: ssl.SSLContext) -> None:
        """Offer at most TLS 1.2."""
        context.maximum_version = ssl.TLSVersion.TLSv1_2

    @staticmethod
    def weak(context: ssl.SSLContext) -> None:
        """Accept a cipher with CBC and SHA-1."""
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0")

    @staticmethod
    def strong(context: ssl.SSLContext) -> None:
        """Accept the ciphers of Mozilla's intermediate profile."""
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")

    @pytest.mark.parametrize(
        ("change", "days", "expected"),
        [
            (strong, 90, set()),
            (only_1_2, 90, {"tls-version", "tls-ciphers"}),
            (weak, 90, {"tls-ciphers"}),
            (strong, 5, {"tls-certificate"}),
        ],
    )
    async def test_each_fault_is_found(
        self, key_file: Path, change: Callable[[ssl.SSLContext], None], days: int, expected: set[str]
    ) -> None:
        """A certificate of an authority that is named is trusted."""
        authority = Authority()
        ca_file = key_file.with_name("ca.pem")
        await asyncio.to_thread(ca_file.write_bytes, authority.certificate)
        async with running_whole_bridge(tls=self.context(authority, timedelta(days=days), change)) as bridge:
            assert await failed(bridge.url, key_file, ca_file=ca_file) == expected

    async def test_hsts_is_wanted(self, key_file: Path) -> None:
        """HSTS is required only over TLS."""
        authority = Authority()
        ca_file = key_file.with_name("ca.pem")
        await asyncio.to_thread(ca_file.write_bytes, authority.certificate)
        context = self.context(authority, timedelta(days=90), self.strong)
        async with running_whole_bridge("hsts", tls=context) as bridge:
            assert await failed(bridge.url, key_file, ca_file=ca_file) == {"headers"}

    async def test_a_strange_authority_is_not_trusted(self, key_file: Path) -> None:
        """An unknown authority is not trusted. The evidence has OpenSSL's reason, and no request is sent."""
        async with running_whole_bridge(tls=self.context(Authority(), timedelta(days=90), None)) as bridge:
            found = await items(bridge.url, key_file)
        assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == {"reach"}
        assert "unable to get local issuer certificate" in found["reach"].evidence
        assert "--ca-file" in found["reach"].fix
        assert found["auth-enabled"].status is Status.SKIPPED

    @pytest.mark.parametrize(
        ("days", "host", "said", "fix"),
        [
            (-5, "127.0.0.1", "certificate has expired.", "Renew the certificate"),
            (90, "localhost", "not valid for 'localhost'.", "Use a name of the certificate in --url"),
        ],
    )
    async def test_each_cause_has_its_fix(self, key_file: Path, days: int, host: str, said: str, fix: str) -> None:
        """An expired certificate is renewed, and one for another name is not."""
        authority = Authority()
        ca_file = key_file.with_name("ca.pem")
        await asyncio.to_thread(ca_file.write_bytes, authority.certificate)
        async with running_whole_bridge(tls=self.context(authority, timedelta(days=days), None)) as bridge:
            found = await items(bridge.url.replace("127.0.0.1", host), key_file, ca_file=ca_file)
        assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == {"reach"}
        assert said in found["reach"].evidence
        assert fix in found["reach"].fix

    async def test_tls_at_a_port_without_it(self, key_file: Path) -> None:
        """TLS at a port without TLS is reported as such."""
        async with running_whole_bridge() as bridge:
            found = await items(bridge.url.replace("http:", "https:"), key_file)
        assert {item for item, verdict in found.items() if verdict.status is Status.FAILED} == {"reach"}
        assert found["reach"].fix.startswith("The port does not use TLS")


class Watcher:
    """Prometheus's and Grafana's answers, as far as preflight asks."""

    def __init__(self) -> None:
        """Create a Prometheus without data and a Grafana without dashboards."""
        self.up: list[dict[str, Any]] = []
        self.starts: list[dict[str, Any]] = []
        self.rules: list[dict[str, Any]] = []
        self.alertmanagers: list[dict[str, str]] = []
        self.grafana_status = 404

    async def answer(self, request: web.Request) -> web.Response:
        """Answer any path."""
        if "dashboards" in request.path:
            return web.json_response({"dashboard": {"title": "Drawbridge"}}, status=self.grafana_status)
        data = {
            "query": {"result": self.starts if "start_time" in request.query_string else self.up},
            "rules": {"groups": [{"rules": self.rules}]},
            "flags": {"storage.tsdb.retention.time": "90d"},
            "alertmanagers": {"activeAlertmanagers": self.alertmanagers},
        }[request.path.rpartition("/")[2]]
        return web.json_response({"status": "success", "data": data})


async def test_what_watches_the_bridge_is_looked_at(key_file: Path) -> None:
    """Metrics, rules, Alertmanager and the dashboard are found when they exist, and not before."""
    watcher = Watcher()
    app = web.Application()
    app.router.add_get("/{path:.*}", watcher.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    where = URL(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        async with running_whole_bridge() as bridge:
            more = {"prometheus": where, "grafana": where}
            assert await failed(bridge.url, key_file, **more) == {"scraped", "rules", "dashboard"}
            other = {"metric": {"job": "drawbridge", "instance": "other:9123"}, "value": [0, "1"]}
            watcher.up = watcher.starts = [other]
            watcher.rules = [{"name": name, "health": "ok", "state": "inactive"} for name in ALERTS]
            watcher.grafana_status = 200
            assert await failed(bridge.url, key_file, **more) == {"scraped", "rules", "runbooks"}
            mine = {"metric": {"job": "drawbridge", "instance": "home:9123"}}
            watcher.up = [other, mine | {"value": [0, "1"]}]
            watcher.starts = [other, mine | {"value": [0, str(STARTED_AT)]}]
            watcher.rules = [rule | {"annotations": {"runbook_url": "https://home.example"}} for rule in watcher.rules]
            watcher.rules += [{"name": name, "health": "ok"} for name in RECORDS]
            watcher.alertmanagers = [{"url": "http://alertmanager:9093"}]
            found = await items(bridge.url, key_file, **more)
    finally:
        await runner.cleanup()
    assert {found[item].status for item in ("scraped", "rules", "runbooks", "dashboard")} == {Status.PASSED}
    assert found["alertmanager"].status is Status.PERSON
    assert "http://alertmanager:9093" in found["alertmanager"].evidence


def test_preflight_knows_every_rule() -> None:
    """Preflight knows every rule of the rules files."""
    groups = [group for file in RULES.glob("*.yml") for group in yaml.safe_load(file.read_text())["groups"]]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["alert"] for rule in rules if "alert" in rule} == ALERTS
    assert {rule["record"] for rule in rules if "record" in rule} == RECORDS


def backup(path: Path, keys: int) -> Path:
    """Write a backup of Home Assistant that holds so many keys."""
    subentries = [{"subentry_type": "api_key", "title": f"Key {number}"} for number in range(keys)]
    entries = [{"domain": "sun"}, {"domain": "drawbridge", "subentries": subentries}]
    stored = json.dumps({"data": {"entries": entries}}).encode()
    inner = archive({"data/.storage/core.config_entries": stored}, "gz")
    path.write_bytes(archive({"./backup.json": b"{}", "./homeassistant.tar.gz": inner}, ""))
    return path


def archive(files: dict[str, bytes], compression: str) -> bytes:
    """Return a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compression}") as tar:  # type: ignore[call-overload] # the mode is put together
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(("keys", "status"), [(2, Status.PASSED), (1, Status.FAILED), (0, Status.FAILED)])
async def test_a_backup_holds_the_keys(key_file: Path, tmp_path: Path, keys: int, status: Status) -> None:
    """A backup contains as many keys as the bridge."""
    path = backup(tmp_path / "backup.tar", keys)
    async with running_whole_bridge() as bridge:
        assert (await items(bridge.url, key_file, backup=path))["backup"].status is status


async def test_a_backup_has_keys_that_home_assistant_had_not_saved(key_file: Path, tmp_path: Path) -> None:
    """Keys that Home Assistant had not saved are in Drawbridge's own document, which a restore uses."""
    document = json.dumps({"keys": {"one": {"data": {}, "title": "One"}, "two": {"data": {}, "title": "Two"}}}).encode()
    entries = json.dumps({"data": {"entries": [{"domain": "drawbridge", "subentries": []}]}}).encode()
    files = {"data/.storage/core.config_entries": entries, "data/.storage/drawbridge.keys": document}
    path = tmp_path / "backup.tar"
    path.write_bytes(archive({"./backup.json": b"{}", "./homeassistant.tar.gz": archive(files, "gz")}, ""))
    async with running_whole_bridge() as bridge:
        assert (await items(bridge.url, key_file, backup=path))["backup"].status is Status.PASSED


async def test_a_backup_that_cannot_be_read_needs_a_person(key_file: Path) -> None:
    """A backup that cannot be read, such as an encrypted one, needs a person."""
    async with running_whole_bridge() as bridge:
        assert (await items(bridge.url, key_file, backup=key_file))["backup"].status is Status.PERSON


async def test_load_is_measured(key_file: Path) -> None:
    """With --load, throughput, percentiles, recovery and memory are measured."""
    async with running_whole_bridge("unlimited", "no-limit") as bridge:
        without = await items(bridge.url, key_file)
        soaked = {"sources": Sources(soak_minutes=0.05)}
        found = await items(bridge.url, key_file, load=True, load_seconds=1.0, **soaked)
    assert not any(item.startswith("load-") for item in without)
    assert "requests/s" in found["load-peak"].evidence
    assert {found[item].status for item in ("load-expected", "load-peak", "load-recovery", "load-soak")} == {
        Status.PASSED
    }
    assert "of processor time for each of" in found["load-cpu"].evidence
    assert "MiB before" in found["load-memory"].evidence


@pytest.mark.parametrize("fault", ["limited", "refused"])
async def test_a_load_that_does_not_reach_the_bridge_does_not_pass(key_file: Path, fault: str) -> None:
    """The rate limit or the rights of its key kept it away, so it says nothing about the bridge."""
    async with running_whole_bridge() as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = only_a_load_is(429 if fault == "limited" else 403)
        found = await items(proxy.url, key_file, load=True, load_seconds=1.0, load_key="other")
    expected = Status.PERSON if fault == "limited" else Status.FAILED
    assert {found[item].status for item in ("load-expected", "load-peak")} == {expected}
    assert "key" in found["load-peak"].fix


def only_a_load_is(status: int) -> Fault:
    """Refuse nine of ten requests with the key of the load test, and accept the others."""
    numbers = count()

    async def before(_request: web.Request, headers: dict[str, str]) -> web.Response | None:
        if headers.get("Authorization") != "Bearer other":
            return None
        headers["Authorization"] = f"Bearer {KEY}"
        return web.Response(status=status) if next(numbers) % 10 else web.Response(text="[]")

    return Fault(before)


@pytest.mark.parametrize(
    ("durations", "status"),
    [
        ([0.1] * 100, Status.PASSED),
        ([0.1] * 96 + [3.0] * 4, Status.PASSED),
        ([0.1] * 90 + [2.5] * 10, Status.FAILED),
        ([0.1] * 98 + [6.0] * 2, Status.FAILED),
    ],
)
def test_the_slowest_requests_of_a_load_are_judged(durations: list[float], status: Status) -> None:
    """The mean hides them: 95 % must take less than 2 s, and 99 % less than 5 s."""
    measured = Measured(seconds=1.0, durations=durations, statuses=Counter({200: len(durations)}))
    assert judge(measured).status is status


@pytest.mark.parametrize(
    ("later", "errors", "memory", "status"),
    [
        (0.01, 0, (100, 104), Status.PASSED),
        (0.01, 0, (None, None), Status.PASSED),
        (0.1, 0, (100, 100), Status.FAILED),
        (0.01, 1, (100, 100), Status.FAILED),
        (0.01, 0, (100, 106), Status.FAILED),
    ],
)
def test_a_soak_is_judged_by_its_halves(
    later: float, errors: int, memory: tuple[int | None, int | None], status: Status
) -> None:
    """A soak test compares its halves: memory or response times that grow are a leak."""
    halves = [Measured(seconds=30.0, durations=[mean] * 100, statuses=Counter({200: 100})) for mean in (0.01, later)]
    halves[1].broken = errors
    assert judge_soak((halves[0], halves[1]), memory).status is status


def test_the_bridge_of_these_tests_has_the_base_path() -> None:
    """The bridge of these tests serves everything below the base path."""
    assert all(
        resource.canonical.startswith(BASE) for resource in WholeBridge(frozenset()).application().router.resources()
    )
