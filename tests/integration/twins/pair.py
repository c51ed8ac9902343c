"""The twins: what one is asked the other is asked too, and what they answer is compared."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from inspect import isawaitable
from typing import Any, Final, Protocol

from homeassistant.util import dt as dt_util

from custom_components.drawbridge.http.mount import ENDPOINTS
from custom_components.drawbridge.websocket.commands import COMMANDS
from tests.integration.recording import wait_written
from tests.integration.twins.homes import Home
from tests.integration.twins.inside import inside
from tests.integration.twins.lines import Flow, Line, until_even
from tests.integration.twins.outside import outside
from tests.integration.twins.requests import Ask, draw

STEP_SECONDS: Final = 0.05
"""More than the window of the change feed: changes of different steps never leave together."""
_WINDOW_SECONDS: Final = 0.5
"""More than the window of any subscription."""
_LONG_SECONDS: Final = (1, 7, 65)
_PAUSES: Final = 0.01
"""How often much time passes at once, as a share of the steps."""
_TURNS: Final = 3
_SETTLE_EVERY: Final = 20
_RECORDED: Final = ("history", "logbook", "statistic", "recorder")
_SORTED_BY_ID: Final = frozenset({"extract_from_target", "search/related"})
"""Results with lists that are sorted by IDs, some of which are made at random."""
_LINES: Final = ("room", "room", "shared")
_AROUND: Final = 150
"""Characters that a failure shows before the first difference."""
REFUSED: Final = frozenset(
    {
        "camera/stream", "camera/webrtc/candidate", "camera/webrtc/get_client_config", "camera/webrtc/offer",
        "GET /metrics", "GET /traces",
    }
)  # fmt: skip
"""What no key of the homes is granted: streams, which no key has, and metrics of the whole bridge."""
_CAMERA_STREAM: Final = "GET /api/camera_proxy_stream/{entity_id}"
"""Never ends, and sends what ``camera_proxy`` sends, which is asked."""
EVERY: Final = frozenset({*COMMANDS, *(f"{item.method} {item.path}" for item in ENDPOINTS)} - {_CAMERA_STREAM})
"""What can be asked."""
SUBSCRIBING: Final = frozenset(
    {
        "calendar/event/subscribe", "frontend/subscribe_system_data", "frontend/subscribe_user_data",
        "history/stream", "logbook/event_stream", "persistent_notification/subscribe", "render_template",
        "subscribe_condition", "subscribe_entities", "subscribe_events", "subscribe_trigger", "todo/item/subscribe",
        "weather/subscribe_forecast",
    }
)  # fmt: skip
"""Commands that deliver events."""
_STATES: Final = "GET /api/states"
_AGAIN: Final = 0.3
"""How often an endpoint with an ETag is asked again after changes elsewhere."""
_RENEW: Final = 0.002
"""How often a connection is closed and another is opened, as a share of the steps."""


class Clock(Protocol):
    """A clock that stands still until it is told to go on."""

    def tick(self, delta: float | timedelta) -> object:
        """Go on."""


@dataclass
class Twins:
    """Two homes with the same room."""

    homes: tuple[Home, Home]
    clock: Clock
    dice: random.Random
    lines: list[tuple[Line, Line]] = field(default_factory=list)
    flows: list[tuple[Flow, Flow]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    granted: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    """Events, by the command that subscribed."""
    events: int = 0
    steps: int = 0
    last: list[str] = field(default_factory=list)
    """What was done last, for the message of a failure."""
    _etags: tuple[dict[str, str], dict[str, str]] = field(default_factory=lambda: ({}, {}))
    _cursors: tuple[dict[str, str], dict[str, str]] = field(default_factory=lambda: ({}, {}))

    async def run(self, steps: int) -> None:
        """Take steps, and compare."""
        for key in _LINES:
            self.lines.append((await Line.open(self.homes[0], key), await Line.open(self.homes[1], key)))
        for key in dict.fromkeys(_LINES):
            await self._open_flow(key, (None, None))
        try:
            for _ in range(steps):
                await self.step()
            await self.settle()
        except Exception as err:
            err.add_note("\n".join(["What was done before:", *self.last]))
            raise
        for one, other in self.flows:
            await one.close()
            await other.close()
        for lines in self.lines:
            for line in lines:
                await line.socket.close()

    async def step(self) -> None:
        """Take one step."""
        self.steps += 1
        self.clock.tick(STEP_SECONDS)
        for _ in range(_TURNS):
            # What was due in between happens before the step.
            await asyncio.sleep(0)
        if self.dice.random() < _PAUSES:
            # Settled before too: a connection without a sign of life for so long is closed.
            await self.settle()
            self.clock.tick(self.dice.choice(_LONG_SECONDS))
            await self.settle()
        kind = self.dice.random()
        if kind < 0.22:
            await self._change("inside", [inside(self.dice)] * 2)
        elif kind < 0.5:
            await self._change("outside", [_several(home.dice.randrange(4)) for home in self.homes])
        elif kind < 1 - _RENEW:
            is_command, ask = draw(self.dice, sorted(self.ungranted()))
            await (self._command(ask) if is_command else self._request(ask))
        else:
            await self._renew()
        if self.steps % _SETTLE_EVERY == 0:
            await self.settle()

    async def settle(self) -> None:
        """Let everything happen that is due, and compare what was delivered."""
        await self._until_done()
        # Whatever waits for its window leaves now.
        self.clock.tick(_WINDOW_SECONDS)
        await self._until_done()
        for number, pair in enumerate(self.lines):
            found = [await line.drain() for line in pair]
            self.asked["supported_features"] += 1
            self.granted["supported_features"] += 1
            self.events += len(found[0])
            self.delivered.update(json.loads(pair[0].sent[item])["type"] for item, _ in found[0])
            shown = [
                [line.home.normal.text(text, line.sent.get(item, "")) for item, text in events]
                for line, events in zip(pair, found, strict=True)
            ]
            self._compare(f"the events of connection {number}", *shown)
        for one, other in self.flows:
            await until_even(one, other)
            texts = [flow.drain(home) for flow, home in zip((one, other), self.homes, strict=True)]
            self._compare("the stream", *[home.normal.text(text) for text, home in zip(texts, self.homes, strict=True)])

    async def _until_done(self) -> None:
        for home in self.homes:
            home.act()
            await home.hass.async_block_till_done()

    # --- Steps

    async def _change(self, name: str, changes: list[Callable[[Home], Any]]) -> None:
        self._note(f"{name} {[getattr(change, '__qualname__', change) for change in changes]}")
        for home, change in zip(self.homes, changes, strict=True):
            home.act()
            result = change(home)
            if isawaitable(result):
                await result

    async def _command(self, ask: Ask) -> None:
        number = self.dice.randrange(len(self.lines))
        if ask.name == "supported_features":
            return
        await self._recorded(ask.name)
        self.asked[ask.name] += 1
        if ask.message.get("subscription") == "@subscription":
            ask.message["subscription"] = self.dice.choice(self.lines[number][0].subscriptions()[-8:] or [1])
        self._note(f"{ask.name} {ask.message} on {number}")
        answers = []
        for line in self.lines[number]:
            message = self._resolved(line.home, ask.message, None)
            text = line.home.normal.text(await line.ask(ask.name, message), line.sent.get(line.number, ""))
            answers.append(_sorted(text) if ask.name in _SORTED_BY_ID else text)
        # A subscription to the past goes live once the recorder has committed, which takes as long as it takes.
        await self._recorded(ask.name)
        self._compare(f"{ask.name} {ask.message}", *answers)
        assert not answers[0].startswith("closed"), f"step {self.steps}: {ask.name} {ask.message}: {answers[0]}"
        self.granted[ask.name] += '"success":true' in answers[0] or '"pong"' in answers[0]

    async def _request(self, ask: Ask) -> None:
        key = self.dice.choice(_LINES)
        await self._ask(ask, key)
        if f"{key} {ask.path}" in self._etags[0] and self.dice.random() < _AGAIN:
            await self._ask_again(ask, key)

    async def _ask_again(self, ask: Ask, key: str) -> None:
        """Ask again after changes elsewhere: whether the answer is another does not depend on them."""
        if ask.name == _STATES:
            ask = replace(ask, query={})
            await self._ask(ask, key)
        await self._change("outside", [_several(home.dice.randrange(3)) for home in self.homes])
        since = {"since": "@cursor"} if ask.name == _STATES and self.dice.random() < 0.5 else ask.query
        await self._ask(replace(ask, query=since, headers={"If-None-Match": ""}), key)

    async def _ask(self, ask: Ask, key: str) -> None:
        await self._recorded(ask.name)
        self.asked[ask.name] += 1
        self._note(f"{ask} with the key '{key}'")
        answers = [await self._answer(home, ask, key) for home in self.homes]
        self._compare(f"{ask}", *answers)
        self.granted[ask.name] += answers[0].startswith(("200", "201", "304"))

    async def _answer(self, home: Home, ask: Ask, key: str) -> str:
        home.act()
        place = self.homes.index(home)
        etags, cursors = self._etags[place], self._cursors[place]
        resolved = [self._resolved(home, item, cursors.get(key)) for item in (ask.path, ask.query, ask.message)]
        path, query, message = resolved
        headers = {"X-Request-ID": f"step{self.steps}"}
        if "If-None-Match" in ask.headers:
            headers["If-None-Match"] = etags.get(f"{key} {ask.path}", '"none"')
        body = {"json": message} if message is not None else {}
        method = ask.name.partition(" ")[0]
        answer = await home.bridge.request(method, path, home.secrets[key], params=query, headers=headers, **body)
        content = await answer.read()
        shown = {name.lower(): text for name, text in answer.headers.items()}
        for name, known, kept in (("etag", etags, f"{key} {ask.path}"), ("drawbridge-cursor", cursors, key)):
            if (found := shown.get(name)) is not None:
                known[kept] = found
                shown[name] = home.normal.label(found)
        if "content-encoding" in shown:
            # Random ids compress as they happen to.
            shown.pop("content-length", None)
        text = f"{answer.status} {shown}\n{content.decode('latin-1')}"
        return home.normal.text(text, f"{path} {query} {message}")

    async def _renew(self) -> None:
        """Close a connection and open another, in the place of the first."""
        number = self.dice.randrange(len(self.lines) + len(self.flows))
        self._note(f"renew {number}")
        await self.settle()
        if number < len(self.lines):
            for line in self.lines[number]:
                await line.socket.close()
            key = _LINES[number]
            self.lines[number] = (await Line.open(self.homes[0], key), await Line.open(self.homes[1], key))
            return
        one, other = self.flows.pop(number - len(self.lines))
        await one.close()
        await other.close()
        await self._open_flow(self.dice.choice(_LINES), (one.last_id, other.last_id))

    async def _open_flow(self, key: str, last_ids: tuple[str | None, str | None]) -> None:
        one, other = [await Flow.open(home, key, item) for home, item in zip(self.homes, last_ids, strict=True)]
        self._compare("the stream", one.response.status, other.response.status)
        self.asked["GET /api/stream"] += 1
        self.granted["GET /api/stream"] += one.response.status == HTTPStatus.OK
        self.flows.append((one, other))

    async def _recorded(self, name: str) -> None:
        """Have everything in the database before it is asked for."""
        if any(word in name for word in _RECORDED):
            await self._until_done()
            for home in self.homes:
                await wait_written(home.hass)

    def _resolved(self, home: Home, item: Any, cursor: str | None) -> Any:
        """Return a part of a request with its names put as this home has them."""
        if isinstance(item, dict):
            return {name: self._resolved(home, inner, cursor) for name, inner in item.items()}
        if isinstance(item, list):
            return [self._resolved(home, inner, cursor) for inner in item]
        return self._named(home, item, cursor) if isinstance(item, str) and "@" in item else item

    def _named(self, home: Home, item: str, cursor: str | None) -> str:
        if item == "@cursor":
            return cursor or "none"
        if item == "@hidden":
            return home.dice.choice([home.refs["@hub"], f"{home.dice.getrandbits(128):032x}"])
        head, found, seconds = item.partition("@now")
        if found:
            return f"{head}{(dt_util.utcnow() + timedelta(seconds=int(seconds))).isoformat()}"
        return home.refs.get(item, item)

    def _note(self, text: str) -> None:
        self.last = [*self.last[-6:], f"{self.steps}: {text}"]

    def _compare(self, what: str, one: Any, other: Any) -> None:
        if one != other:
            pairs = enumerate(zip(str(one), str(other), strict=False))
            start = max(0, next((place for place, (left, right) in pairs if left != right), 0) - _AROUND)
            texts = "\n".join(f"{str(item)[start : start + 4 * _AROUND]!r}" for item in (one, other))
            raise AssertionError(f"step {self.steps}: {what}\n{texts}")

    def unasked(self) -> set[str]:
        """Return the endpoints and commands that were never asked."""
        return set(EVERY - self.asked.keys())

    def ungranted(self) -> set[str]:
        """Return the endpoints and commands that were always refused, of those that a key of the homes can use."""
        return {name for name in EVERY - REFUSED if not self.granted[name]}

    def wrongly_excepted(self) -> set[str]:
        """Return the endpoints and commands that were granted, although no key of the homes should be."""
        return {name for name in REFUSED if self.granted[name]}

    def undelivered(self) -> set[str]:
        """Return the commands that subscribe, and never had an event."""
        return set(SUBSCRIBING - self.delivered.keys())


def _sorted(text: str) -> str:
    """Return a result with its lists sorted anew."""
    content = json.loads(text)
    if content.get("success"):
        content["result"] = {name: sorted(items) for name, items in content["result"].items()}
    return json.dumps(content, separators=(",", ":"))


def _several(number: int) -> Callable[[Home], Any]:
    async def change(home: Home) -> None:
        for _ in range(number):
            result = outside(home)
            if isawaitable(result):
                await result

    return change
