"""Would ELAN's panel take this descriptor, draw its form and start it?

ELAN says little about a descriptor that it cannot use: a field without a label is not drawn, and a name of two letters
makes the button Start do nothing at all. `problems` asks every rule before a descriptor is written, and of those that
an earlier elancry installed.

Rules
-----
Measured with ELAN 6.9 and read in the classes RecognizerParser, LocalRecognizer and AbstractRecognizerPanel (ELAN 5 to
7.0, GPL-3.0).

- CLARIN CMD 1.1; one `recognizer` of type `local` in Components/RECOGNIZER.
- The run command of each system is split on blanks, without any quoting, and started in the descriptor's folder.
- ELAN makes a temporary file for a tier or an output with the field's name as prefix (Java's `File.createTempFile`),
  which takes no fewer than three characters. We hold every field to it, so that none can become a tier's by accident.
- A field has a level, `basic` or `advanced`, and a label (`info`), which is shown as HTML.
- Inputs and outputs are of a type that ELAN knows and say whether they are optional; an audio input `source`, optional,
  is there.
- A number is `int` or `float` with minimum, maximum and a default between them; the words of a choice (`convoc`) are
  split on blanks, and the default is one of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from elancry.texts import Text, text

SHORTEST_NAME = 3
FILE_TYPES = frozenset(
    ("tier", "multitier", "csvtier", "audio", "video", "timeseries", "csvtimeseries", "auxiliary"),
)
LEVELS = frozenset(("basic", "advanced"))
_SOURCE = "source"
_CMD = "{http://www.clarin.eu/cmd/}"
_RUNS = ("runLinux", "runMac", "runWin")
_FIELDS = {f"{_CMD}{name}": name for name in ("input", "output", "numparam", "textparam")}
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:")


def problems(descriptor: bytes) -> list[Text]:
    """What ELAN's panel would choke on, each as one sentence without a full stop; empty where it takes everything."""
    recognizer_list = _recognizer_list(descriptor)
    if recognizer_list is None:
        return [text("plugin.panel-no-descriptor")]
    fields = [(_FIELDS[item.tag], item) for item in recognizer_list if item.tag in _FIELDS]
    return [*_run(recognizer_list), *_names([_name(item) for _, item in fields]), *_each(fields), *_source(fields)]


def _recognizer_list(descriptor: bytes) -> ElementTree.Element | None:
    if b"<!DOCTYPE" in descriptor:
        return None
    try:
        root = ElementTree.fromstring(descriptor)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    if root.tag != f"{_CMD}CMD" or root.get("CMDVersion") != "1.1":
        return None
    return root.find(f"{_CMD}Components/{_CMD}RECOGNIZER")


def _run(recognizer_list: ElementTree.Element) -> Iterator[Text]:
    found = recognizer_list.findall(f"{_CMD}recognizer")
    if len(found) != 1 or len(_name(found[0]).split()) != 1 or found[0].get("recognizerType") != "local":
        yield text("plugin.panel-no-recognizer")
        return
    if not (found[0].get("info") or "").strip():
        yield text("plugin.panel-no-title")
    commands = {system: found[0].get(system) or "" for system in _RUNS}
    for system, command in commands.items():
        if not command.split():
            yield text("plugin.panel-no-run", system=system)
        elif {'"', "'"} & set(command):
            yield text("plugin.panel-quoted-run", system=system, command=command)
        elif _ABSOLUTE.match(command) and len(command.split()) > 1:
            yield text("plugin.panel-absolute-run", system=system, command=command)


def _names(names: list[str]) -> Iterator[Text]:
    short = [name for name in names if len(name) < SHORTEST_NAME]
    if short:
        yield text("plugin.panel-short-names", names=short, shortest=SHORTEST_NAME)
    if odd := [name for name in names if not (name.isascii() and name.isidentifier()) and name not in short]:
        yield text("plugin.panel-odd-names", names=odd)
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        yield text("plugin.panel-equal-names", names=twice)


def _each(fields: list[tuple[str, ElementTree.Element]]) -> Iterator[Text]:
    for kind, item in fields:
        name, label = _name(item), (item.get("info") or "").strip()
        if not label or {"<", "&"} & set(label):
            yield text("plugin.panel-label", name=name)
        if item.get("level") not in LEVELS:
            yield text("plugin.panel-level", name=name, level=item.get("level") or "")
        if kind in ("input", "output"):
            yield from _file(name, item)
        elif kind == "numparam":
            yield from _number(name, item)
        elif item.get("convoc") is not None:
            yield from _choice(name, item)


def _file(name: str, item: ElementTree.Element) -> Iterator[Text]:
    if item.get("type") not in FILE_TYPES:
        yield text("plugin.panel-type", name=name, type=item.get("type") or "", types=sorted(FILE_TYPES))
    if item.get("optional") not in ("true", "false"):
        yield text("plugin.panel-optional", name=name)


def _number(name: str, item: ElementTree.Element) -> Iterator[Text]:
    if item.get("type") not in ("int", "float"):
        yield text("plugin.panel-type", name=name, type=item.get("type") or "", types=["int", "float"])
    low, value, high = (_float(item.get(key)) for key in ("min", "default", "max"))
    if not (low < high and low <= value <= high):
        yield text("plugin.panel-number", name=name)


def _choice(name: str, item: ElementTree.Element) -> Iterator[Text]:
    if item.get("default") not in (item.get("convoc") or "").split():
        yield text("plugin.panel-choice", name=name)


def _source(fields: list[tuple[str, ElementTree.Element]]) -> Iterator[Text]:
    wanted = ("input", _SOURCE, "audio", "true")
    if wanted not in [(kind, _name(item), item.get("type"), item.get("optional")) for kind, item in fields]:
        yield text("plugin.panel-no-source")


def _name(item: ElementTree.Element) -> str:
    return (item.text or "").strip()


def _float(value: str | None) -> float:
    """A number as Java's `Float.parseFloat` takes it; NaN, which no comparison holds for, where it is none."""
    try:
        number = float(value or "")
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
