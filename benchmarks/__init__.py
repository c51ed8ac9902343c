"""Drawbridge beside Home Assistant's own API, in one process, under a real load generator.

`benchmarks/run` measures and prints one table.
"""
