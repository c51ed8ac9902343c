"""The entry point of `benchmarks/run`."""

import sys

from benchmarks.cli import main

sys.exit(main())
