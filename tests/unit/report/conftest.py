"""Makes `sample_results` importable and builds the report once for all tests that only look at it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def sample():
    from sample_results import sample_results

    return sample_results()


@pytest.fixture(scope="session")
def written(sample, tmp_path_factory):
    """The folder that the sample report was written to."""
    from sample_results import write_report

    folder = tmp_path_factory.mktemp("report")
    write_report(sample, folder)
    return folder
