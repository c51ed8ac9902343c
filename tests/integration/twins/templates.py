"""Templates that the keys of the twins render."""

from typing import Final

_OF_DEVICES: Final = ("via_device_id", "serial_number", "connections", "identifiers", "area_id", "name")
OF_ENTITY: Final = (
    "{{ states('%s') }}", "{{ states.%s.state }}", "{{ is_state('%s', 'on') }}", "{{ state_attr('%s', 'a') }}",
    "{{ expand('%s') | map(attribute='entity_id') | list }}", "{{ area_name('%s') }}", "{{ device_id('%s') }}",
    "{{ now() }} {{ '%s' }}", "{{ has_value('%s') }}", "{{ labels('%s') }}", "{{ config_entry_id('%s') }}",
    "{{ entity_name('%s') }}", "{{ is_hidden_entity('%s') }}", "{{ floor_name('%s') }}", "{{ area_id('%s') }}",
    *(f"{{{{ device_attr('%s', '{name}') }}}}" for name in _OF_DEVICES),
)  # fmt: skip
"""Templates about an entity."""
OF_HOME: Final = (
    "{{ area_entities('living_room') }}", "{{ area_entities('attic') }}", "{{ label_entities('shared') }}",
    "{{ states | list | count }}", "{{ areas() }}", "{{ integration_entities('test') }}", "{{ states.light | list }}",
    "{{ floor_entities('ground') }}", "{{ states.sensor | map(attribute='state') | list }}", "{{ floors() }}",
    "{{ label_areas('shared') }}", "{{ issues() }}", "{{ labels() }}",
    "{{ states | map(attribute='entity_id') | list }}",
    "{{ expand('group.mixed') | map(attribute='state') | list }}",
)  # fmt: skip
"""Templates about the whole home."""
