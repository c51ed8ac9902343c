"""Decisions: which entities, which calls, which headers. Pure: no input or output, no Home Assistant."""
