"""Calls that wait for a person: what waits, who was asked, and what they answered."""
