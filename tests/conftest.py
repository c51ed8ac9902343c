"""Settings of all tests."""

from hypothesis import settings

# How fast an example runs says nothing on a machine that does other work too.
settings.register_profile("drawbridge", deadline=None)
settings.load_profile("drawbridge")
