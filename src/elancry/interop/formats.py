"""The formats, ours and those of other packages (`elancry.extensions`); each module is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from elancry.extensions import FORMATS, declared, load, wrong_kind

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
    "vcode": "vcode.tracks",
    "preflook": "vcode.preflook",
    "datavyu": "datavyu.opf",
    "datavyu-csv": "datavyu.export",
    "rttm": "rttm",
    "noldus": "noldus",
    "interact": "interact",
    "exb": "exmaralda.basic",
    "flk": "exmaralda.folker",
    "anvil": "anvil",
    "xlsx": "workbook.table",
}

EAF = "eaf"
# Formats that are objects in Python, not files: `--to` and `--from` do not know them.
_OBJECTS = {"pympi": "pympi_objects"}


def format_names() -> tuple[str, ...]:
    """The names for `--to` and `--from`, those of other packages last."""
    return tuple(dict.fromkeys((*_MODULES, *declared(FORMATS))))


def documented_names() -> tuple[str, ...]:
    """The names of all formats that the docs list, those without files too."""
    return (*_MODULES, *_OBJECTS)


def load_format(name: str) -> Format:
    """The format of that name; raises KeyError for an unknown name, UsageError for a package that cannot be used."""
    if name in declared(FORMATS):
        return _of_package(name)
    module, _, attribute = {**_MODULES, **_OBJECTS}[name].partition(":")
    found: Format = getattr(import_module(f"elancry.interop.{module}"), attribute or "FORMAT")
    return found


def _of_package(name: str) -> Format:
    from elancry.interop.format import Format

    found = load(FORMATS, name, (EAF, *_MODULES, *_OBJECTS))
    if not isinstance(found, Format) or found.name != name:
        raise wrong_kind(FORMATS, name, f"elancry.interop.format.Format({name!r}, ...)")
    return found
