"""Set-up in Home Assistant's UI: the one entry, and a subentry for every key."""

from typing import Any, Final, override

import voluptuous as vol
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)

from .const import DOMAIN, SUBENTRY_TYPE_API_KEY
from .keys import ApiKey, Capability, StoredSecret, digest, generate
from .policy.scope import Scope, Selection

NAME: Final = "name"
CAPABILITIES: Final = "capabilities"
EVERYTHING: Final = "everything"
AREAS: Final = "areas"
DOMAINS: Final = "domains"
ENTITIES: Final = "entities"
KEY: Final = "key"

_NAME_LENGTH: Final = 100


class DrawbridgeConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up the one entry of Drawbridge."""

    VERSION = 1

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to open the bridge."""
        if user_input is None:
            return self.async_show_form(step_id="user")
        return self.async_create_entry(title="Drawbridge", data={})

    @override
    @classmethod
    @callback
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Every key is a subentry."""
        return {SUBENTRY_TYPE_API_KEY: ApiKeyFlow}


class ApiKeyFlow(ConfigSubentryFlow):
    """Adds a key, or changes one."""

    _name: str
    _key: ApiKey
    _secret: str

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what a new key may do."""
        errors = _errors(user_input) if user_input is not None else {}
        if user_input is None or errors:
            return self.async_show_form(
                step_id="user",
                data_schema=self.add_suggested_values_to_schema(_schema(), user_input or {}),
                errors=errors,
            )
        self._secret = generate()
        stored = StoredSecret(digest(self._secret))
        self._key = _key_from_input(user_input, "", (stored,))
        return await self.async_step_secret()

    async def async_step_secret(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the secret, once. It is kept only when this form is submitted."""
        if user_input is not None:
            return self.async_create_entry(title=self._key.name, data=self._key.as_dict())
        shown = TextSelector(TextSelectorConfig(read_only=True))
        return self.async_show_form(
            step_id="secret",
            data_schema=vol.Schema({vol.Optional(KEY, default=self._secret): shown}),
            description_placeholders={KEY: self._secret, NAME: self._key.name},
            last_step=True,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what an existing key may do from now on. Its secret stays."""
        subentry = self._get_reconfigure_subentry()
        key = ApiKey.from_mapping(subentry.subentry_id, subentry.title, subentry.data)
        errors = _errors(user_input) if user_input is not None else {}
        if user_input is None or errors:
            return self.async_show_form(
                step_id="reconfigure",
                data_schema=self.add_suggested_values_to_schema(
                    _schema(), user_input or _input_from_key(key)
                ),
                errors=errors,
            )
        changed = _key_from_input(user_input, key.id, key.secrets)
        return self.async_update_and_abort(
            self._get_entry(), subentry, title=changed.name, data=changed.as_dict()
        )


def _schema() -> vol.Schema:
    capabilities = SelectSelector(
        SelectSelectorConfig(
            options=[item.value for item in Capability],
            multiple=True,
            translation_key=CAPABILITIES,
        )
    )
    domains = SelectSelector(
        SelectSelectorConfig(options=[], multiple=True, custom_value=True, sort=True)
    )
    return vol.Schema(
        {
            vol.Required(NAME): TextSelector(),
            vol.Required(CAPABILITIES, default=[Capability.READ.value]): capabilities,
            vol.Required(EVERYTHING, default=False): BooleanSelector(),
            vol.Optional(AREAS, default=list): AreaSelector(AreaSelectorConfig(multiple=True)),
            vol.Optional(DOMAINS, default=list): domains,
            vol.Optional(ENTITIES, default=list): EntitySelector(
                EntitySelectorConfig(multiple=True)
            ),
        }
    )


def _errors(user_input: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if not 0 < len(user_input[NAME].strip()) <= _NAME_LENGTH:
        errors[NAME] = "invalid_name"
    capabilities = set(user_input[CAPABILITIES])
    if not capabilities:
        errors[CAPABILITIES] = "no_capability"
    if any(not _is_domain(item) for item in user_input[DOMAINS]):
        errors[DOMAINS] = "invalid_domain"
    if capabilities - {Capability.METRICS} and not _scope(user_input).matches_anything:
        errors[EVERYTHING] = "empty_scope"
    return errors


def _is_domain(text: str) -> bool:
    return text.isidentifier() and text.isascii() and text == text.lower()


def _scope(user_input: dict[str, Any]) -> Scope:
    selection = Selection(
        areas=frozenset(user_input[AREAS]),
        domains=frozenset(user_input[DOMAINS]),
        entities=frozenset(user_input[ENTITIES]),
    )
    return Scope(everything=user_input[EVERYTHING], include=selection)


def _key_from_input(
    user_input: dict[str, Any], key_id: str, secrets: tuple[StoredSecret, ...]
) -> ApiKey:
    return ApiKey(
        id=key_id,
        name=user_input[NAME].strip(),
        secrets=secrets,
        capabilities=frozenset(Capability(item) for item in user_input[CAPABILITIES]),
        scope=_scope(user_input),
    )


def _input_from_key(key: ApiKey) -> dict[str, Any]:
    return {
        NAME: key.name,
        CAPABILITIES: sorted(key.capabilities),
        EVERYTHING: key.scope.everything,
        AREAS: sorted(key.scope.include.areas),
        DOMAINS: sorted(key.scope.include.domains),
        ENTITIES: sorted(key.scope.include.entities),
    }
