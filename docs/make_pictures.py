"""Make the pictures of README and docs from the real product: the sample study's report in headless Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    """The browser on this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        sys.exit("no Chromium here: install one to make the pictures")
    return found


def shoot(page: Path, picture: Path, *, width: int, height: int) -> None:
    """A screenshot of the top of a local page."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium(),
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


def main() -> None:
    """Analyse the sample study and picture its report."""
    from elancry.cli.main import run

    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        run(["analyze", str(ROOT / "sample_eaf"), "-o", str(results), "--quiet"])
        shoot(results / "report.html", ROOT / "docs/images/report.png", width=1240, height=1000)


if __name__ == "__main__":
    main()
