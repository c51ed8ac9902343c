"""The `scripts/demo` command: a household that a person can try Drawbridge in."""
