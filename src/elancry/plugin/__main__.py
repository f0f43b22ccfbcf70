"""`python -m elancry.plugin compare`: one recognizer, as ELAN starts it (see `elancry.plugin.entry`)."""

from __future__ import annotations

import sys

from elancry.plugin.entry import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
