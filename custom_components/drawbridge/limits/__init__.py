"""Limits on what a client may use. Nothing here imports Home Assistant, and the clock is passed in."""
