"""A household of about 70 typical entities, with areas, floors, labels and devices.

All entities are Home Assistant helpers. Packages create those without a device, and config flows the others.
"""

from sandbox.household.build import furnish, write_files

__all__ = ["furnish", "write_files"]
