"""A household on real processes: Home Assistant with Drawbridge, the exporter and Prometheus.

`scripts/demo` shows it to a person; the end-to-end tests and the benchmarks import it:

    async with household(folder) as stack:
        await stack.home_assistant.client.get("/api/states")
"""
