"""Findings for repair issues, and the lessons and proposals of learn mode, without Home Assistant."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.drawbridge.issues.findings import KeyFacts, LowScore, about_key, about_options
from custom_components.drawbridge.keys import ApiKey, Capability
from custom_components.drawbridge.learning.lessons import Asked, Lesson, Lessons, Proposal, propose
from custom_components.drawbridge.limits.networks import parse_address
from custom_components.drawbridge.options import Options
from custom_components.drawbridge.scope.model import Scope
from custom_components.drawbridge.telemetry.insecure_use import InsecureUse

NOW = 1_800_000_000.0
DAY = 86_400
KEY = ApiKey("id", "Display", (), scope=Scope(everything=True), created=NOW - DAY)
FACTS = KeyFacts(last_used=None, plain_address=None, sees_any=True)


def kinds(key: ApiKey, facts: KeyFacts = FACTS) -> list[str]:
    """Return the findings about a key."""
    return [item.kind for item in about_key(key, facts, NOW)]


@pytest.mark.parametrize(
    ("change", "facts", "expected"),
    [
        ({}, {}, []),
        ({"expires": NOW}, {}, ["key_expired"]),
        ({"expires": NOW + 7 * DAY}, {}, ["key_expires_soon"]),
        ({"expires": NOW + 7 * DAY + 1}, {}, []),
        ({"created": NOW - 90 * DAY}, {}, []),
        ({"created": NOW - 90 * DAY - 1}, {}, ["key_unused"]),
        ({"created": 0.0}, {"last_used": NOW - DAY}, []),
        ({}, {"plain_address": "203.0.113.7"}, ["plain_http"]),
        ({"local_only": True}, {"plain_address": "203.0.113.7"}, []),
        ({}, {"sees_any": False}, ["scope_matches_nothing"]),
        ({"scope": Scope()}, {"sees_any": False}, []),
        ({"enabled": False, "expires": 0.0, "created": 0.0}, {"sees_any": False}, []),
    ],
)
def test_keys(change: dict[str, Any], facts: dict[str, Any], expected: list[str]) -> None:
    """Each problem is one finding. A disabled key has none."""
    assert kinds(replace(KEY, **change), replace(FACTS, **facts)) == expected


def test_options() -> None:
    """Options that weaken security are findings."""
    assert list(about_options(Options())) == []
    weak = Options(per_minute=0, cors_origins=frozenset({"*"}))
    assert [item.id for item in about_options(weak)] == ["any_origin", "no_rate_limit"]


def test_a_low_score_has_to_last() -> None:
    """A short dip of the score is no finding, and one good value restarts the time."""
    low = LowScore(threshold=80.0, patience=1800.0)
    assert not low.lasts(79.9, 0.0)
    assert not low.lasts(20.0, 1799.0)
    assert low.lasts(20.0, 1800.0)
    assert not low.lasts(80.0, 1801.0)
    assert not low.lasts(20.0, 1802.0)


def test_what_is_learnt_is_bounded() -> None:
    """A lesson has a maximum size, regardless of the requests."""
    lesson = Lesson(NOW)
    for number in range(1000):
        lesson.add(
            Asked(
                entities=frozenset({f"light.x{number}"}),
                services=frozenset({f"light.s{number}"}),
                event=f"event_{number}",
            )
        )
    assert (len(lesson.entities), len(lesson.services), len(lesson.events)) == (500, 200, 50)
    assert lesson.requests == 1000


def test_a_proposal() -> None:
    """A proposal contains existing, requested items, and nothing that needs a decision."""
    lesson = Lesson(NOW)
    read, control = frozenset({Capability.READ}), frozenset({Capability.CONTROL})
    lesson.add(Asked(capabilities=read, entities=frozenset({"light.a", "light.gone"})))
    lesson.add(Asked(capabilities=control, services=frozenset({"light.turn_on"})))
    lesson.add(Asked(capabilities=control, refused_services=frozenset({"switch.turn_on"})))
    lesson.add(Asked(capabilities=control, refused_services=frozenset({"homeassistant.restart"})))
    key = replace(KEY, capabilities=read | control)

    def proposed() -> Proposal:
        return propose(
            lesson,
            key,
            in_scope=lambda item: item != "light.gone",
            allows_service=lambda item: item == "light.turn_on",
            opens=lambda _: False,
        )

    proposal = proposed()
    assert proposal.capabilities == read | control
    assert proposal.entities == {"light.a"}
    assert proposal.services == {"light.turn_on"}
    assert proposal.refused == {"light.gone", "switch.turn_on"}
    assert proposal.doubtful == {"homeassistant.restart"}
    assert not proposal.keep_scope
    lesson.add(Asked(everything=True))
    assert proposed().keep_scope


_ENTITIES = st.frozensets(st.sampled_from(["light.a", "light.b", "lock.c"]))
_SERVICES = st.frozensets(st.sampled_from(["light.turn_on", "lock.unlock", "homeassistant.restart"]))
_EVENTS = st.frozensets(st.sampled_from(["bell", "tick", "drawbridge_audit"]))
_CAPABILITIES = st.frozensets(st.sampled_from(list(Capability)))
SERVICES = ("light.turn_on", "lock.unlock", "homeassistant.restart", "calendar.update_event")
_ASKED = st.builds(
    Asked,
    capabilities=_CAPABILITIES,
    entities=_ENTITIES,
    services=st.frozensets(st.sampled_from(SERVICES)),
    refused_services=st.frozensets(st.sampled_from(SERVICES)),
    event=st.sampled_from([None, "bell", "tick", "drawbridge_audit"]),
    everything=st.booleans(),
)


@given(st.lists(_ASKED), _CAPABILITIES, _ENTITIES, _SERVICES, _EVENTS)
def test_a_proposal_only_narrows(
    asked: list[Asked],
    capabilities: frozenset[Capability],
    seen: frozenset[str],
    services: frozenset[str],
    events: frozenset[str],
) -> None:
    """A proposal never exceeds the key's permissions, and lists what the client was refused."""
    lesson = Lesson(NOW)
    for item in asked:
        lesson.add(item)
    key = replace(KEY, capabilities=capabilities, services=services, events=events)
    proposal = propose(
        lesson, key, in_scope=seen.__contains__, allows_service=services.__contains__, opens=lambda _: False
    )
    assert proposal.capabilities <= capabilities
    assert proposal.entities <= seen
    assert proposal.services <= services
    assert proposal.events <= events - {"drawbridge_audit"}
    assert proposal.services or Capability.CONTROL not in proposal.capabilities
    assert proposal.events or Capability.FIRE_EVENT not in proposal.capabilities
    assert not proposal.services & proposal.doubtful
    assert "homeassistant.restart" not in proposal.services
    chosen = proposal.capabilities | proposal.entities | proposal.services | proposal.events
    assert not chosen & proposal.refused


def test_lessons_are_stored_and_forgotten() -> None:
    """Lessons are loaded as they were stored, and dropped when the key leaves learn mode."""
    lessons, again = Lessons(), Lessons()
    lessons.learn("a", Asked(entities=frozenset({"light.a"}), event="tick"))
    lessons.learn("b", Asked(everything=True))
    again.load(lessons.as_dict())
    assert again.as_dict() == lessons.as_dict()
    again.keys_changed({}, {item: ApiKey(item, item, (), learning=item != "a") for item in ("a", "b")})
    assert again.get("a") is None
    assert again.get("b") == lessons.get("b")


@pytest.mark.parametrize(
    ("address", "headers", "secure", "plain", "proxy"),
    [
        ("203.0.113.7", (), False, True, False),
        ("203.0.113.7", (), True, False, False),
        ("192.168.1.7", (), False, False, False),
        ("192.168.1.7", ("X-Real-IP",), False, False, True),
        ("192.168.1.7", ("X-Real-IP", "X-Forwarded-For"), False, False, False),
    ],
)
def test_insecure_use(address: str, headers: tuple[str, ...], *, secure: bool, plain: bool, proxy: bool) -> None:
    """Plain HTTP from outside, and a proxy that does not forward the addresses of its clients."""
    seen = InsecureUse()
    for _ in range(2):
        seen.inspect("a", parse_address(address), address, headers, secure=secure)
    assert ("a" in seen.plain) is plain
    assert (seen.hiding_proxy == address) is proxy
    seen.keys_changed({}, {})
    assert not seen.plain


def test_insecure_uses_are_bounded() -> None:
    """The number of remembered uses is limited."""
    seen = InsecureUse()
    for number in range(5000):
        address = f"203.0.{number // 250}.{number % 250}"
        seen.inspect("a", parse_address(address), address, (), secure=False)
    assert len(seen.plain) == 1
    assert seen.remembered <= 1024
