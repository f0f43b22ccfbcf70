"""`check.R`: a script beside the results that reruns every regression in R and prints the differences."""

from __future__ import annotations

from importlib.resources import files

CHECK_SCRIPT = "check.R"


def check_script() -> str:
    """The text of `check.R`; it reads the CSV tables (plain form) of the folder it lies in."""
    return (files("elancry.study.associate") / CHECK_SCRIPT).read_text(encoding="utf-8")
