"""Where is ELAN, and is it running? Every installed version with its folder for extensions.

Places: Windows `%LOCALAPPDATA%\\ELAN_x\\app\\extensions` (and Program Files), macOS
`/Applications/ELAN_x.app/Contents/app/extensions` (and ~/Applications), Linux `ELAN_x/app/extensions` in the home
folder, /opt, /usr/local and the like. A folder is ELAN's if its `app` holds ELAN's jar or an `extensions` folder.

A running ELAN goes on with the forms that it read at its start, and on Windows holds them open. A program is that
ELAN's if it was started from ELAN's folder, or is a Java that was given something out of it. Where the system does not
say what runs, nothing is found.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from elancry.check.coding import natural_key
from elancry.errors import OutputRefused, UsageError
from elancry.paths import real_path
from elancry.texts import text

EXTENSIONS = "extensions"
_APPS = ("app", "Contents/app", "lib/app")
_PROCESSES = Path("/proc")
_ASK_WINDOWS = "Get-Process | Where-Object Path | ForEach-Object Path"
_SECONDS = 20


@dataclass(frozen=True)
class Elan:
    """One ELAN: `name` as in its folder, `extensions` where its extensions go (may not exist yet)."""

    name: str
    extensions: Path

    @property
    def home(self) -> Path | None:
        """The folder that holds all of this ELAN; `None` where the extensions lie apart from it."""
        app = self.extensions.parent
        for part in map(Path, sorted(_APPS, key=len, reverse=True)):
            if app.parts[-len(part.parts) :] == part.parts:
                return app.parents[len(part.parts) - 1]
        return None


def find_elans(
    *,
    platform: str = sys.platform,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    root: Path = Path("/"),
) -> tuple[Elan, ...]:
    """Every ELAN in the usual places, by name; `root` stands for the top of the file system."""
    environ = os.environ if environ is None else environ
    found: dict[Path, Elan] = {}
    for folder in _candidates(platform, environ, home, root):
        elan = _elan_in(folder)
        if elan is not None:
            found.setdefault(real_path(elan.extensions), elan)
    return tuple(sorted(found.values(), key=lambda item: natural_key(item.name)))


def _candidates(platform: str, environ: Mapping[str, str], home: Path | None, root: Path) -> Iterable[Path]:
    if platform == "win32":
        names = ("LOCALAPPDATA", "ProgramFiles", "ProgramW6432", "ProgramFiles(x86)")
        places = [Path(environ[name]) for name in names if environ.get(name)]
        return _like_elan([*places, *(place / "Programs" for place in places[:1])])
    home = home or _home()
    if platform == "darwin":
        tops = [place / "Applications" for place in (root, home) if place is not None]
        return _like_elan([*tops, *(path for top in tops for path in _like_elan([top]))])
    own = (
        () if home is None else (".", "Applications", "opt", "bin", "Downloads", ".local", ".local/opt", ".local/share")
    )
    shared = ("opt", "usr/local", "usr/local/share", "usr/local/lib", "usr/share", "usr/lib")
    return _like_elan([*(home / part for part in own if home is not None), *(root / part for part in shared)])


def _like_elan(places: Iterable[Path]) -> list[Path]:
    found = []
    for place in places:
        try:
            found += sorted(path for path in place.iterdir() if path.name.lower().startswith("elan") and path.is_dir())
        except OSError:
            continue
    return found


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


def _elan_in(folder: Path) -> Elan | None:
    for part in _APPS:
        app = folder / part
        if _is_app(app):
            return Elan(folder.name, app / EXTENSIONS)
    return None


def _is_app(app: Path) -> bool:
    try:
        return app.is_dir() and ((app / EXTENSIONS).is_dir() or any(_is_jar(path.name) for path in app.iterdir()))
    except OSError:
        return False


def _is_jar(name: str) -> bool:
    return name.lower().startswith("elan") and name.lower().endswith(".jar")


def elan_at(path: Path) -> Elan:
    """The ELAN that `path` means: its folder, the .app, its `app` or `extensions` folder, or a folder with one ELAN.

    Raises UsageError, in words, where there is none or several.
    """
    # A shell leaves the ~ of a quoted path as it is.
    with contextlib.suppress(RuntimeError):
        path = path.expanduser()
    path = path.absolute()
    hint = text("plugin.elan-dir-hint")
    if not path.is_dir():
        raise UsageError(text("plugin.elan-dir-missing", path=str(path)), hint=hint)
    if path.name == EXTENSIONS or any(path.glob("*/*.cmdi")):
        return Elan(_name_of(path), path)
    if _is_app(path):
        return Elan(_name_of(path / EXTENSIONS), path / EXTENSIONS)
    own = _elan_in(path)
    if own is not None:
        return own
    inside = [elan for folder in _like_elan([path]) if (elan := _elan_in(folder)) is not None]
    if len(inside) == 1:
        return inside[0]
    if inside:
        names = [item.name for item in inside]
        raise UsageError(
            text("plugin.elan-dir-several", path=str(path), names=names), hint=text("plugin.elan-dir-several-hint")
        )
    raise UsageError(text("plugin.elan-dir-other", path=str(path)), hint=hint)


def _name_of(extensions: Path) -> str:
    """`ELAN_6.9.app` of `/Applications/ELAN_6.9.app/Contents/app/extensions`; else the folder itself."""
    return next((part.name for part in extensions.parents if part.name.lower().startswith("elan")), str(extensions))


def refuse_running(elan: Elan) -> None:
    """Raise OutputRefused where this ELAN is running."""
    if elan.home is not None and is_running(elan.home):
        raise OutputRefused(text("plugin.elan-is-running", name=elan.name), hint=text("plugin.elan-is-running-hint"))


def is_running(home: Path) -> bool:
    """Whether a program of the ELAN in the folder `home` runs."""
    top = _normal(home)
    return any(program == top or program.startswith(top + os.sep) for program in map(_normal, _programs()))


def _programs() -> Iterator[str | Path]:
    """The paths of all programs that run, as far as the system tells."""
    if sys.platform == "win32":
        # The folder of PowerShell is the same in every Windows, whatever PATH says.
        shell = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32/WindowsPowerShell/v1.0/powershell.exe"
        yield from _lines([str(shell), "-NoProfile", "-NonInteractive", "-Command", _ASK_WINDOWS])
    elif sys.platform == "darwin":
        yield from _lines(["/bin/ps", "-axo", "comm="])
    else:
        for process in _PROCESSES.glob("[0-9]*"):
            yield from _of_process(process)


def _of_process(process: Path) -> Iterator[str | Path]:
    try:
        program = (process / "exe").readlink()
        yield program
        if program.name.startswith("java"):
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            # A class path, or an option such as -Dapp.dir=/opt/ELAN/app.
            yield from (part for item in arguments for part in item.rpartition("=")[2].split(os.pathsep) if part)
    except OSError:
        return


def _lines(command: list[str]) -> list[str]:
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def _normal(path: str | Path) -> str:
    return os.path.normcase(os.path.realpath(path) if Path(path).is_absolute() else path)
