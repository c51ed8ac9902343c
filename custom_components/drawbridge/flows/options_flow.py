"""The options flow."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..bridge import Bridge
from ..listener.check import check, check_files
from ..listener.fault import ListenerError
from ..listener.tls import LoadedTls
from ..listener.uploaded import discard, store
from ..options import Options
from ..telemetry.listener import ends_soon
from . import sections
from .options_form import UPLOAD, entered_options, form, shown
from .uploads import UploadError, can_upload, read, selector

_DAY_SECONDS: Final = 86_400
_PLACEHOLDERS: Final = ("value", "port", "address", "when", "reason")
_FILE_OPTIONS: Final = {"listener_certificate": None, "listener_key": None, "listener_client_ca": None}.keys()
_CERTIFICATE_OPTIONS: Final = ("listener_enabled", "listener_certificate", "listener_key")


class DrawbridgeOptionsFlow(OptionsFlow):
    """Edits the options of Drawbridge."""

    def __init__(self) -> None:
        """Create a flow."""
        self._chosen: Options | None = None
        self._moment = 0.0

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show all options. Changes take effect when they are submitted."""
        errors: dict[str, str] = {}
        placeholders = dict.fromkeys(_PLACEHOLDERS, "")
        values = shown(Options.from_mapping(self.config_entry.options))
        if user_input is not None:
            values = sections.flat(user_input)
            try:
                options = entered_options(values)
                if values.get(UPLOAD):
                    self._chosen = options
                    return await self.async_step_upload()
                certificate = await self._check_listener(options)
            except ListenerError as err:
                errors = {err.fault.option: err.fault.key}
                placeholders |= err.placeholders | {"when": _when(err.moment)}
            except ValueError as err:
                errors, placeholders["value"] = {"cors_origins": "invalid_cors_origins"}, str(err)
            else:
                return await self._save(options, certificate)
        return self._show(values, errors, placeholders)

    def _show(self, values: dict[str, Any], errors: dict[str, str], placeholders: dict[str, str]) -> ConfigFlowResult:
        """Show the form of all options."""
        schema = sections.grouped(form(can_upload=can_upload(self.hass)), {}, errors)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, sections.nested(values)),
            errors=sections.placed(errors),
            description_placeholders=placeholders,
        )

    async def async_step_upload(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the files of the listener. Those that are not uploaded stay as they are in the options."""
        errors: dict[str, str] = {}
        placeholders = dict.fromkeys(_PLACEHOLDERS, "")
        if user_input is not None and self._chosen is not None:
            try:
                options, certificate = await self._receive(self._chosen, user_input)
            except UploadFailedError as err:
                errors = err.errors
            except ListenerError as err:
                errors = {err.fault.option if err.fault.option in _FILE_OPTIONS else "base": err.fault.key}
                placeholders |= err.placeholders | {"when": _when(err.moment)}
            else:
                return await self._save(options, certificate)
        return self.async_show_form(
            step_id="upload",
            data_schema=vol.Schema({vol.Optional(name): selector() for name in _FILE_OPTIONS}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _receive(self, options: Options, uploaded: Mapping[str, str]) -> tuple[Options, LoadedTls | None]:
        """Store uploaded files, and return the options that name them. Files that cannot be used are removed."""
        run, config_dir = self.hass.async_add_executor_job, self.hass.config.config_dir
        stored = await run(_store, self.hass, uploaded)
        options = Options.from_mapping(options.as_dict() | stored)
        try:
            if options.listener_enabled:
                return options, await self._check_listener(options)
            return options, await run(check_files, options, self.hass.config.path)
        except ListenerError:
            await run(discard, config_dir, stored.values())
            raise

    async def _save(self, options: Options, certificate: LoadedTls | None) -> ConfigFlowResult:
        """Save the options, after a warning if the certificate ends soon."""
        if certificate is not None and _is_doubtful(
            certificate, options, Options.from_mapping(self.config_entry.options)
        ):
            self._chosen, self._moment = options, certificate.ends
            return await self.async_step_certificate_ends_soon()
        return self.async_create_entry(data=options.as_dict())

    async def async_step_certificate_ends_soon(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Warn of a certificate that ends soon, before it is used."""
        if user_input is not None and self._chosen is not None:
            return self.async_create_entry(data=self._chosen.as_dict())
        days = max(0, int((self._moment - time.time()) // _DAY_SECONDS))
        return self.async_show_form(
            step_id="certificate_ends_soon",
            data_schema=vol.Schema({}),
            description_placeholders={"when": _when(self._moment), "days": str(days)},
        )

    async def _check_listener(self, options: Options) -> LoadedTls | None:
        """Try whether the listener could start. Raises ``ListenerError`` if it could not."""
        if not options.listener_enabled:
            return None
        bridge: Bridge | None = getattr(self.config_entry, "runtime_data", None)
        now = None
        if bridge is not None and bridge.listener.is_running:
            now = bridge.options.listener_address, bridge.options.listener_port
        work = partial(check, options, self.hass.config.path, now)
        return await self.hass.async_add_executor_job(work)


class UploadFailedError(Exception):
    """Files could not be received. ``errors`` has the reason for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        """Create the error from the reasons."""
        super().__init__(str(errors))
        self.errors = errors


def _store(hass: HomeAssistant, uploaded: Mapping[str, str]) -> dict[str, str]:
    """Store uploaded files, and return their paths by option. Blocks."""
    contents: dict[str, bytes] = {}
    errors: dict[str, str] = {}
    for name in _FILE_OPTIONS & uploaded.keys():
        try:
            contents[name] = read(hass, uploaded[name])
        except UploadError as err:
            errors[name] = err.code
    if errors:
        raise UploadFailedError(errors)
    if not contents:
        raise UploadFailedError({"base": "upload_nothing"})
    try:
        return store(hass.config.config_dir, contents)
    except OSError as err:
        raise UploadFailedError({"base": "upload_not_saved"}) from err


def _is_doubtful(certificate: LoadedTls, options: Options, before: Options) -> bool:
    """Tell whether to warn of a certificate: it ends soon, and the options of the listener are new."""
    new = any(getattr(options, name) != getattr(before, name) for name in _CERTIFICATE_OPTIONS)
    return new and ends_soon(certificate.begins, certificate.ends, time.time())


def _when(moment: float | None) -> str:
    return "" if moment is None else dt_util.as_local(dt_util.utc_from_timestamp(moment)).strftime("%Y-%m-%d %H:%M")
