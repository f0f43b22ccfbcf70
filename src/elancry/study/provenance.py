"""Who computed what, from which bytes, with which programs."""

from __future__ import annotations

import datetime
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from elancry import __version__
from elancry.extensions import MEASURES, packages
from elancry.paths import real_path
from elancry.study.results import Provenance

if TYPE_CHECKING:
    from elancry.check.coding import CheckedCoding
    from elancry.study.plan import Plan

_PACKAGES = ("numpy", "scipy", "pandas", "statsmodels", "pingouin", "krippendorff", "lxml")


def provenance_of(coding: CheckedCoding, plan: Plan, command: str, versus: CheckedCoding | None = None) -> Provenance:
    """The provenance of a run over `coding`; paths are relative and no user is named.

    `versus` is another study that it is compared with: its files are named `versus/...`.
    """
    read = [*((item, item.name) for item in (*coding.files, *coding.guest_files))]
    read += [(item, f"versus/{item.name}") for item in (versus.files if versus is not None else ())]
    return Provenance(
        command=command,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        versions=versions(),
        seed=plan.seed,
        plan=plan.settings(),
        inputs=tuple(
            {"file": name, "session": item.session, "rater": "|".join(item.raters), "sha256": item.sha256}
            for item, name in read
        ),
        passed_over=dict(coding.passed_over),
        plan_file=None if plan.file is None else relative(plan.file),
    )


def relative(file: str) -> str:
    """A file as seen from where the command was called; only its name where it lies elsewhere on this computer."""
    path, here = real_path(Path(file)), real_path(Path.cwd())
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else PurePath(file).name


def versions() -> dict[str, str]:
    """Name -> version of elancry, Python and every library that a number comes from."""
    found = {"elancry": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return {**found, **packages(MEASURES)}
