"""What runs first: Ctrl-C ends the command in words from here on, also while everything else is still imported."""

from __future__ import annotations

import os
import sys

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main() -> None:
    """Run `elancry` with the arguments of the process and leave with its exit code."""
    one_thread()
    try:
        from elancry.cli.main import main as whole

        whole()
    except KeyboardInterrupt:
        from elancry.texts import text

        sys.stderr.write(f"{text('main.stopped')}\n")
        sys.exit(130)


def one_thread() -> None:
    """Let NumPy's linear algebra use one thread, here and in the processes that this one starts.

    The matrices of a study are small: threads wait for each other longer than they compute. NumPy reads this when it is
    loaded, so it comes before; what the user set stays.
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")
