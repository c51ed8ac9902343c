"""Repair issues."""
