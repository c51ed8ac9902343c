"""The web config file: TLS, client certificates, basic auth, re-read as it changes."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import bcrypt
import pytest

from drawbridge_exporter.config.web_config import parse_duration, read_web_config
from drawbridge_exporter.config.yamlfile import ConfigFileError
from drawbridge_exporter.server.guard import WebConfigFile, cost_of

from .bridge import BridgeServer
from .certificates import Authority
from .documents import KEY
from .process import Running, run_exporter, running_exporter
from .serving import serving, settings_for

TLS_LINES = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
CLIENT_LINES = "  client_ca_file: clients.crt\n  client_auth_type: RequireAndVerifyClientCert\n"


def hashed(password: str) -> str:
    """Return the hash of a password, at the lowest cost."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def basic(user: str, password: str) -> str:
    """Return the header for a user and a password."""
    return aiohttp.encode_basic_auth(user, password)


class Place:
    """A folder with certificates and a web config file."""

    def __init__(self, folder: Path) -> None:
        """Make an authority and a server's certificate."""
        self.folder = folder
        self.authority = Authority()
        self.clients = Authority("Clients")
        self.authority.issue("127.0.0.1").write(folder)
        (folder / "clients.crt").write_bytes(self.clients.certificate)
        self.file = folder / "web.yml"

    def write(self, text: str) -> Path:
        """Write the web config file."""
        self.file.write_text(text)
        return self.file

    def trusting(self) -> ssl.SSLContext:
        """Return a client's context that trusts the authority."""
        return self.authority.trusting()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a place of its own."""
    return Place(tmp_path)


@asynccontextmanager
async def running(bridge: BridgeServer, place: Place, text: str) -> AsyncIterator[Running]:
    """Run the exporter with a web config file."""
    file = place.write(text)
    async with running_exporter(f"--web.config.file={file}", HA_BASE_URL=bridge.url, BRIDGE_API_KEY=KEY) as exporter:
        exporter.url = exporter.url.replace("http:", "https:")
        yield exporter


async def status(url: str, tls: ssl.SSLContext, **headers: str) -> int:
    """Return the status of an answer over a connection of its own."""
    async with aiohttp.ClientSession() as session, session.get(url, ssl=tls, headers=headers) as response:
        return response.status


async def presented(url: str, tls: ssl.SSLContext) -> tuple[str | None, bytes]:
    """Return the version of TLS and the certificate of a new connection."""
    host, port = url.removeprefix("https://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=tls)
    connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
    found = connection.version(), connection.getpeercert(binary_form=True) or b""
    writer.close()
    return found


class TestTLS:
    """The server's certificate and the clients'."""

    async def test_it_is_1_3_by_default(self, bridge: BridgeServer, place: Place) -> None:
        """A client that can do no better than 1.2 is turned away."""
        async with running(bridge, place, TLS_LINES) as exporter:
            version, _ = await presented(exporter.url, place.trusting())
            assert version == "TLSv1.3"
            assert await status(exporter.url + "/metrics", place.trusting()) == 200
            old = place.trusting()
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            with pytest.raises(aiohttp.ClientError):
                await status(exporter.url, old)

    async def test_older_clients_can_be_let_in(self, bridge: BridgeServer, place: Place) -> None:
        """With the configured cipher."""
        lines = (
            "  min_version: TLS12\n  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n"
        )
        async with running(bridge, place, TLS_LINES + lines + "  curve_preferences: [X25519]\n") as exporter:
            assert (await presented(exporter.url, place.trusting()))[0] == "TLSv1.2"

    async def test_a_renewed_certificate_is_presented(self, bridge: BridgeServer, place: Place) -> None:
        """On the next connection, without a restart or a signal."""
        async with running(bridge, place, TLS_LINES) as exporter:
            _, before = await presented(exporter.url, place.trusting())
            place.authority.issue("127.0.0.1").write(place.folder)
            _, after = await presented(exporter.url, place.trusting())
        assert before != after

    async def test_a_certificate_in_the_file_itself_does(self, bridge: BridgeServer, place: Place) -> None:
        """The toolkit's newer form."""
        issued = place.authority.issue("127.0.0.1")
        lines = ["tls_server_config:", "  cert: |", *_indented(issued.certificate), "  key: |"]
        async with running(bridge, place, "\n".join([*lines, *_indented(issued.private_key)])) as exporter:
            assert await status(exporter.url, place.trusting()) == 200

    async def test_clients_need_a_certificate(self, bridge: BridgeServer, place: Place) -> None:
        """Of the authority that is named, and of a name that is allowed."""
        async with running(bridge, place, TLS_LINES + CLIENT_LINES) as exporter:
            with pytest.raises(aiohttp.ClientError):
                await status(exporter.url, place.trusting())
            stranger = place.trusting()
            place.authority.issue("127.0.0.1").load_into(stranger)
            with pytest.raises(aiohttp.ClientError):
                await status(exporter.url, stranger)
            friend = place.trusting()
            place.clients.issue("127.0.0.9").load_into(friend)
            assert await status(exporter.url, friend) == 200
            place.write(TLS_LINES + CLIENT_LINES + "  client_allowed_sans: [127.0.0.8]\n")
            assert await status(exporter.url, friend) == 403
            place.write(TLS_LINES + CLIENT_LINES + "  client_allowed_sans: [127.0.0.8, 127.0.0.9]\n")
            assert await status(exporter.url, friend) == 200

    async def test_a_broken_file_lets_nobody_in(self, bridge: BridgeServer, place: Place) -> None:
        """Until it is fixed. Open connections stay open, and no rule is dropped."""
        async with running(bridge, place, TLS_LINES) as exporter:
            place.write("tls_server_config: [")
            with pytest.raises(aiohttp.ClientError):
                await status(exporter.url, place.trusting())
            place.write(TLS_LINES)
            assert await status(exporter.url, place.trusting()) == 200
            place.write("")
            with pytest.raises(aiohttp.ClientError):
                await status(exporter.url, place.trusting())

    async def test_sigterm_ends_a_server_with_tls(self, bridge: BridgeServer, place: Place) -> None:
        """With a scrape that is open finished first."""
        bridge.gate.clear()
        async with running(bridge, place, TLS_LINES) as exporter:
            scrape = asyncio.create_task(status(exporter.url + "/metrics", place.trusting()))
            await bridge.asked.wait()
            exporter.process.terminate()
            while "Stopping" not in exporter.output:
                await exporter.read_line()
            bridge.gate.set()
            assert await scrape == 200
            ended = await exporter.end()
        assert ended.status == 0
        assert "Traceback" not in ended.output

    async def test_a_client_that_says_nothing_holds_up_nobody(self, bridge: BridgeServer, place: Place) -> None:
        """An open connection without a handshake is no obstacle to the next."""
        async with running(bridge, place, TLS_LINES) as exporter:
            host, port = exporter.url.removeprefix("https://").split(":")
            _, silent = await asyncio.open_connection(host, int(port))
            assert await status(exporter.url, place.trusting()) == 200
            silent.close()


def _indented(pem: bytes) -> list[str]:
    return ["    " + line for line in pem.decode().splitlines()]


class TestAccess:
    """Basic auth, headers and the rate limit."""

    async def test_a_password_is_needed(self, bridge: BridgeServer, place: Place) -> None:
        """On every page; right ones are let in, again and again."""
        file = place.write(f"basic_auth_users:\n  prometheus: {hashed('open')}\n  other: {hashed('shut')}\n")
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            for path in ("/", "/metrics", "/-/healthy"):
                refused = await exporter.get(path)
                assert refused.status == 401
                assert refused.headers["WWW-Authenticate"].startswith("Basic")
            for _ in range(2):
                assert (await exporter.get("/metrics", Authorization=basic("prometheus", "open"))).status == 200
                assert (await exporter.get("/metrics", Authorization=basic("prometheus", "shut"))).status == 401
                assert (await exporter.get("/metrics", Authorization=basic("nobody", "open"))).status == 401
        assert bridge.requests == 2

    @pytest.mark.parametrize("header", ["Bearer x", "Basic", "Basic !", "Basic /w==", "Basic OjA="])
    async def test_another_header_is_refused(self, bridge: BridgeServer, place: Place, header: str) -> None:
        """Whatever it holds."""
        file = place.write(f"basic_auth_users: {{prometheus: {hashed('open')}}}\n")
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            assert (await exporter.get("/", Authorization=header)).status == 401

    async def test_a_changed_password_is_in_force_at_once(self, bridge: BridgeServer, place: Place) -> None:
        """The old one no longer lets anybody in."""
        file = place.write(f"basic_auth_users:\n  prometheus: {hashed('old')}\n")
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            assert (await exporter.get("/", Authorization=basic("prometheus", "old"))).status == 200
            place.write(f"basic_auth_users:\n  prometheus: {hashed('newer')}\n")
            assert (await exporter.get("/", Authorization=basic("prometheus", "old"))).status == 401
            assert (await exporter.get("/", Authorization=basic("prometheus", "newer"))).status == 200

    async def test_a_broken_file_serves_nobody(self, bridge: BridgeServer, place: Place) -> None:
        """A rule that cannot be read is not taken for none."""
        file = place.write(f"basic_auth_users:\n  prometheus: {hashed('open')}\n")
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            place.write("basic_auth_users: [")
            assert (await exporter.get("/")).status == 500
            place.write(TLS_LINES)
            assert "Restart" in (await exporter.get("/")).text

    async def test_every_attempt_costs_the_same(
        self, bridge: BridgeServer, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The time does not depend on whether the user exists, or on the cost of the user's hash."""
        rounds: list[int] = []
        check = bcrypt.checkpw

        def counted(password: bytes, hashed: bytes) -> bool:
            rounds.append(1 << cost_of(hashed))
            return check(password, hashed)

        monkeypatch.setattr(bcrypt, "checkpw", counted)
        cheap, costly = (bcrypt.hashpw(b"open", bcrypt.gensalt(cost)).decode() for cost in (4, 7))
        file = place.write(f"basic_auth_users:\n  cheap: {cheap}\n  costly: {costly}\n")
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            for user in ("cheap", "costly", "nobody", ""):
                for password, code in (("wrong", 401), ("open", 200 if user in {"cheap", "costly"} else 401)):
                    rounds.clear()
                    assert (await exporter.get("/", Authorization=basic(user, password))).status == code
                    assert sum(rounds) == 1 << 7, (user, password)

    async def test_headers_are_added(self, bridge: BridgeServer, place: Place) -> None:
        """To refusals too; an empty one is not set."""
        file = place.write(
            "http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n    X-XSS-Protection: ''\n"
        )
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            answer = await exporter.get("/-/healthy")
        assert answer.headers["X-Frame-Options"] == "deny"
        assert "X-XSS-Protection" not in answer.headers

    async def test_too_many_requests_are_refused(self, bridge: BridgeServer, place: Place) -> None:
        """A burst, then no more."""
        file = place.write("rate_limit:\n  interval: 1h\n  burst: 2\n")
        async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
            found = [(await exporter.get("/-/healthy")).status for _ in range(3)]
        assert found == [200, 200, 429]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("tls_config: {}", 1, "Did you mean tls_server_config?"),
        ("tls_server_config:\n  key_file: server.key\n", 2, "has no cert_file"),
        ("tls_server_config:\n  cert_file: none.crt\n  key_file: server.key\n", 2, "cannot read"),
        (TLS_LINES + "  cert: x\n", 2, "has cert and cert_file"),
        (TLS_LINES + "  min_version: TLS10\n", 4, "Use one of TLS12, TLS13"),
        (TLS_LINES + "  max_version: TLS12\n", 2, "max_version below its min_version"),
        (TLS_LINES + "  client_auth_type: RequireAnyClientCert\n", 4, "Use one of NoClientCert"),
        (TLS_LINES + "  client_auth_type: RequireAndVerifyClientCert\n", 2, "no client_ca_file"),
        (TLS_LINES + "  client_allowed_sans: [a]\n", 2, "needs client_auth_type"),
        (TLS_LINES + "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", 4, "is unknown"),
        (TLS_LINES + "  curve_preferences: [CurveP256, P256]\n", 4, "is unknown"),
        ("basic_auth_users:\n  me: secret\n", 2, "is not a bcrypt hash"),
        ("http_server_config:\n  headers:\n    Server: x\n", 3, "is unknown"),
        ('http_server_config:\n  headers:\n    X-Frame-Options: "a\\nb"\n', 3, "line break"),
        ("rate_limit:\n  interval: often\n", 2, "is not a duration"),
        ("rate_limit:\n  burst: 0\n", 2, "out of range"),
    ],
)
def test_a_problem_names_its_line(place: Place, text: str, line: int, said: str) -> None:
    """And repeats no secret."""
    file = place.write(text)
    with pytest.raises(ConfigFileError) as caught:
        read_web_config(file)
    [problem] = caught.value.problems
    assert problem.startswith(f"{file}:{line}: ")
    assert said in problem
    assert "secret" not in problem


def test_a_key_that_does_not_fit_is_told(place: Place) -> None:
    """Both files are named."""
    (place.folder / "server.key").write_bytes(place.authority.issue("127.0.0.1").private_key)
    with pytest.raises(ConfigFileError, match="do not match"):
        WebConfigFile(place.write(TLS_LINES))


async def test_config_check_reads_the_web_config_file(place: Place) -> None:
    """With the other files."""
    file = place.write("basic_auth_users:\n  me: hunter2\n")
    ended = await run_exporter(
        "--config.check", f"--web.config.file={file}", HA_BASE_URL="http://ha:8123", BRIDGE_API_KEY=KEY
    )
    assert ended.status == 2
    assert f"{file}:2: basic_auth_users.me: is not a bcrypt hash" in ended.output
    assert "hunter2" not in ended.output


def test_the_format_is_prometheuss(place: Place, promtool: str) -> None:
    """What the exporter reads, Prometheus reads too."""
    users = f"basic_auth_users:\n  prometheus: {hashed('open')}\n"
    headers = "http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n"
    more = "  min_version: TLS12\n  curve_preferences: [CurveP256, X25519]\n"
    file = place.write(TLS_LINES + CLIENT_LINES + more + users + headers)
    checked = subprocess.run([promtool, "check", "web-config", file], capture_output=True, text=True, check=False)  # noqa: S603 - promtool
    assert checked.returncode == 0, checked.stderr
    assert read_web_config(file).tls is not None


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("500ms", 0.5), ("1s", 1), ("1m30s", 90), ("1.5h", 5400)])
def test_durations_are_gos(text: str, seconds: float) -> None:
    """As the toolkit reads them."""
    assert parse_duration(text) == seconds


def test_certificates_end(place: Place) -> None:
    """A client refuses one that has ended; the exporter serves it all the same."""
    place.authority.issue("127.0.0.1", timedelta(days=-1)).write(place.folder)
    assert WebConfigFile(place.write(TLS_LINES)).uses_tls
