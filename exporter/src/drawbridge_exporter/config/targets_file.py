"""The targets file: a name, a URL and a key file for each bridge.

    targets:
      cabin:
        url: https://cabin.example:8123
        key_file: cabin.key
        timeout: 10
        ca_file: cabin-ca.pem
        client_cert_file: exporter.crt
        client_key_file: exporter.key

``url`` and ``key_file`` are required. Paths are relative to the folder of the
file. Keys are in separate files, never in this file.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from yarl import URL

from .settings import Defaults, TargetSettings
from .values import (
    ClientCertificate,
    KeySource,
    parse_bridge_url,
    parse_ca_file,
    parse_client_certificate,
    parse_key_file,
    parse_timeout,
)
from .yamlfile import YamlFile, YamlValue

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MEMBERS: Final = ("url", "key_file", "timeout", "ca_file", "client_cert_file", "client_key_file")
_MAX_TARGETS: Final = 1000


def read_targets(path: Path, defaults: Defaults) -> Mapping[str, TargetSettings]:
    """Return the targets of the file, by name.

    Raises:
        ConfigFileError: The file is invalid. It lists all problems with their lines.

    """
    file = YamlFile(path)
    root = file.root()
    entries = root.mapping(["targets"])
    if "targets" not in entries and file.is_sound:
        root.problem("has no targets. Start the file with targets: and add a name below it.")
    found = entries["targets"].mapping() if "targets" in entries else {}
    if len(found) > _MAX_TARGETS:
        root.problem(f"has more than {_MAX_TARGETS} targets. Run another exporter for the rest.")
    targets = {name: _target(name, value, defaults) for name, value in found.items()}
    file.check()
    return targets


def _target(name: str, value: YamlValue, defaults: Defaults) -> TargetSettings:
    if not _NAME.fullmatch(name):
        value.problem("is not a valid name. Use up to 64 letters, digits, dots, hyphens and underscores.")
    members = value.mapping(_MEMBERS)
    for needed in ("url", "key_file"):
        if needed not in members:
            value.problem(f"has no {needed}.")
    url, key = URL(), KeySource()
    timeout, ca_file = defaults.timeout, defaults.ca_file
    if "url" in members:
        url = members["url"].read(parse_bridge_url, url)
    if "key_file" in members:
        key = members["key_file"].read(lambda text: parse_key_file(str(value.file.resolve(text))), key)
    if "timeout" in members:
        timeout = members["timeout"].read(parse_timeout, timeout)
    if "ca_file" in members:
        ca_file = members["ca_file"].read(lambda text: parse_ca_file(str(value.file.resolve(text))), ca_file)
    certificate = _client_certificate(value, members)
    return TargetSettings(name=name, url=url, key=key, timeout=timeout, ca_file=ca_file, client_certificate=certificate)


def _client_certificate(value: YamlValue, members: Mapping[str, YamlValue]) -> ClientCertificate | None:
    if "client_cert_file" not in members:
        if "client_key_file" in members:
            value.problem("has a client_key_file, but no client_cert_file.")
        return None
    key_file: Path | None = None
    if "client_key_file" in members:
        key_file = members["client_key_file"].read(value.file.resolve, key_file)

    def parse(text: str) -> ClientCertificate | None:
        return parse_client_certificate(value.file.resolve(text), key_file)

    return members["client_cert_file"].read(parse, None)
