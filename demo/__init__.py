"""The `scripts/demo` command: a household in which to try Drawbridge."""
