"""What runs first: Ctrl-C ends the command in words from here on, also while everything else is still imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `elancry` with the arguments of the process and leave with its exit code."""
    try:
        from elancry.cli.main import main as whole

        whole()
    except KeyboardInterrupt:
        from elancry.texts import text

        sys.stderr.write(f"{text('main.stopped')}\n")
        sys.exit(130)
