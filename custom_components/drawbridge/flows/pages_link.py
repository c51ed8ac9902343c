"""The link that signs a browser in with a key."""

from ipaddress import ip_address

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from yarl import URL

from ..options import Options


def link(hass: HomeAssistant, options: Options, secret: str) -> str | None:
    """Return a link to the listener with a key in its fragment; ``None`` while there are no pages.

    Browsers send the fragment to no server.
    """
    root = listener_url(hass, options) if options.pages else None
    return None if root is None else f"{root}/auth/sign-in#{secret}"


def listener_url(hass: HomeAssistant, options: Options) -> str | None:
    """Return the address of the listener; ``None`` if it is off or its host is unknown."""
    host = _host(hass, options.listener_address) if options.listener_enabled else None
    if host is None:
        return None
    scheme = "https" if options.listener_certificate else "http"
    return str(URL.build(scheme=scheme, host=host, port=options.listener_port))


def _host(hass: HomeAssistant, address: str) -> str | None:
    """Return the address of the listener, or Home Assistant's own if the listener uses every address."""
    try:
        is_every = not address or ip_address(address).is_unspecified
    except ValueError:
        is_every = False
    if not is_every:
        return address
    try:
        return URL(get_url(hass, allow_cloud=False, allow_external=False, prefer_external=False)).host
    except NoURLAvailableError:
        return None
