"""The web config file, in the format of Prometheus's exporter-toolkit.

The toolkit's docs/web-configuration.md describes the format. Two defaults
differ: the minimum TLS version is 1.3 unless ``min_version`` is TLS12, and the
server uses HTTP/1.1 and ignores ``http2``.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .values import one_of, parse_switch, whole_number
from .yamlfile import YamlFile, YamlValue

_TLS_MEMBERS: Final = (
    "cert",
    "key",
    "client_ca",
    "cert_file",
    "key_file",
    "client_ca_file",
    "client_auth_type",
    "client_allowed_sans",
    "min_version",
    "max_version",
    "cipher_suites",
    "prefer_server_cipher_suites",
    "curve_preferences",
)
_HEADERS: Final = (
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-XSS-Protection",
)
_VERSIONS: Final = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_CLIENT_AUTH: Final = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
# Go's names of the TLS 1.2 cipher suites that it considers secure, and OpenSSL's names.
_CIPHERS: Final = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
_CURVES: Final = {"CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1", "X25519": "X25519"}
_BCRYPT: Final = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Pem:
    """PEM data: in a file or inline."""

    path: Path | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TLSConfig:
    """The settings of ``tls_server_config``."""

    certificate: Pem
    private_key: Pem
    client_ca: Pem | None
    client_auth: ssl.VerifyMode
    allowed_sans: frozenset[str]
    minimum: ssl.TLSVersion
    maximum: ssl.TLSVersion
    ciphers: tuple[str, ...]
    prefer_server_ciphers: bool
    curves: tuple[str, ...]

    def files(self) -> list[Path]:
        """Return the files that the settings refer to."""
        pems = (self.certificate, self.private_key, self.client_ca)
        return [pem.path for pem in pems if pem is not None and pem.path is not None]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket: one request every ``interval`` seconds, with bursts of ``burst``."""

    interval: float
    burst: int


@dataclass(frozen=True, slots=True)
class WebConfig:
    """The settings of the file. The defaults are plain HTTP without authentication."""

    tls: TLSConfig | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    rate_limit: RateLimit | None = None


def read_web_config(path: Path) -> WebConfig:
    """Return the settings of the file.

    Raises:
        ConfigFileError: The file is invalid. It lists all problems with their lines.

    """
    file = YamlFile(path)
    members = file.root().mapping(["tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"])
    config = WebConfig(
        tls=_tls(members["tls_server_config"]) if "tls_server_config" in members else None,
        headers=_headers(members["http_server_config"]) if "http_server_config" in members else {},
        users=_users(members["basic_auth_users"]) if "basic_auth_users" in members else {},
        rate_limit=_rate_limit(members["rate_limit"]) if "rate_limit" in members else None,
    )
    file.check()
    return config


def _tls(value: YamlValue) -> TLSConfig:
    members = value.mapping(_TLS_MEMBERS)
    client_ca = _pem(value, members, "client_ca", needed=False)
    config = TLSConfig(
        certificate=_pem(value, members, "cert", needed=True) or Pem(),
        private_key=_pem(value, members, "key", needed=True) or Pem(),
        client_ca=client_ca,
        client_auth=_CLIENT_AUTH[_choice(members, "client_auth_type", _CLIENT_AUTH, "NoClientCert")],
        allowed_sans=frozenset(_texts(members, "client_allowed_sans")),
        minimum=_VERSIONS[_choice(members, "min_version", _VERSIONS, "TLS13")],
        maximum=_VERSIONS[_choice(members, "max_version", _VERSIONS, "TLS13")],
        ciphers=_named(members, "cipher_suites", _CIPHERS),
        prefer_server_ciphers=_switch(members, "prefer_server_cipher_suites"),
        curves=_named(members, "curve_preferences", _CURVES),
    )
    if config.minimum > config.maximum:
        value.problem("has a max_version below its min_version, which is TLS13 by default.")
    if config.client_auth is not ssl.CERT_NONE and client_ca is None:
        value.problem("has a client_auth_type but no client_ca_file to verify certificates with.")
    if config.allowed_sans and config.client_auth is not ssl.CERT_REQUIRED:
        value.problem("has client_allowed_sans, which needs client_auth_type: RequireAndVerifyClientCert.")
    return config


def _pem(value: YamlValue, members: Mapping[str, YamlValue], name: str, *, needed: bool) -> Pem | None:
    """Return the PEM data of the member ``name``, or of the file in ``name``_file."""
    given = [member for member in (name, f"{name}_file") if member in members]
    if len(given) > 1:
        value.problem(f"has {name} and {name}_file. Use only one of them.")
    if not given:
        if needed:
            value.problem(f"has no {name}_file.")
        return None
    member = members[given[0]]
    if given[0] == name:
        return Pem(text=member.text())
    return Pem(path=member.read(member.existing_file, None))


def _choice(members: Mapping[str, YamlValue], name: str, known: Mapping[str, object], default: str) -> str:
    return members[name].read(one_of(*known), default) if name in members else default


def _switch(members: Mapping[str, YamlValue], name: str) -> bool:
    return members[name].read(parse_switch, default=True) if name in members else True


def _texts(members: Mapping[str, YamlValue], name: str) -> list[str]:
    return [item.text() for item in members[name].items()] if name in members else []


def _named(members: Mapping[str, YamlValue], name: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of a list of known names."""
    items = members[name].items() if name in members else []
    return tuple(known.get(item.read(one_of(*known), ""), "") for item in items)


def _headers(value: YamlValue) -> dict[str, str]:
    members = value.mapping(["http2", "headers"])
    if "http2" in members:
        members["http2"].read(parse_switch, default=True)
    headers = members["headers"].mapping(_HEADERS) if "headers" in members else {}
    found = {name: header.read(_header_value, "") for name, header in headers.items()}
    return {name: text for name, text in found.items() if text}


def _header_value(text: str) -> str:
    if not text.isprintable():
        message = "has a line break or another control character. Write the header on one line."
        raise ValueError(message)
    return text


def _users(value: YamlValue) -> dict[str, bytes]:
    return {name: user.read(_hash, b"") for name, user in value.mapping().items()}


def _hash(text: str) -> bytes:
    if not _BCRYPT.fullmatch(text):
        message = "is not a bcrypt hash. Create one with: htpasswd -nBC 10 USER"
        raise ValueError(message)
    return text.encode()


def _rate_limit(value: YamlValue) -> RateLimit | None:
    members = value.mapping(["interval", "burst"])
    interval = members["interval"].read(parse_duration, 0.0) if "interval" in members else 0.0
    burst = members["burst"].read(whole_number(1, 1_000_000), 1) if "burst" in members else 1
    return RateLimit(interval, burst) if interval else None


def parse_duration(text: str) -> float:
    """Return the seconds of a Go duration such as 1m30s, 500ms or 0."""
    parts = _DURATION.findall(text)
    if text != "0" and "".join(number + unit for number, unit in parts) != text:
        message = f"{text!r:.40} is not a duration. Use one such as 500ms, 1s or 1m30s."
        raise ValueError(message)
    return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)
