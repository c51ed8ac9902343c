"""Compares Drawbridge with Home Assistant's own API in one process, with a real load generator.

`benchmarks/run` runs the benchmarks and prints a table.
"""
