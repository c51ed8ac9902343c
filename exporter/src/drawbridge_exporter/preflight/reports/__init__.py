"""Reports of preflight as text, JSON, JUnit XML and HTML."""
