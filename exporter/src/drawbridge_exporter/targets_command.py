"""The command that prints the targets file for Prometheus's ``file_sd_configs``."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from .config.settings import Defaults
from .config.targets_file import read_targets
from .config.values import parse_route_prefix
from .config.yamlfile import ConfigFileError
from .preflight.flags import read_flag
from .preflight.given import parse_place
from .server.debug import service_discovery


def print_targets(arguments: Sequence[str]) -> int:
    """Print the targets as JSON. Return 0, or 2 if the targets file is invalid."""
    parser = ArgumentParser(
        prog="drawbridge-exporter targets",
        description="Print the targets file for Prometheus's file_sd_configs. A running exporter serves the same at"
        " /sd, for http_sd_configs.",
        allow_abbrev=False,
    )
    parser.add_argument("--config.file", dest="file", required=True, metavar="FILE", help="the targets file")
    parser.add_argument("--address", required=True, metavar="HOST:PORT", help="where Prometheus reaches the exporter")
    parser.add_argument("--web.route-prefix", dest="prefix", default="", metavar="PATH", help="as for the exporter")
    options = parser.parse_args(arguments)
    try:
        prefix = parse_route_prefix(options.prefix)
        read_flag("--address", parse_place, options.address)
        targets = read_targets(Path(options.file), Defaults(30.0, None))
    except (ConfigFileError, ValueError) as error:
        sys.stderr.write(f"drawbridge-exporter: {error}\n")
        return 2
    sys.stdout.write(service_discovery(list(targets), options.address, prefix))
    return 0
