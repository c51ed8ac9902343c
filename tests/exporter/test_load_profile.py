"""The load profile: requests at fixed rates, measured from the time at which each is due."""

from pathlib import Path

import aiohttp
import pytest

from drawbridge_exporter.config.values import parse_bridge_url
from drawbridge_exporter.preflight.context import Context, Plan
from drawbridge_exporter.preflight.load import judge
from drawbridge_exporter.preflight.model import Status
from drawbridge_exporter.preflight.profile import LoadProfile, Writes, read_profile
from drawbridge_exporter.preflight.profile_load import ProfileLoad

from .documents import KEY
from .fault_proxy import running_proxy, slow
from .test_preflight import items
from .whole_bridge import running_whole_bridge

PROFILE = LoadProfile(seconds=1.0, states=20, deltas=10, entities=10, subscriptions=2)


def test_a_profile_is_read(tmp_path: Path) -> None:
    """A profile is read. Missing rates are 0."""
    path = tmp_path / "profile.yml"
    path.write_text(
        "seconds: 5\nstates: 20\nsubscriptions: 3\n"
        "writes: {per_second: 2, service: input_boolean.toggle, entity_id: input_boolean.x}\n"
    )
    writes = Writes(2, "input_boolean.toggle", "input_boolean.x")
    assert read_profile(str(path)) == LoadProfile(5.0, states=20, subscriptions=3, writes=writes)
    assert read_profile(str(path)).per_second == 22


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("states: many", "is not a whole number"),
        ("reads: 5", "is unknown"),
        ("seconds: 5", "has no requests"),
        ("writes: {per_second: 1}", "has no service"),
        ("states: 5000", "out of range"),
    ],
)
def test_a_wrong_profile_is_told(tmp_path: Path, text: str, said: str) -> None:
    """Errors in a profile name the line."""
    path = tmp_path / "profile.yml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"profile\.yml:1: ") as caught:
        read_profile(str(path))
    assert said in str(caught.value)


async def load(key_file: Path, url: str, profile: LoadProfile) -> tuple[Status, str]:
    """Return the verdict of the load and its evidence."""
    plan = Plan(parse_bridge_url(url), KEY, key_file)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        verdict = judge(await ProfileLoad(Context(plan, session), profile).run())
    return verdict.status, verdict.evidence


async def test_the_expected_load_is_that_of_the_profile(key_file: Path) -> None:
    """The expected load is that of the profile instead of four connections."""
    async with running_whole_bridge("unlimited", "no-limit") as bridge:
        found = await items(bridge.url, key_file, load=True, load_seconds=1.0, load_profile=PROFILE)
    assert found["load-expected"].status is Status.PASSED
    assert found["load-expected"].evidence.startswith("40 requests/s")


async def test_the_rates_are_kept(key_file: Path) -> None:
    """The rates are kept: 40 requests in a second, and two subscriptions."""
    async with running_whole_bridge("unlimited", "no-limit") as bridge:
        status, evidence = await load(key_file, bridge.url, PROFILE)
    assert status is Status.PASSED, evidence
    assert evidence.startswith("40 requests/s")


async def test_a_bridge_that_stalls_does_not_look_fast(key_file: Path) -> None:
    """Requests are sent on time, so that the slow ones among them show in the percentiles."""
    async with running_whole_bridge("unlimited", "no-limit") as bridge, running_proxy(bridge.url) as proxy:
        proxy.fault = slow(2.1, "/api/states")
        status, evidence = await load(key_file, proxy.url, PROFILE)
    assert status is Status.FAILED
    assert evidence.startswith("40 requests/s")


async def test_writes_that_are_refused_are_errors(key_file: Path) -> None:
    """Refused writes count as errors."""
    profile = LoadProfile(seconds=1.0, states=10, writes=Writes(10, "light.toggle", "light.hall"))
    async with running_whole_bridge("unlimited", "no-limit") as bridge:
        status, evidence = await load(key_file, bridge.url, profile)
    assert status is Status.FAILED
    assert "10 errors" in evidence


async def test_a_subscription_that_is_cut_is_an_error(key_file: Path) -> None:
    """A subscription that ends before the load is an error."""
    profile = LoadProfile(seconds=1.0, states=10, subscriptions=4)
    async with running_whole_bridge("unlimited", "no-limit", "ws-drops") as bridge:
        status, evidence = await load(key_file, bridge.url, profile)
    assert status is Status.FAILED
    assert "4 errors" in evidence
