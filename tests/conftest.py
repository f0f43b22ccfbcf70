"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with published oracles and real files, which stands beside a developer's checkout only."""
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED}: the oracles and real files are not part of the project")
    return SHARED
