"""The forms of a key: their schemas and their current values."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    BooleanSelector,
    DateTimeSelector,
    DeviceSelector,
    DeviceSelectorConfig,
    DurationSelector,
    DurationSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    FloorSelector,
    FloorSelectorConfig,
    LabelSelector,
    LabelSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util import dt as dt_util

from ..keys import ApiKey, Capability
from ..keys.key_input import MAX_ASK_SECONDS, MIN_ASK_SECONDS
from ..keys.model import DEFAULT_ASK_SECONDS
from ..learning.lessons import Proposal
from ..operations import dashboards
from ..scope.model import Selection
from . import uploads
from .connecting import SNIPPETS
from .presets import PRESETS

KEY: Final = "key"
NAME: Final = "name"
PRESET: Final = "preset"
OVERLAP: Final = "overlap"
CAPABILITIES: Final = "capabilities"
CERTIFICATE_FILE: Final = "certificate_file"
KEEP_SCOPE: Final = "keep_scope"
LINK: Final = "link"
CLIENT: Final = "client"

_FOR_PAGES: Final = frozenset({Capability.READ, Capability.DASHBOARD})
_SECONDS: Final = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_TEXTS: Final = TextSelector(TextSelectorConfig(multiple=True))


def user() -> vol.Schema:
    """Return the first form: name and preset."""
    presets = SelectSelectorConfig(options=list(PRESETS), translation_key=PRESET, mode=SelectSelectorMode.LIST)
    return vol.Schema(
        {
            vol.Required(NAME): TextSelector(),
            vol.Required(PRESET, default="dashboard"): SelectSelector(presets),
        }
    )


def name() -> vol.Schema:
    """Return the form that renames a key."""
    return vol.Schema({vol.Required(NAME): TextSelector()})


def name_of(key: ApiKey) -> dict[str, Any]:
    """Return the values of the rename form."""
    return {NAME: key.name}


def scope(hass: HomeAssistant) -> vol.Schema:
    """Return the form for the scope."""
    everything = {vol.Required("everything", default=False): BooleanSelector()}
    return vol.Schema({**everything, **_selection(hass)})


def scope_of(key: ApiKey) -> dict[str, Any]:
    """Return the values of the scope form."""
    return {"everything": key.scope.everything, **_selection_of(key.scope.include)}


def tablet(hass: HomeAssistant, key: ApiKey) -> vol.Schema:
    """Return the form for a key for Home Assistant's own pages: areas, capabilities, dashboards and end."""
    allowed = SelectSelectorConfig(
        options=[Capability.CONTROL.value, Capability.HISTORY.value, Capability.IMAGES.value],
        multiple=True,
        translation_key=CAPABILITIES,
        mode=SelectSelectorMode.LIST,
    )
    return vol.Schema(
        {
            vol.Required("areas"): AreaSelector(AreaSelectorConfig(multiple=True)),
            vol.Optional("allowed", default=list): SelectSelector(allowed),
            **_dashboards(hass, key),
            vol.Optional("expires"): DateTimeSelector(),
        }
    )


def tablet_of(key: ApiKey) -> dict[str, Any]:
    """Return the values of the form for Home Assistant's own pages."""
    values: dict[str, Any] = {
        "areas": sorted(key.scope.include.areas),
        "allowed": sorted(key.capabilities - _FOR_PAGES),
        "dashboards": list(key.dashboards),
    }
    return values if key.expires is None else {**values, "expires": _local(key.expires)}


def exclude(hass: HomeAssistant) -> vol.Schema:
    """Return the form for the exclusions."""
    return vol.Schema(_selection(hass))


def exclude_of(key: ApiKey) -> dict[str, Any]:
    """Return the values of the exclusions form."""
    return _selection_of(key.scope.exclude)


def abilities(hass: HomeAssistant, key: ApiKey) -> vol.Schema:
    """Return the form for the permissions."""
    rights = _rights(hass)
    services = rights["services"]
    return vol.Schema(
        {
            **rights,
            vol.Optional("media_hosts", default=list): _TEXTS,
            vol.Optional("ask", default=list): services,
            vol.Optional("ask_seconds", default=DEFAULT_ASK_SECONDS): _number(MIN_ASK_SECONDS, MAX_ASK_SECONDS),
            vol.Optional("approved", default=list): _TEXTS,
            **_dashboards(hass, key),
        }
    )


def _dashboards(hass: HomeAssistant, key: ApiKey) -> dict[Any, Any]:
    """Return the field for the dashboards of a key that may open the pages; no field if there is none to choose."""
    titles = {path: path for path in key.dashboards} | dashboards.known(hass)
    if not titles or Capability.DASHBOARD not in key.capabilities:
        return {}
    options: list[SelectOptionDict] = [{"value": path, "label": title} for path, title in titles.items()]
    config = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
    return {vol.Optional("dashboards", default=list): SelectSelector(config)}


def _rights(hass: HomeAssistant) -> dict[Any, Any]:
    capabilities = SelectSelectorConfig(
        options=[item.value for item in Capability],
        multiple=True,
        translation_key=CAPABILITIES,
        mode=SelectSelectorMode.LIST,
    )
    services = hass.services.async_services_internal()
    names = (f"{domain}.{item}" for domain, items in services.items() for item in items)
    return {
        vol.Required(CAPABILITIES): SelectSelector(capabilities),
        vol.Optional("services", default=list): _choice([*(f"{domain}.*" for domain in services), *names]),
        vol.Optional("events", default=list): _TEXTS,
    }


def abilities_of(key: ApiKey) -> dict[str, Any]:
    """Return the values of the permissions form."""
    return {
        CAPABILITIES: sorted(key.capabilities),
        "services": sorted(key.services),
        "events": sorted(key.events),
        "media_hosts": sorted(key.media_hosts),
        "ask": sorted(key.ask),
        **({"ask_seconds": key.ask_seconds} if key.ask else {}),
        "approved": sorted(key.approved),
        "dashboards": list(key.dashboards),
    }


def limits(hass: HomeAssistant) -> vol.Schema:
    """Return the form for the expiry, the networks and the rate limit."""
    upload: dict[Any, Any] = {vol.Optional(CERTIFICATE_FILE): uploads.selector()} if uploads.can_upload(hass) else {}
    return vol.Schema(
        {
            vol.Optional("expires"): DateTimeSelector(),
            vol.Required("local_only", default=False): BooleanSelector(),
            vol.Optional("networks", default=list): _TEXTS,
            vol.Optional("certificate"): TextSelector(TextSelectorConfig(multiline=True)),
            **upload,
            vol.Optional("per_minute"): _number(0, 1_000_000),
            vol.Optional("burst"): _number(1, 100_000),
            vol.Optional("cors_origins", default=list): _TEXTS,
        }
    )


def limits_of(key: ApiKey) -> dict[str, Any]:
    """Return the values of the limits form. Times are local."""
    values: dict[str, Any] = {
        "expires": _local(key.expires) if key.expires is not None else None,
        "local_only": key.local_only,
        "networks": [str(item) for item in key.networks],
        "certificate": key.certificate,
        "per_minute": key.per_minute,
        "burst": key.burst,
        "cors_origins": sorted(key.cors_origins),
    }
    return {field: value for field, value in values.items() if value is not None}


def learned(hass: HomeAssistant) -> vol.Schema:
    """Return the learn mode form."""
    fields = _rights(hass)
    entities = EntitySelector(EntitySelectorConfig(multiple=True))
    return vol.Schema(
        {
            **{field: fields[field] for field in fields if field == CAPABILITIES},
            vol.Required(KEEP_SCOPE): BooleanSelector(),
            vol.Optional("entities", default=list): entities,
            **{field: fields[field] for field in fields if field != CAPABILITIES},
        }
    )


def learned_of(proposal: Proposal) -> dict[str, Any]:
    """Return the values of the learn mode form."""
    return {
        CAPABILITIES: sorted(proposal.capabilities),
        KEEP_SCOPE: proposal.keep_scope,
        "entities": sorted(proposal.entities),
        "services": sorted(proposal.services),
        "events": sorted(proposal.events),
    }


def rotate() -> vol.Schema:
    """Return the form for the overlap of a rotation."""
    overlap = DurationSelector(DurationSelectorConfig(enable_day=True, allow_negative=False))
    return vol.Schema({vol.Required(OVERLAP, default={"days": 1}): overlap})


def overlap_of(entered: Mapping[str, Any]) -> float:
    """Return the submitted overlap in seconds."""
    overlap: Mapping[str, float] = entered[OVERLAP]
    return sum(seconds * overlap.get(unit, 0) for unit, seconds in _SECONDS.items())


def secret(value: str, address: str, client: str, link: str | None = None) -> vol.Schema:
    """Return the form that shows a secret and the address as QR codes. Its description shows them as text.

    With a link that signs a browser in, the first QR code is that of the link.
    """
    clients = SelectSelectorConfig(options=list(SNIPPETS), translation_key=CLIENT, mode=SelectSelectorMode.DROPDOWN)
    shown = {} if link is None else {vol.Optional(LINK, default=link): TextSelector(TextSelectorConfig(read_only=True))}
    return vol.Schema(
        {
            **shown,
            vol.Required(CLIENT, default=client): SelectSelector(clients),
            vol.Optional("qr_code"): _qr_code(link or value),
            vol.Optional("qr_address"): _qr_code(address),
        }
    )


def replaced_secret(value: str) -> vol.Schema:
    """Return the form of a repair that shows a secret as a QR code."""
    return vol.Schema({vol.Optional("qr_code"): _qr_code(value)})


def _qr_code(value: str) -> QrCodeSelector:
    return QrCodeSelector(
        QrCodeSelectorConfig(data=value, scale=5, error_correction_level=QrErrorCorrectionLevel.MEDIUM)
    )


def _selection(hass: HomeAssistant) -> dict[Any, Any]:
    domains = {state.domain for state in hass.states.async_all()}
    return {
        vol.Optional("areas", default=list): AreaSelector(AreaSelectorConfig(multiple=True)),
        vol.Optional("floors", default=list): FloorSelector(FloorSelectorConfig(multiple=True)),
        vol.Optional("labels", default=list): LabelSelector(LabelSelectorConfig(multiple=True)),
        vol.Optional("devices", default=list): DeviceSelector(DeviceSelectorConfig(multiple=True)),
        vol.Optional("domains", default=list): _choice(domains),
        vol.Optional("entities", default=list): EntitySelector(EntitySelectorConfig(multiple=True)),
        vol.Optional("globs", default=list): _TEXTS,
    }


def _selection_of(selection: Selection) -> dict[str, Any]:
    return {name: list(items) for name, items in selection.as_dict().items()}


def _choice(options: Iterable[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=sorted(options),
            multiple=True,
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _number(least: int, most: int) -> NumberSelector:
    return NumberSelector(NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX))


def _local(timestamp: float) -> str:
    moment = datetime.fromtimestamp(timestamp, dt_util.get_default_time_zone())
    return moment.strftime("%Y-%m-%d %H:%M:%S")
