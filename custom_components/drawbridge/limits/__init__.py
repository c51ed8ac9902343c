"""Limits on what clients can use up."""
