"""The formats that elancry knows, found by name or suffix; each module is imported when its format is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elancry.interop.format import Format

# name -> module of this package that holds it as FORMAT; in the order in which the docs list them.
# A module that holds several names the one that is meant behind a colon.
_MODULES: dict[str, str] = {
    "textgrid": "textgrid",
    "textgrid-short": "textgrid:SHORT_FORMAT",
    "csv": "delimited.table",
    "tsv": "delimited.table:TSV_FORMAT",
    "elan-tab": "delimited.table:ELAN_FORMAT",
    "elan-columns": "delimited.table:COLUMNS_FORMAT",
    "webvtt": "subtitles.webvtt",
    "srt": "subtitles.srt",
    "chat": "chat.transcript",
    "boris": "boris.project",
    "boris-events": "boris.tables",
    "sdis": "sdis.timed_events",
    "webannotation": "webannotation.page",
    "r": "rbundle.bundle",
}

# Formats that are objects in Python, not files: `--to` and `--from` do not know them.
_OBJECTS = {"pympi": "pympi_objects"}


def format_names() -> tuple[str, ...]:
    """The names for `--to` and `--from`."""
    return tuple(_MODULES)


def documented_names() -> tuple[str, ...]:
    """The names of all formats that the docs list, those without files too."""
    return (*_MODULES, *_OBJECTS)


def load_format(name: str) -> Format:
    """The format of that name; raises KeyError for an unknown name."""
    module, _, attribute = {**_MODULES, **_OBJECTS}[name].partition(":")
    found: Format = getattr(import_module(f"elancry.interop.{module}"), attribute or "FORMAT")
    return found
