"""The production checklist as a command: drawbridge-exporter preflight."""
