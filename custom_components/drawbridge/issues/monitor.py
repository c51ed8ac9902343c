"""Creates and deletes repair issues."""

import math
import time
from collections.abc import Iterator
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..bridge import Bridge
from ..const import DOMAIN
from ..keys import ApiKey
from ..keys.document import ReviewReason
from ..keys.store import MARKER_FILE
from ..telemetry.health import HEALTHY_SCORE
from .findings import Finding, KeyFacts, LowScore, about_key, about_listener, about_options, next_expiry

ROTATE: Final = "rotate_key"
LOW_HEALTH: Final = "low_health"
HIDDEN_ADDRESSES: Final = "hidden_addresses"
NOT_SAVED: Final = "keys_not_saved"
MARKER_FAILED: Final = "marker_failed"
DAMAGED_KEY: Final = "damaged_key"
DAMAGED_OPTIONS: Final = "damaged_options"
DAMAGED_USAGE: Final = "damaged_usage"
AUDIT_FILE_FAILED: Final = "audit_file_failed"

_UNFIXABLE: Final = frozenset(
    {
        LOW_HEALTH,
        HIDDEN_ADDRESSES,
        NOT_SAVED,
        MARKER_FAILED,
        DAMAGED_KEY,
        DAMAGED_OPTIONS,
        DAMAGED_USAGE,
        AUDIT_FILE_FAILED,
    }
)
_ERRORS: Final = frozenset(
    {"key_expired", "plain_http", LOW_HEALTH, NOT_SAVED, DAMAGED_KEY, AUDIT_FILE_FAILED, *ReviewReason}
)
_LISTENER: Final = "listener_"
_LISTENER_WARNINGS: Final = frozenset({"listener_certificate_ends_soon", "listener_certificate_kept"})
_LOW_SECONDS: Final = 1800.0
_DOCS: Final = "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/troubleshooting.md"
_UPDATES_PER_CHECK: Final = 20
"""Check every ten minutes, and when a key expires: each check matches every scope with every entity."""


async def ask_to_rotate(hass: HomeAssistant, key: ApiKey) -> None:
    """Create the issue whose fix flow replaces the secret and shows it, and a notification that leads there."""
    finding = Finding(ROTATE, key.id, {"name": key.name})
    _raise(hass, finding)
    texts = await async_get_translations(hass, hass.config.language, "exceptions", {DOMAIN})
    text = texts[f"component.{DOMAIN}.exceptions.replace_secret_in_repairs.message"]
    persistent_notification.async_create(hass, text.format(name=key.name), "Drawbridge", finding.id)


class Issues:
    """Keeps one issue for each finding, and deletes it when the problem is fixed."""

    def __init__(self, bridge: Bridge) -> None:
        """Create the monitor of a bridge."""
        self._bridge = bridge
        self._raised: set[str] = set()
        self._low = LowScore(HEALTHY_SCORE, _LOW_SECONDS)
        self._updates = 0
        self._due = math.inf
        """The Unix time at which the next key expires, or is about to."""

    def start(self) -> CALLBACK_TYPE:
        """Start checking. Returns a function that stops it."""
        stops = (
            self._bridge.coordinator.async_add_listener(self._updated),
            # Before Home Assistant has started, entities of a scope may be missing.
            async_at_started(self._bridge.hass, self._started),
        )

        def stop() -> None:
            for item in stops:
                item()
            for issue_id in self._raised:
                ir.async_delete_issue(self._bridge.hass, DOMAIN, issue_id)

        return stop

    @callback
    def check(self) -> None:
        """Create issues for new findings, and delete those that are fixed."""
        hass = self._bridge.hass
        if hass.state is not CoreState.running:
            return
        found = {item.id: item for item in self._findings()}
        self._due = next_expiry((key.expires for key in self._bridge.keys), time.time())
        for issue_id in self._raised - found.keys():
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        self._raised = set(found)
        for item in found.values():
            _raise(hass, item)
        self._drop_requests_of_removed_keys()

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self.check()

    @callback
    def _updated(self) -> None:
        self._updates += 1
        self._bridge.keeper.retry()
        self._low.lasts(self._bridge.coordinator.data.health.score, time.monotonic())
        if self._updates % _UPDATES_PER_CHECK == 0 or self._files_changed() or time.time() >= self._due:
            self.check()

    def _files_changed(self) -> bool:
        """Tell whether a file can no longer be written, or can be written again."""
        bridge = self._bridge
        errors = {AUDIT_FILE_FAILED: bridge.audit_file.error, MARKER_FAILED: bridge.keeper.marker_error}
        return any((error is not None) != (kind in self._raised) for kind, error in errors.items())

    def _findings(self) -> Iterator[Finding]:
        bridge, now = self._bridge, time.time()
        for key in bridge.keys:
            yield from about_key(key, self._facts(key), now)
        yield from about_options(bridge.options)
        yield from about_listener(bridge.listener, now)
        yield from self._about_storage()
        # Every user can list issues, so their texts contain no address.
        if bridge.insecure_use.hiding_proxy is not None:
            yield Finding(HIDDEN_ADDRESSES)
        if bridge.audit_file.error is not None:
            yield Finding(AUDIT_FILE_FAILED, placeholders={"error": bridge.audit_file.error})
        health = bridge.coordinator.data.health
        if self._low.lasts(health.score, time.monotonic()):
            low = [item for item in health.measurements if item.score is not None and item.score < HEALTHY_SCORE]
            why = ", ".join(f"{item.component.name} {item.score:.0f}" for item in low)
            yield Finding(LOW_HEALTH, placeholders={"score": f"{health.score:.0f}", "why": why})

    def _about_storage(self) -> Iterator[Finding]:
        """Yield the problems with stored data."""
        bridge = self._bridge
        if (reason := bridge.keeper.not_saved) is not None:
            yield Finding(NOT_SAVED, placeholders={"reason": reason})
        if (reason := bridge.keeper.marker_error) is not None:
            yield Finding(MARKER_FAILED, placeholders={"reason": reason, "file": MARKER_FILE})
        for key_id, (name, damaged) in bridge.stored_keys.damaged.items():
            yield Finding(DAMAGED_KEY, key_id, {"name": name, "field": damaged})
        if bridge.damaged_options:
            yield Finding(DAMAGED_OPTIONS, placeholders={"fields": ", ".join(bridge.damaged_options)})
        if bridge.usage.damaged:
            yield Finding(DAMAGED_USAGE, placeholders={"fields": ", ".join(sorted(bridge.usage.damaged))})
        if (review := bridge.keeper.review) is not None:
            keys = (key for key_id in review.keys if (key := bridge.keys.get(key_id)) is not None)
            listed = "\n".join(f"- {key.name}: {_moment(bridge.keeper.changed(key.id) or 0.0)}" for key in keys)
            if listed:
                yield Finding(review.reason, placeholders={"keys": listed})

    def _facts(self, key: ApiKey) -> KeyFacts:
        bridge = self._bridge
        used = bridge.recorder.counters.keys.get(key.id)
        return KeyFacts(
            last_used=used.last_used if used is not None else None,
            plain_address=bridge.insecure_use.plain.get(key.id),
            sees_any=bridge.sees_any(key.scope),
        )

    def _drop_requests_of_removed_keys(self) -> None:
        hass = self._bridge.hass
        for domain, issue_id in tuple(ir.async_get(hass).issues):
            key_id = issue_id.removeprefix(f"{ROTATE}_")
            if domain == DOMAIN and issue_id.startswith(ROTATE) and self._bridge.keys.get(key_id) is None:
                ir.async_delete_issue(hass, DOMAIN, issue_id)
                persistent_notification.async_dismiss(hass, issue_id)


def _moment(timestamp: float) -> str:
    return dt_util.as_local(dt_util.utc_from_timestamp(timestamp)).strftime("%Y-%m-%d %H:%M")


def _is_warning(kind: str) -> bool:
    return kind in _LISTENER_WARNINGS if kind.startswith(_LISTENER) else kind not in _ERRORS


def _raise(hass: HomeAssistant, finding: Finding) -> None:
    is_listener = finding.kind.startswith(_LISTENER)
    fixable = finding.kind not in _UNFIXABLE and not is_listener
    placeholders = dict(finding.placeholders)
    if finding.moment is not None:
        placeholders["when"] = _moment(finding.moment)
    ir.async_create_issue(
        hass,
        DOMAIN,
        finding.id,
        data={"kind": finding.kind, "key_id": finding.key_id} if fixable else None,
        is_fixable=fixable,
        learn_more_url=None if fixable else f"{_DOCS}#{'listener' if is_listener else finding.kind.replace('_', '-')}",
        severity=ir.IssueSeverity.WARNING if _is_warning(finding.kind) else ir.IssueSeverity.ERROR,
        translation_key=finding.kind,
        translation_placeholders=placeholders or None,
    )
