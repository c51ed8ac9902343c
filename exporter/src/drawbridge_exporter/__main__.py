"""``python -m drawbridge_exporter`` is ``drawbridge-exporter``."""

from .main import run

if __name__ == "__main__":
    run()
