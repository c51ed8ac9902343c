"""A rollback by one minor version and the upgrade after it: keys keep working, and what was withdrawn stays so."""

import pytest

from custom_components.drawbridge.migration import MINOR_VERSION
from tests.integration.house import Bridge

NEWER = {"a_field_of_a_later_version": {"nested": [1]}}


async def reloaded(bridge: Bridge) -> None:
    """Set the entry up again, as another version does after a restart."""
    assert await bridge.hass.config_entries.async_setup(bridge.entry.entry_id)
    await bridge.hass.async_block_till_done()


async def stored_by_a_later_version(bridge: Bridge) -> None:
    """Unload the entry, and change it as a later minor version does: more fields, and a greater minor version."""
    entries = bridge.hass.config_entries
    await entries.async_unload(bridge.entry.entry_id)
    for subentry in bridge.entry.subentries.values():
        entries.async_update_subentry(bridge.entry, subentry, data={**subentry.data, **NEWER})
    options = {**bridge.entry.options, **NEWER}
    entries.async_update_entry(bridge.entry, options=options, minor_version=MINOR_VERSION + 1)


@pytest.mark.usefixtures("hass_admin_user")
async def test_one_version_back_and_forth(bridge: Bridge) -> None:
    """With the storage of the later version, then with what this version changed."""
    kept, rotated, removed = [await bridge.add_key(name=name) for name in ("Kept", "Rotated", "Removed")]
    await stored_by_a_later_version(bridge)

    await reloaded(bridge)
    assert [(await bridge.get("/key", secret)).status for secret in (kept, rotated, removed)] == [200, 200, 200]
    assert bridge.entry.minor_version == MINOR_VERSION + 1, "Home Assistant migrates to the later version only once"
    await bridge.act("revoke_key", key="Removed")
    answer = await bridge.act("rotate_key", key="Rotated", overlap={"hours": 0})

    await stored_by_a_later_version(bridge)
    await reloaded(bridge)
    secrets = (kept, rotated, str(answer["secret"]), removed)
    assert [(await bridge.get("/key", secret)).status for secret in secrets] == [200, 401, 200, 401]
