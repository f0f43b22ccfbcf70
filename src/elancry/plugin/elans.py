"""Where is ELAN? Every installed version with its folder for extensions.

Places: Windows `%LOCALAPPDATA%\\ELAN_x\\app\\extensions` (and Program Files), macOS
`/Applications/ELAN_x.app/Contents/app/extensions` (and ~/Applications), Linux `ELAN_x/app/extensions` in the home
folder, /opt, /usr/local and the like. A folder is ELAN's if its `app` holds ELAN's jar or an `extensions` folder.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from elancry.check.coding import natural_key
from elancry.errors import UsageError

EXTENSIONS = "extensions"
_APPS = ("app", "Contents/app", "lib/app")


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
            found.setdefault(elan.extensions.resolve(), elan)
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
    hint = "Give ELAN's own folder (ELAN_6.9), ELAN_6.9.app on a Mac, or its folder 'extensions'."
    if not path.is_dir():
        raise UsageError(f"--elan-dir: there is no folder {path}", hint=hint)
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
        raise UsageError(
            f"--elan-dir: {path} holds {', '.join(item.name for item in inside)}", hint="Give one of them."
        )
    raise UsageError(f"--elan-dir: {path} is not ELAN's folder: it has no folder 'app' with ELAN in it", hint=hint)


def _name_of(extensions: Path) -> str:
    """`ELAN_6.9.app` of `/Applications/ELAN_6.9.app/Contents/app/extensions`; else the folder itself."""
    return next((part.name for part in extensions.parents if part.name.lower().startswith("elan")), str(extensions))
