"""Reads the settings from the command line, the environment and files."""
