"""Repair issues: what an administrator should look at."""
