"""The audit trail: who was refused and who changed what, in memory, as events and in a file."""
