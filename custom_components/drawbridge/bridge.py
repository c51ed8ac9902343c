"""The composition root: creates the parts of a bridge, and connects them to the config entry."""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from homeassistant.components.http.ban import process_wrong_login
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, __version__ as home_assistant_version
from homeassistant.core import Event, HomeAssistant, callback

from .admission import GUESSES, Admission
from .approvals.approvals import Approvals
from .approvals.model import Pending
from .approvals.notices import ApprovalNotices
from .audit.sinks import AuditEvents, AuditFileSwitch
from .audit.trail import AuditTrail
from .audit.used_networks import UsedNetworks
from .authority import Authority
from .cache.caches import Caches
from .connections import Connections
from .coordinator import BridgeCoordinator, Reading, refusals
from .keys import ApiKey, KeyRing
from .keys.document import Content
from .keys.keeper import KeyKeeper
from .keys.key_input import with_approved
from .keys.stored_keys import StoredKeys
from .learning.lessons import Lessons
from .limits.limiters import Limiters
from .masking import mask
from .operations.caller import Resources
from .operations.event_hub import EventHub
from .operations.preferences import Preferences
from .options import Options
from .policy_tests.guard import PolicyGuard
from .policy_tests.watch import PolicyWatch
from .refusal import RefusedError
from .scope.model import Scope
from .scope.resolver import EntityDirectory
from .sessions import Sessions
from .states.changes import ChangeLog
from .states.conflation import Conflation
from .states.cursor import Cursors
from .states.feed import ChangeFeed
from .states.snapshot import Snapshots
from .telemetry.health import Health
from .telemetry.insecure_use import InsecureUse
from .telemetry.listener import ListenerStatus
from .telemetry.loop_lag import LoopLag
from .telemetry.process import ProcessMonitor
from .telemetry.recorder import Recorder
from .telemetry.snapshot import BridgeStatus, snapshot
from .telemetry.tracing import Tracer, configured
from .usage import KeyUsage

type DrawbridgeConfigEntry = ConfigEntry[Bridge]


class Bridge:
    """The parts of a bridge. They exist as long as the config entry is loaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: DrawbridgeConfigEntry,
        version: str,
        describe_commands: Callable[[str, str], bytes],
    ) -> None:
        """Create a bridge.

        Args:
            hass: Home Assistant.
            entry: The config entry.
            version: The version of the integration.
            describe_commands: Returns the document of the live commands, for a version and a base path.

        """
        self.hass = hass
        self.version = version
        self.describe_commands = describe_commands
        self._entry = entry
        self.options = Options.from_mapping(entry.options)
        self.keys = KeyRing()
        self.stored_keys = StoredKeys(entry, self.keys)
        self.directory = EntityDirectory(hass)
        self.policy = PolicyGuard(hass, self.directory)
        self.policy_watch = PolicyWatch(hass, self.directory, self.keys, self.stored_keys.get)
        self.keeper = KeyKeeper(hass, entry, self.policy.check)
        self.limits = Limiters()
        self.listener = ListenerStatus()
        self.recorder = Recorder()
        self.tracer: Tracer | None = None
        """Records spans, if tracing is on."""
        self.process = ProcessMonitor(hass.async_add_executor_job)
        self.audit = AuditTrail()
        self.audit_file = AuditFileSwitch(hass, self.audit)
        self.lessons = Lessons()
        self.preferences = Preferences()
        self.networks = UsedNetworks(self.audit)
        self.usage = KeyUsage(hass, self.recorder.counters, self.lessons, self.preferences, self.networks)
        self.caches = Caches(hass, self.directory, self.recorder)
        self.states = self.caches.states
        self.feed = ChangeFeed(hass, self.directory, self.states.json, self.recorder.live.delivered)
        self.snapshots = Snapshots(hass, self.feed)
        self.events = EventHub(hass, self.feed.flush)
        self.sessions = Sessions(self.keys, Path(hass.config.config_dir))
        self.connections = Connections(self.keys, self.sessions)
        self.insecure_use = InsecureUse()
        self.authority = Authority(hass)
        self.approvals = Approvals(self._allow_always)
        self.admission = self._create_admission()
        self.resources = self._create_resources()
        self.coordinator = BridgeCoordinator(hass, entry, self._read)
        self._follow_keys()

    def _create_admission(self) -> Admission:
        return Admission(
            hass=self.hass,
            keys=self.keys,
            sessions=self.sessions,
            lockouts=self.limits.lockouts,
            rate_limiter=self.limits.rate,
            counters=self.recorder.counters,
            options=lambda: self.options,
        )

    def _create_resources(self) -> Resources:
        return Resources(
            hass=self.hass,
            keys=self.keys,
            directory=self.directory,
            state_json=self.states.json,
            changes=ChangeLog(self.states.index),
            cursors=Cursors(),
            users=self.usage,
            created_states=self.limits.created_states,
            unfinished=self.limits.unfinished,
            preferences=self.preferences,
            approvals=self.approvals,
            options=lambda: self.options,
        )

    def _follow_keys(self) -> None:
        """Subscribe all parts that store something for each key."""
        for part in (
            self.directory,
            self.caches,
            self.limits.rate,
            self.limits.created_states,
            self.recorder.counters,
            self.insecure_use,
            self.networks,
            self.lessons,
            self.preferences,
            self.sessions,
            self.approvals,
            self.policy_watch,
            # Connections are last, because they use the other parts.
            self.connections,
        ):
            self.keys.subscribe(part.keys_changed)

    async def start(self) -> None:
        """Load the keys and follow Home Assistant until the config entry is unloaded."""
        await self.keeper.load()
        await self.usage.load()
        await self.sessions.load()
        loop_lag = LoopLag(self.hass.loop, self.recorder.window.lag)
        loop_lag.start()
        self.process.pauses.start()
        # The directory is first, so that the cache does not use outdated verdicts.
        for stop in (
            self.directory.start(),
            self.caches.start(),
            self.feed.start(),
            self.snapshots.clear,
            self.events.close,
            self.approvals.close,
            self.connections.close_all,
            self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._home_assistant_stops),
            loop_lag.stop,
            self.process.pauses.stop,
            self.audit.listen(AuditEvents(self.hass, self.entry_id).fire),
            self.authority.start(),
            ApprovalNotices(self.hass, self.approvals, self.authority.administrator).start(),
            self.usage.start(),
            self.policy_watch.start(),
            self.stored_keys.stop,
        ):
            self._entry.async_on_unload(stop)
        self._entry.async_on_unload(self.audit_file.close)
        await self.apply()

    @callback
    def _home_assistant_stops(self, _event: Event[Any]) -> None:
        """Close the connections. Home Assistant would wait for them."""
        self.connections.close_all()

    async def apply(self) -> None:
        """Apply the options and keys of the config entry, effective from the next request.

        State of deleted keys is dropped. State of other keys is kept.
        """
        self.keeper.observe()
        self.options = Options.from_mapping(self._entry.options)
        self.caches.configure(self.options)
        self.tracer = configured(self.tracer, self.options)
        self.stored_keys.load()
        await self.usage.reconcile({key.id: key for key in self.keys})
        await self.audit_file.apply(self.options)
        await self.sessions.save_if_changed()
        self.coordinator.refresh()

    @property
    def entry_id(self) -> str:
        """The ID of the config entry."""
        return self._entry.entry_id

    async def change_key(self, key_id: str, change: Callable[[ApiKey], ApiKey]) -> None:
        """Change a key. The change is saved when this returns, and takes effect on the next request.

        ``change`` is called with the stored key. Raises ``KeyNotSavedError``, ``KeyGoneError`` or ``BrokenTestsError``
        if the change was not made.
        """
        await self.keeper.change({key_id: change})

    async def _allow_always(self, pending: Pending) -> None:
        await self.change_key(pending.key_id, lambda key: with_approved(key, pending.items))

    async def remove_key(self, key_id: str) -> Content | None:
        """Remove a key and its state, and return what was stored. Raises ``KeyNotSavedError`` if it was not removed."""
        return await self.keeper.remove(key_id)

    @property
    def damaged_options(self) -> tuple[str, ...]:
        """The stored options that are invalid, so that their defaults apply."""
        return Options.damaged(self._entry.options)

    def change_options(self, options: Options) -> None:
        """Save options. They take effect on the next request."""
        self.hass.config_entries.async_update_entry(self._entry, options=options.as_dict())

    def new_conflation(self) -> Conflation:
        """Return an empty collection of changes, for a client that is behind."""
        return Conflation(self.hass)

    def start_task(self, work: Coroutine[Any, Any, None], name: str, *, background: bool = False) -> asyncio.Task[None]:
        """Start a task. Home Assistant does not wait for background tasks."""
        create = self.hass.async_create_background_task if background else self.hass.async_create_task
        return create(work, name, eager_start=True)

    def entities_in(self, scope: Scope) -> int:
        """Return the number of entities in a scope. Checks every entity, so do not call it for each request."""
        allows = self.directory.live(scope).allows
        return sum(allows(item) for item in self.hass.states.async_entity_ids())

    def sees_any(self, scope: Scope) -> bool:
        """Tell whether any entity is in a scope."""
        return any(map(self.directory.live(scope).allows, self.hass.states.async_entity_ids()))

    def _read(self) -> Reading:
        return Reading(
            health=self.health(),
            totals=self.recorder.totals(),
            refusals=refusals(self.recorder.counters),
            lockouts=self.limits.lockouts.active(time.monotonic()),
            clients=sum(self.recorder.live.clients.values()),
            events=self.recorder.live.events,
            conflated=self.recorder.live.conflated,
        )

    def origins(self, key: ApiKey | None) -> Collection[str]:
        """Return the allowed origins of a key.

        Without a key, as in a preflight request, returns the origins of all keys. An origin that is not allowed for
        the key is then refused with the request itself.
        """
        return self.options.cors_origins | (self.stored_keys.origins if key is None else key.cors_origins)

    def report_guess(self, request: web.Request, refused: RefusedError) -> None:
        """Report an invalid key to Home Assistant's ban list, if the option is enabled."""
        if self.options.report_to_ban_list and refused.refusal in GUESSES:
            self._entry.async_create_background_task(
                self.hass, process_wrong_login(_without_secrets(request)), "drawbridge wrong login"
            )

    def health(self) -> Health:
        """Return the health score of the last five minutes."""
        return self.recorder.health(running=self.hass.is_running)

    def snapshot(self) -> dict[str, Any]:
        """Return the bridge's own metrics as one JSON document."""
        about = BridgeStatus(
            version=self.version,
            home_assistant_version=home_assistant_version,
            running=self.hass.is_running,
            options=self.options,
            keys=self.keys,
            caches=self.caches.holds(),
            limits=self.limits,
            audit_records=self.audit.total,
            audit_dropped=self.audit_file.dropped,
            pending_bytes=sum(connection.pending_bytes for connection in self.connections),
            listener=self.listener,
            process=self.process,
            new_networks=self.networks.count,
        )
        return snapshot(self.recorder, about)


def _without_secrets(request: web.Request) -> web.Request:
    """Return a request with masked path and user agent, for Home Assistant's log."""
    headers = {hdrs.USER_AGENT: mask(request.headers.get(hdrs.USER_AGENT, ""))}
    return request.clone(rel_url=mask(request.path), headers=headers)
