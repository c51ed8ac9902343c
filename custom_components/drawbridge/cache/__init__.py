"""Prepared answers, kept exact by Home Assistant's events."""
