"""Real processes to try Drawbridge with: Home Assistant, the exporter, Prometheus and a browser.

The demo, the end-to-end tests, the benchmarks and the screenshots share this package.

Example:
    async with household(folder) as stack:
        await stack.home_assistant.client.get("/api/states")

"""
