"""The entry point of `scripts/demo`."""

import sys

from demo.cli import main

sys.exit(main())
