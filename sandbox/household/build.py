"""Builds the household: first its files, then config flows and registries of the running instance."""

import json
import shutil
from collections.abc import Container
from pathlib import Path
from typing import Final

from sandbox.client import Client, Json
from sandbox.files import private_folder, write_private
from sandbox.household.devices import DEVICES, MANUFACTURER, THINGS, Device
from sandbox.household.picture import picture
from sandbox.household.places import AREAS, FLOORS, LABELLED, LABELS
from sandbox.household.things import Thing

FOLDER: Final = Path(__file__).parent
CAMERA: Final = "front_door.jpg"


def write_files(config_dir: Path) -> None:
    """Write the packages, the hidden helpers and the camera's picture to a configuration folder."""
    shutil.copytree(FOLDER / "packages", config_dir / "packages", dirs_exist_ok=True)
    powers = {
        thing.power.partition(".")[2]: {"name": f"{thing.name} power", "icon": "mdi:power"}
        for thing in THINGS
        if thing.switchable
    }
    # JSON is valid YAML.
    write_private(config_dir / "packages" / "powers.yaml", json.dumps({"input_boolean": powers}))
    templates = private_folder(config_dir / "custom_templates")
    shutil.copyfile(FOLDER / "household.jinja", templates / "household.jinja")
    # Home Assistant reads pictures only from a few folders, such as www.
    (private_folder(config_dir / "www") / CAMERA).write_bytes(picture())


async def furnish(client: Client, config_dir: Path, without: Container[str] = ()) -> None:
    """Build the rest of the household in the running instance, without the things of some domains."""
    areas = await _areas(client)
    labels = await _labels(client)
    await _make_devices(client, without)
    await _make_others(client, config_dir)
    await _place(client, areas, labels, without)
    await _people(client)
    for thing in THINGS:
        for service, data in () if thing.domain in without else thing.start:
            await client.call(service, thing.entity_id, **data)


async def _areas(client: Client) -> dict[str, str]:
    """Create the floors and areas, and return the area ids by name."""
    registry = "config/area_registry"
    floors = {
        name: (await client.command("config/floor_registry/create", name=name, level=level))["floor_id"]
        for name, level in FLOORS.items()
    }
    ids = {area["name"]: area["area_id"] for area in await client.command(f"{registry}/list")}
    for area in AREAS:
        look = {"floor_id": floors[area.floor], "icon": area.icon}
        if area.name in ids:
            await client.command(f"{registry}/update", area_id=ids[area.name], **look)
        else:
            ids[area.name] = (await client.command(f"{registry}/create", name=area.name, **look))["area_id"]
    return ids


async def _labels(client: Client) -> dict[str, str]:
    """Create the labels, and return their ids by name."""
    command = "config/label_registry/create"
    return {name: (await client.command(command, name=name, icon=icon))["label_id"] for name, icon in LABELS.items()}


async def _make_devices(client: Client, without: Container[str]) -> None:
    """Create the devices and their entities."""
    described = [_describe(device) for device in DEVICES]
    await client.flow("synthetic", {"title": "Household", "devices": described})
    registered = await client.command("config/device_registry/list")
    ids = {identifier[1]: entry["id"] for entry in registered for identifier in entry["identifiers"]}
    for device in DEVICES:
        for thing in (item for item in device.things if item.domain not in without):
            entry = await client.flow(thing.handler, *_answers(thing, ids[device.key]))
            await _rename(client, entry["entry_id"], thing.entity_id)


def _describe(device: Device) -> Json:
    return {
        "id": device.key,
        "name": device.name,
        "manufacturer": MANUFACTURER,
        "model": device.model,
        "area": device.area or None,
    }


def _answers(thing: Thing, device_id: str) -> list[Json]:
    """Return the input for the flow of a thing. A thermostat is assigned to the device of its heater automatically."""
    *first, last = thing.answers
    return [*first, {**last, "device_id": device_id} if thing.handler == "template" else last]


async def _make_others(client: Client, config_dir: Path) -> None:
    """Create the entities with a config flow and without a device."""
    await client.flow("local_calendar", {"calendar_name": "Household"})
    await client.flow("local_todo", {"todo_list_name": "Shopping list"})
    entry = await client.flow("local_file", {"file_path": str(config_dir / "www" / CAMERA)})
    await _rename(client, entry["entry_id"], "camera.front_door", name="Front door camera")


async def _rename(client: Client, entry_id: str, entity_id: str, **more: Json) -> None:
    """Give the only entity of a config entry a short id. Its default id contains the area and the device."""
    entities = await client.command("config/entity_registry/list")
    (found,) = (entity["entity_id"] for entity in entities if entity["config_entry_id"] == entry_id)
    await client.command("config/entity_registry/update", entity_id=found, new_entity_id=entity_id, **more)


async def _place(client: Client, areas: dict[str, str], labels: dict[str, str], without: Container[str]) -> None:
    """Assign entities without a device to areas, add labels, and hide the helpers of switches."""
    changes: dict[str, Json] = {}
    for area in AREAS:
        for entity_id in area.entities:
            changes.setdefault(entity_id, {})["area_id"] = areas[area.name]
    for entity_id, names in _labelled().items():
        changes.setdefault(entity_id, {})["labels"] = sorted(labels[name] for name in names)
    for device in DEVICES:
        for thing in device.things:
            if thing.switchable:
                # Use the area of the switched entity, so that a key for the area can switch it.
                changes[thing.power] = {"hidden_by": "user", "area_id": areas.get(device.area)}
    changes["input_select.robot_activity"] = {"hidden_by": "user"}
    for entity_id, fields in changes.items():
        if entity_id.partition(".")[0] in without:
            continue
        await client.command("config/entity_registry/update", entity_id=entity_id, **fields)


def _labelled() -> dict[str, set[str]]:
    """Return the labels of each labelled entity."""
    found = {thing.entity_id: set(thing.labels) for thing in THINGS if thing.labels}
    for label, entities in LABELLED.items():
        for entity_id in entities:
            found.setdefault(entity_id, set()).add(label)
    return found


async def _people(client: Client) -> None:
    """Assign a phone to the first user, and add a guest with another phone."""
    (owner,) = (await client.command("person/list"))["storage"]
    await client.command("person/update", person_id=owner["id"], device_trackers=["device_tracker.phone"])
    await client.command("person/create", name="Guest", device_trackers=["device_tracker.guest_phone"])
