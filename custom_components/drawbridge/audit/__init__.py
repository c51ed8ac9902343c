"""The audit trail: refusals and changes, in memory, as events and in files."""
