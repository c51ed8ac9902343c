"""Home Assistant as a process, with its config folder and its first user."""

import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from sandbox import ports
from sandbox.client import Client, Json
from sandbox.files import private_folder, write_private, write_private_json
from sandbox.process import Identity, Process, SandboxError, program
from sandbox.wait import answers

INTEGRATIONS: Final = (
    "api",
    "assist_pipeline",
    "config",
    "frontend",
    "history",
    "isal",
    "logbook",
    "onboarding",
    "system_health",
    "websocket_api",
)
"""The integrations of every instance. `hass` runs without pip, so their requirements must be installed."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of Home Assistant.

    Attributes:
        program: The `hass` to start; `None` for that of the current virtual environment.
        integrations: The integrations to set up.
        has_stored_http: Whether the settings of `http` are stored, and not in the YAML configuration.
        is_complete: Whether the requirements of all integrations that it sets up by itself are installed.
        lacks: The domains for which it has no helpers based on templates, or helpers with other fields.

    """

    program: Path | None = None
    integrations: tuple[str, ...] = INTEGRATIONS
    has_stored_http: bool = True
    is_complete: bool = True
    lacks: frozenset[str] = frozenset()


_LACKING_IN_OLDEST: Final = frozenset(
    {
        "alarm_control_panel", "cover", "device_tracker", "event", "fan", "image", "lock", "media_player", "number",
        "select", "update", "vacuum", "water_heater", "weather",
    }
)  # fmt: skip
NEWEST: Final = Release()
OLDEST: Final = Release(
    Path(__file__).parents[1] / ".venv-oldest" / "bin" / "hass",
    # Its environment has what the integration tests need, which is less.
    tuple(name for name in INTEGRATIONS if name != "isal"),
    has_stored_http=False,
    is_complete=False,
    lacks=_LACKING_IN_OLDEST,
)
"""The oldest Home Assistant that Drawbridge supports."""

USERNAME: Final = "demo"
START_SECONDS: Final = 120.0
CREATED: Final = "2026-01-01T00:00:00+00:00"

_CONFIGURATION: Final = """\
homeassistant:
  name: Demo home
  latitude: 52.3731
  longitude: 4.8926
  elevation: 2
  unit_system: metric
  currency: EUR
  country: NL
  time_zone: Europe/Amsterdam
  packages: !include_dir_named packages
logger:
  default: warning
  logs:
    # Programs and libraries of cameras and speech that few machines have, and the household does without.
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
recorder:
  exclude:
    entity_globs: sensor.synthetic_*
"""


class HomeAssistant:
    """One Home Assistant instance. After a kill, it can restart with the same config folder."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        within: Iterable[str] = (),
        release: Release = NEWEST,
    ) -> None:
        """Create an instance without starting it. It uses `port` if it is free.

        The log is beside the config folder. `environment` is added to the basic environment. `within` is a command
        that runs the one that follows it, such as `nsenter`.
        """
        self.config_dir = folder
        self.port = ports.choose(port)
        self.url = f"http://{ports.HOST}:{self.port}"
        self.password = secrets.token_urlsafe(12)
        self.version = ""
        self.release = release
        self._client: Client | None = None
        self.process = Process(
            "Home Assistant",
            [*within, str(release.program or program("hass")), "--config", str(folder), "--skip-pip", "--log-no-color"],
            log=folder.with_name(f"{folder.name}.log"),
            environment=environment,
            # In the repository's root, its custom_components would shadow those of the config folder.
            folder=folder,
        )

    @property
    def client(self) -> Client:
        """The client of the first user, an administrator. Raises SandboxError before onboarding."""
        if self._client is None:
            raise SandboxError("Home Assistant has no user yet")
        return self._client

    def write_config(self, components: Iterable[Path] = ()) -> None:
        """Write a config folder with these custom integrations and a `packages` folder for YAML packages."""
        private_folder(self.config_dir)
        loaded = "".join(f"{name}:\n" for name in self.release.integrations)
        if not self.release.has_stored_http:
            loaded += f"http:\n  server_host: {ports.HOST}\n  server_port: {self.port}\n"
        write_private(self.config_dir / "configuration.yaml", loaded + _CONFIGURATION)
        private_folder(self.config_dir / "packages")
        for component in components:
            self.install(component)
        storage = private_folder(self.config_dir / ".storage")
        if self.release.has_stored_http:
            write_private_json(storage / "http", _http(self.port))
        # Skip all onboarding steps except for the user, because the others access the internet.
        write_private_json(storage / "onboarding", _onboarding())
        write_private_json(storage / "core.config_entries", _config_entries())

    def install(self, component: Path) -> None:
        """Copy a custom integration into the config folder, as HACS does.

        With a symbolic link, Home Assistant could load files while they are edited, and write to them.
        """
        target = self.config_dir / "custom_components" / component.name
        shutil.copytree(component, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))

    def start(self) -> Identity:
        """Start the process, without waiting.

        Raises:
            SandboxError: The port is in use. Home Assistant would use another port, on all interfaces.

        """
        if not ports.is_free(self.port):
            raise SandboxError(f"Port {self.port} is in use, so Home Assistant cannot start.")
        return self.process.start()

    async def first_start(self) -> None:
        """Start the process, create the first user, and wait until all integrations are set up."""
        self.start()
        await self.wait_for_http()
        await self.onboard()
        await self.wait_until_running()

    async def wait_for_http(self, seconds: float = START_SECONDS) -> None:
        """Wait until Home Assistant answers requests."""
        await self.process.until(
            lambda: answers(f"{self.url}/manifest.json"), seconds=seconds, what="answering requests"
        )

    async def wait_until_running(self, seconds: float = START_SECONDS) -> None:
        """Wait until all integrations are set up. Raises SandboxError if one cannot be set up."""
        config: Json = {}

        async def runs() -> bool:
            nonlocal config
            try:
                config = await self.client.get("/api/config")
            except aiohttp.ClientError, SandboxError:
                return False
            return bool(config["state"] == "RUNNING")

        await self.process.until(runs, seconds=seconds, what="its start-up")
        self.version = config["version"]
        if missing := sorted(set(self.release.integrations) - set(config["components"])):
            raise self.process.failure(f"did not load {', '.join(missing)}: are their requirements in requirements/?")
        for notification in await self.client.command("persistent_notification/get"):
            if self.release.is_complete and notification["notification_id"] == "invalid_config":
                raise self.process.failure(f"could not set up everything. {notification['message']}")

    async def onboard(self) -> None:
        """Create the first user, an administrator, and a long-lived access token for `client`."""
        async with aiohttp.ClientSession() as session:
            await self._use(session, await self._create_user(session))

    async def sign_in(self) -> None:
        """Sign in as the first user again, and create another long-lived access token for `client`."""
        await self.client.close()
        begin = {"client_id": f"{self.url}/", "redirect_uri": f"{self.url}/", "handler": ["homeassistant", None]}
        answer = {"client_id": f"{self.url}/", "username": USERNAME, "password": self.password}
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{self.url}/auth/login_flow", json=begin) as response:
                flow = (await response.json())["flow_id"]
            async with session.post(f"{self.url}/auth/login_flow/{flow}", json=answer) as response:
                code: str = (await response.json())["result"]
            await self._use(session, code)

    async def restart(self) -> Identity:
        """Start again with the same folder and port, and wait until Home Assistant is running."""
        await self.client.disconnect()
        identity = self.start()
        await self.wait_until_running()
        return identity

    async def stop(self) -> None:
        """Close the client's connections and stop the process."""
        if self._client is not None:
            await self._client.close()
        await self.process.stop()

    async def _use(self, session: aiohttp.ClientSession, code: str) -> None:
        """Exchange an authorization code for an access token for `client`."""
        form = {"grant_type": "authorization_code", "code": code, "client_id": f"{self.url}/"}
        name = f"Demo {secrets.token_hex(4)}"
        async with session.post(f"{self.url}/auth/token", data=form) as response:
            short_lived = (await response.json())["access_token"]
        async with Client(self.url, short_lived) as client:
            token = await client.command("auth/long_lived_access_token", client_name=name, lifespan=365)
        self._client = Client(self.url, token)

    async def _create_user(self, session: aiohttp.ClientSession) -> str:
        user = {
            "name": "Demo",
            "username": USERNAME,
            "password": self.password,
            "client_id": f"{self.url}/",
            "language": "en",
        }
        async with session.post(f"{self.url}/api/onboarding/users", json=user) as response:
            if not response.ok:
                raise self.process.failure(f"refused to make the first user: {await response.text()}")
            code: str = (await response.json())["auth_code"]
            return code


def _http(port: int) -> Json:
    """Return the stored settings of `http`. If one is missing, Home Assistant listens on all interfaces."""
    stable = {
        "server_host": [ports.HOST],
        "server_port": port,
        "cors_allowed_origins": ["https://cast.home-assistant.io"],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "intermediate_v6",
        "use_x_frame_options": True,
        "created_at": CREATED,
        "error": None,
        "error_message": None,
    }
    data = {"stable": stable, "pending": None, "yaml_migration_done": True}
    return {"version": 3, "minor_version": 1, "key": "http", "data": data}


def _onboarding() -> Json:
    done = ["core_config", "analytics", "integration"]
    return {"version": 4, "minor_version": 1, "key": "onboarding", "data": {"done": done}}


def _config_entries() -> Json:
    """Return config entries with the Marketplace disabled, because it accesses the internet."""
    marketplace = {
        "entry_id": "marketplace",
        "domain": "marketplace",
        "title": "Marketplace",
        "version": 1,
        "source": "system",
        "data": {},
        "disabled_by": "user",
    }
    # Home Assistant migrates this oldest version of the file.
    return {"version": 1, "minor_version": 1, "key": "core.config_entries", "data": {"entries": [marketplace]}}
