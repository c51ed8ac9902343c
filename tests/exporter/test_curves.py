"""Several curves for TLS, on every version of Python that the exporter supports."""

import asyncio
import re
import ssl
import subprocess
from pathlib import Path

import pytest

from drawbridge_exporter.server.curves import openssl_configuration

from .bridge import BridgeServer
from .certificates import Authority
from .documents import KEY
from .process import running_exporter
from .test_python_versions import interpreter
from .test_web_config import TLS_LINES, Place

CURVES = ("prime256v1", "secp384r1", "secp521r1", "X25519")


async def accepted(url: str, authority: Authority) -> list[str]:
    """Return the curves with which a client can connect."""
    host, port = re.sub("^https?://", "", url).split(":")
    found = []
    for curve in CURVES:
        context = authority.trusting()
        context.set_ecdh_curve(curve)
        try:
            _, writer = await asyncio.open_connection(host, int(port), ssl=context)
        except ssl.SSLError, ConnectionError:
            continue
        writer.close()
        found.append(curve)
    return found


async def test_only_the_preferred_curves_are_accepted(bridge: BridgeServer, tmp_path: Path) -> None:
    """Only the preferred curves are accepted. A change requires a restart."""
    place = Place(tmp_path)
    file = place.write(TLS_LINES + "  curve_preferences: [CurveP384, X25519]\n")
    async with running_exporter(f"--web.config.file={file}", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as exporter:
        assert await accepted(exporter.url, place.authority) == ["secp384r1", "X25519"]
        place.write(TLS_LINES + "  curve_preferences: [CurveP256, X25519]\n")
        assert await accepted(exporter.url, place.authority) == [], "other curves need a restart"
        place.write(TLS_LINES + "  curve_preferences: [CurveP256]\n")
        assert await accepted(exporter.url, place.authority) == ["prime256v1"]
    assert "curve_preferences: has changed. Restart the exporter." in exporter.output


async def test_without_preferences_all_are_accepted(bridge: BridgeServer, tmp_path: Path) -> None:
    """Without preferences, OpenSSL's default curves are accepted."""
    place = Place(tmp_path)
    file = place.write(TLS_LINES)
    async with running_exporter(f"--web.config.file={file}", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as exporter:
        assert await accepted(exporter.url, place.authority) == list(CURVES)


SYSTEM = """openssl_conf = openssl_init   # a comment
[openssl_init]
providers = provider_sect
ssl_conf = ssl_module
[ ssl_module ]
system_default = crypto_policy
[ crypto_policy ]
MinProtocol = TLSv1.2
"""


def test_the_configuration_of_the_system_stays_in_force(tmp_path: Path) -> None:
    """The system's configuration is included, and the groups are added to its section."""
    file = tmp_path / "openssl.cnf"
    file.write_text(SYSTEM)
    lines = openssl_configuration("P-256:X25519", file).splitlines()
    assert lines[0] == f".include {file}"
    assert lines[-2:] == ["[crypto_policy]", "Groups = P-256:X25519"]
    assert openssl_configuration("P-256", tmp_path / "none").splitlines()[0] == "[default]"


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_older_versions_of_python_use_it(version: str, tmp_path: Path) -> None:
    """OpenSSL reads both the groups and the minimum version of the system's file."""
    system, file = tmp_path / "system.cnf", tmp_path / "openssl.cnf"
    system.write_text(SYSTEM.replace("providers = provider_sect\n", "").replace("TLSv1.2", "TLSv1.3"))
    file.write_text(openssl_configuration("P-384:X25519", system))
    authority = Authority()
    certificate, key = authority.issue("127.0.0.1").write(tmp_path)
    program = HANDSHAKES.format(certificate=str(certificate), key=str(key))
    done = subprocess.run(  # noqa: S603 - ours
        [interpreter(version), "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"OPENSSL_CONF": str(file)},
    )
    assert done.stdout.split() == ["secp384r1", "X25519"], done.stderr


HANDSHAKES = """
import ssl
for curve in ("prime256v1", "secp384r1", "secp521r1", "X25519"):
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.load_cert_chain({certificate!r}, {key!r})
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ecdh_curve(curve)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True)]
    try:
        for end in ends * 3:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
        if ends[0].version():
            print(curve)
    except ssl.SSLError:
        pass
"""
