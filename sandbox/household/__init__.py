"""The household: some 70 entities of the kinds that people have, with areas, floors, labels and devices.

They are real helpers of Home Assistant: its packages make those that have no device, config flows the others.
"""

from sandbox.household.build import furnish, write_files

__all__ = ["furnish", "write_files"]
