"""A browser on a tablet that opens the pages of a key, and records all data that it receives."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.async_api import BrowserContext, Error, Page, Response, WebSocket, async_playwright, expect

from sandbox.browser import ARGUMENTS, DESKTOP, Scheme
from sandbox.client import Client
from sandbox.process import SandboxError

_IN_THE_FRONTEND: Final = frozenset({"zone.home"})
"""Ids that the code of the frontend itself names."""
_TIMEOUT_MS: Final = 45_000
_DATA: Final = ("application/json", "application/problem+json", "text/html", "text/plain")

_DOCUMENT: Final = """() => {
  const texts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
    if (["STYLE", "SCRIPT"].includes(node.nodeName)) return;
    for (const item of node.attributes ?? []) texts.push(item.value);
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(document);
  return texts.join("\\n");
}"""
_STORES: Final = """async () => {
  const found = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of db.objectStoreNames) {
      const all = await new Promise((resolve, reject) => {
        const reading = db.transaction(store).objectStore(store).getAll();
        reading.onsuccess = () => resolve(reading.result);
        reading.onerror = () => reject(reading.error);
      });
      found.push(JSON.stringify(all));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push(request.url);
      if (!/\\/(frontend_latest|static)\\//.test(request.url)) found.push(await (await cache.match(request)).text());
    }
  }
  return found.join("\\n");
}"""


@dataclass
class Tablet:
    """A page of a browser, and the data that it received, by source."""

    page: Page
    context: BrowserContext
    url: str
    received: list[tuple[str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Uncaught errors of the pages, and violations of the content security policy."""

    def watch(self) -> None:
        """Record everything from now on."""
        self.page.on("websocket", self._opened)
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._answered)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.received.append(("frame", str(data))))
        socket.on("framesent", lambda data: self.sent.append(str(data)))

    def _said(self, kind: str, text: str) -> None:
        self.received.append(("console", text))
        if "Content Security Policy" in text:
            self.errors.append(f"{kind}: {text}")

    async def _answered(self, response: Response) -> None:
        self.received.append(("headers", json.dumps(response.headers)))
        if response.headers.get("content-type", "").partition(";")[0] in _DATA and response.status < 300:
            # A page that was left does not have its responses any more.
            with suppress(Error):
                self.received.append(("response", await response.text()))

    async def visit(self, path: str, awaited: str) -> None:
        """Open a page, and wait until it shows a text."""
        await self.page.goto(self.url + path)
        await self.sees(awaited)

    async def sees(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page shows a text."""
        await expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible(timeout=_TIMEOUT_MS)

    async def sees_sign_in(self) -> None:
        """Wait until the page asks for a key, and its script runs: a form that is sent before is blocked."""
        await expect(self.page.get_by_role("button", name="Sign in")).to_be_visible(timeout=_TIMEOUT_MS)
        await self.page.wait_for_load_state("load")

    async def look(self, where: str) -> None:
        """Record the current content of the page and of the browser's storage."""
        self.received.append((f"document of {where}", await self.page.evaluate(_DOCUMENT)))
        self.received.append((f"stores at {where}", await self.page.evaluate(_STORES)))

    async def memory(self) -> str:
        """Return a snapshot of the memory of the page."""
        session = await self.context.new_cdp_session(self.page)
        parts: list[str] = []
        session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: parts.append(event["chunk"]))
        await session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
        return "".join(parts)

    async def state(self, entity_id: str) -> str | None:
        """Return the state of an entity in the page."""
        found: str | None = await self.page.evaluate(
            "(id) => document.querySelector('home-assistant')?.hass?.states?.[id]?.state ?? null", entity_id
        )
        return found

    async def until_state(self, entity_id: str, state: str) -> None:
        """Wait until the page knows that an entity has a state."""
        await self.page.wait_for_function(
            "([id, state]) => document.querySelector('home-assistant')?.hass?.states?.[id]?.state === state",
            arg=[entity_id, state],
            timeout=_TIMEOUT_MS,
        )


@asynccontextmanager
async def tablet(
    url: str, *, size: tuple[int, int] = DESKTOP, scheme: Scheme = "light", arguments: Sequence[str] = ()
) -> AsyncIterator[Tablet]:
    """Open a browser in which nobody is signed in."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SandboxError("chromium is missing. Run scripts/setup.")
    async with async_playwright() as playwright:
        program = await playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *arguments])
        context = await program.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="en-GB"
        )
        context.set_default_timeout(_TIMEOUT_MS)
        try:
            found = Tablet(await context.new_page(), context, url)
            found.watch()
            yield found
        finally:
            await program.close()


def trusting(certificate: bytes) -> str:
    """Return the argument of a browser that trusts a certificate in PEM."""
    public = x509.load_pem_x509_certificate(certificate).public_key()
    info = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(info).digest()).decode()}"


async def mark_hidden(client: Client, seen: Iterable[str], marker: str) -> list[str]:
    """Mark the names of everything that a key does not see, and return the texts to search for."""
    shown = set(seen)
    entries = await client.command("config/entity_registry/list")
    hidden = [item for item in entries if item["entity_id"] not in shown]
    for number, item in enumerate(hidden):
        await client.command(
            "config/entity_registry/update", entity_id=item["entity_id"], name=f"{marker} entity {number}"
        )
    areas = {item["area_id"] for item in entries if item["entity_id"] in shown} | {"living_room"}
    devices = {item["device_id"] for item in entries if item["entity_id"] in shown}
    for area in await client.command("config/area_registry/list"):
        if area["area_id"] not in areas:
            await client.command(
                "config/area_registry/update", area_id=area["area_id"], name=f"{marker} {area['name']}"
            )
    for device in await client.command("config/device_registry/list"):
        if device["id"] not in devices:
            await client.command(
                "config/device_registry/update", device_id=device["id"], name_by_user=f"{marker} device"
            )
    await client.post(f"/api/states/sensor.{marker}_made", {"state": f"{marker} state"})
    states = [item["entity_id"] for item in await client.get("/api/states") if item["entity_id"] not in shown]
    ids = {item for item in states if not any(other.startswith(item) for other in shown)}
    return [marker, *sorted(ids - _IN_THE_FRONTEND)]


def found(hidden: Iterable[str], received: Iterable[tuple[str, str]]) -> list[Any]:
    """Return the sources in which hidden data was found."""
    texts = list(received)
    return [
        (where, name, text[max(0, hit.start() - 80) : hit.end() + 40])
        for name in hidden
        for where, text in texts
        # A regular expression alone would take minutes for a snapshot of the memory.
        if name in text and (hit := re.search(rf"(?<![\w.]){re.escape(name)}", text)) is not None
    ]
