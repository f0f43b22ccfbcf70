"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Where a change is judged, the same examples are tried each time; a developer's machine goes on looking for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Messages are tested in English whatever the developer's system speaks; the catalogues may have been edited since the
# installation.
os.environ["LANGUAGE"] = "en"
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
import hatch_build  # noqa: E402

hatch_build.compile_texts()

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with published oracles and real files, which stands beside a developer's checkout only."""
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED}: the oracles and real files are not part of the project")
    return SHARED
