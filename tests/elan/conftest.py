"""ELAN, as a recognizer meets it: the descriptor's command split on blanks, parameters in, every line read."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

from elancry.plugin.elans import elan_at
from elancry.plugin.install import install

CMD = "{http://www.clarin.eu/cmd/}"
Span = tuple[int, int, str]
Chosen = str | Iterable[Span]
"""What is in a field: a text, or the annotations of a tier."""

# What macOS and Windows leave of the environment, or less.
BARE = {"PATH": "", "LC_ALL": "C"}


@dataclass(frozen=True)
class Ran:
    """What ELAN saw of a run."""

    lines: list[str]
    code: int

    @property
    def report(self) -> str:
        return "\n".join(self.lines)

    @property
    def done(self) -> bool:
        return self.lines[-1] == "RESULT: DONE." and "RESULT: FAILED." not in self.lines

    @property
    def failed(self) -> bool:
        return self.lines[-1] == "RESULT: FAILED." and "RESULT: DONE." not in self.lines


class FakeElan:
    """Runs installed recognizers as ELAN's LocalRecognizer does; `temp` is where it writes tiers."""

    def __init__(self, extensions: Path, temp: Path) -> None:
        self.extensions = extensions
        self.temp = temp

    def command(self, name: str) -> list[str]:
        """The run command of a descriptor, split on blanks without any quoting."""
        root = ElementTree.parse(self.extensions / name / f"{name}.cmdi").getroot()
        recognizer = root.find(f".//{CMD}recognizer")
        assert recognizer is not None
        return (recognizer.get("runLinux") or "").split()

    def fields(self, name: str) -> list[ElementTree.Element]:
        root = ElementTree.parse(self.extensions / name / f"{name}.cmdi").getroot()
        kinds = {f"{CMD}{kind}" for kind in ("input", "output", "numparam", "textparam")}
        return [item for item in root.iter() if item.tag in kinds]

    def create_temp_file(self, prefix: str) -> Path:
        """Java's `File.createTempFile(prefix, ".xml")`: a new file, refused for a prefix of one or two letters."""
        if len(prefix) < 3:
            raise ValueError(f"Prefix string {prefix!r} too short: length must be at least 3")
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".xml", dir=self.temp)
        os.close(handle)
        return Path(name)

    def tier(self, field: str, spans: Iterable[Span]) -> str:
        """Write the tier chosen for a field as RecTierWriter does and return its path."""
        path = self.create_temp_file(field)
        lines = "".join(
            f'\t<span start="{a // 1000}.{a % 1000:03d}" end="{b // 1000}.{b % 1000:03d}"><v>{escape(v)}</v></span>\n'
            for a, b, v in spans
        )
        path.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<TIER xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:noNamespaceSchemaLocation="file:avatech-tier.xsd" columns="tier_1">\n{lines}</TIER>\n',
            encoding="utf-8",
        )
        return str(path)

    def parameters(self, name: str, fields: Mapping[str, Chosen]) -> bytes:
        """Every field of the form, numbers as floats, what was not chosen empty; other names are added as they are."""
        chosen = {
            field: value if isinstance(value, str) else self.tier(field, value) for field, value in fields.items()
        }
        values: dict[str, str] = {"InvocationContext": f"{name} 2026-11-23 12:00:00+0100"}
        for item in self.fields(name):
            field = item.text or ""
            values[field] = chosen.get(field, str(float(item.get("default", ""))) if "min" in item.attrib else "")
            if "convoc" in item.attrib:
                values[field] = chosen.get(field, item.get("default", ""))
        values |= {field: value for field, value in chosen.items() if field not in values}
        body = "".join(f'<param name="{field}">{escape(value)}</param>\n' for field, value in values.items())
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<PARAM xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:noNamespaceSchemaLocation="file:avatech-call.xsd">\n{body}</PARAM>\n'
        ).encode()

    def start(self, name: str, *, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start it in its folder, with the error stream joined to the output."""
        return subprocess.Popen(
            self.command(name),
            cwd=self.extensions / name,
            env=dict(BARE if environ is None else environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def send(self, name: str, parameters: bytes, *, environ: Mapping[str, str] | None = None) -> Ran:
        process = self.start(name, environ=environ)
        out, _ = process.communicate(parameters, timeout=120)
        lines = out.decode("utf-8").splitlines()
        # A line of one character can end a run in ELAN, and nobody can read a traceback.
        assert not [line for line in lines if len(line) == 1]
        assert not [line for line in lines if "Traceback" in line or "Warning" in line]
        return Ran(lines, process.returncode)

    def run(self, name: str, **chosen: Chosen) -> Ran:
        return self.send(name, self.parameters(name, chosen))


@pytest.fixture(scope="session")
def fake_elan(tmp_path_factory: pytest.TempPathFactory) -> FakeElan:
    """Both recognizers installed; a blank and an umlaut in every path, the interpreter's too."""
    if sys.platform == "win32":
        pytest.skip("run.sh is for Linux and macOS")
    top = tmp_path_factory.mktemp("Müllers Rechner")
    prefix = top / "Mein Python ü"
    prefix.symlink_to(sys.prefix)
    python = prefix / Path(os.path.normpath(sys.executable)).relative_to(sys.prefix)
    assert python.exists()
    extensions = top / "ELAN 6.9 ä" / "app" / "extensions"
    extensions.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(python))
        install(elan_at(extensions))
    temp = top / "Temporäre Dateien"
    temp.mkdir()
    assert " " in str(python)
    return FakeElan(extensions, temp)
