"""Several curves of ``curve_preferences``.

Python 3.15 sets them for a TLS context. Before, it sets only one, and several come from OpenSSL's configuration, which
a process reads once: the exporter starts itself again with a configuration that has them.
"""

import os
import re
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from ..config.yamlfile import ConfigFileError

_MARK: Final = "DRAWBRIDGE_EXPORTER_CURVES"
_SECTION: Final = re.compile(r"\s*\[\s*(\S+?)\s*\]")
_VALUE: Final = re.compile(r"\s*(\w+)\s*=\s*([^\s#]+)")
_CAN_SET: Final = hasattr(ssl.SSLContext, "set_groups")

_of_process: list[tuple[str, ...]] = []
"""The curves of OpenSSL's configuration, once the process serves."""


def use_curves(curves: tuple[str, ...]) -> None:
    """Have the process use these curves. It may start the program again, with the same arguments.

    Raises:
        ConfigFileError: This system cannot use several curves.

    """
    wanted = "" if _CAN_SET or len(curves) < 2 else ":".join(curves)  # noqa: PLR2004 - several
    if os.environ.pop(_MARK, "") == wanted:
        _of_process[:] = [curves if wanted else ()]
        return
    if not hasattr(os, "memfd_create"):
        raise ConfigFileError(["curve_preferences: several curves need Linux or Python 3.15. Use one, or remove it."])
    _start_again(wanted)


def _start_again(wanted: str) -> NoReturn:
    descriptor = os.memfd_create("openssl.cnf", 0)
    os.write(descriptor, openssl_configuration(wanted, _system_file(os.environ)).encode())
    os.environ |= {"OPENSSL_CONF": f"/proc/self/fd/{descriptor}", _MARK: wanted}
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this program


def set_curves(context: ssl.SSLContext, curves: tuple[str, ...]) -> None:
    """Set the curves of a context.

    Raises:
        ConfigFileError: The process has to be started again for these curves.

    """
    if len(curves) == 1:
        context.set_ecdh_curve(curves[0])
    elif _CAN_SET and curves:
        cast("Any", context).set_groups(":".join(curves))
    elif not _CAN_SET and _of_process and _of_process[0] != curves:
        raise ConfigFileError(["tls_server_config.curve_preferences: has changed. Restart the exporter."])


def _system_file(environ: Mapping[str, str]) -> Path:
    """Return OpenSSL's configuration file."""
    given = environ.get("OPENSSL_CONF")
    return Path(given) if given else Path(ssl.get_default_verify_paths().openssl_cafile).with_name("openssl.cnf")


def openssl_configuration(groups: str, system: Path) -> str:
    """Return a configuration that has these groups, and everything else from the system's."""
    try:
        sections, first = _sections(system.read_text()), [f".include {system.absolute()}"]
    except (OSError, UnicodeDecodeError):
        sections, first = {}, []
    begin = sections.get("default", {}).get("openssl_conf", "drawbridge_init")
    tls = sections.get(begin, {}).get("ssl_conf", "drawbridge_ssl")
    defaults = sections.get(tls, {}).get("system_default", "drawbridge_defaults")
    lines = [
        *("[default]", f"openssl_conf = {begin}"),
        *(f"[{begin}]", f"ssl_conf = {tls}"),
        *(f"[{tls}]", f"system_default = {defaults}"),
        *(f"[{defaults}]", f"Groups = {groups}"),
    ]
    return "\n".join([*first, *lines, ""])


def _sections(text: str) -> dict[str, dict[str, str]]:
    """Return the values of each section of a configuration."""
    found: dict[str, dict[str, str]] = {}
    name = "default"
    for line in text.splitlines():
        if section := _SECTION.match(line):
            name = section[1]
        elif value := _VALUE.match(line):
            found.setdefault(name, {})[value[1]] = value[2]
    return found
