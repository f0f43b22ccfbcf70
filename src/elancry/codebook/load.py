"""A codebook from YAML: every problem of the file is reported at once, with its line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import elancry
from elancry.codebook.from_ecv import codebook_of_ecv, is_ecv
from elancry.codebook.model import Codebook
from elancry.codebook.read import read_codebook
from elancry.errors import InvalidInput, UnreadableInput
from elancry.findings import Finding, Severity
from elancry.names import did_you_mean, nearest
from elancry.paths import why_no_file
from elancry.texts import text
from elancry.yaml_lines import parse_yaml, read_yaml


def templates_folder() -> Path:
    """Where the built-in codebooks lie: inside the installed package, or in the checkout of an editable install."""
    package = Path(elancry.__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parents[1] / "templates"


def builtin_names() -> tuple[str, ...]:
    """Names of the built-in codebooks, sorted."""
    return tuple(sorted(path.parent.name for path in templates_folder().glob("*/*.yaml")))


def _earlier() -> dict[str, Path]:
    """Earlier versions of the built-in codebooks, `NAME-VERSION` -> file: studies may be coded with them."""
    return {path.stem: path for path in sorted(templates_folder().glob("*/earlier/*.yaml"))}


def builtin_path(name: str) -> Path:
    """The YAML file of the built-in codebook `name`, or `NAME-VERSION` for an earlier version.

    Raises UnreadableInput, with the names there are, for any other.
    """
    earlier = _earlier()
    if name in earlier:
        return earlier[name]
    if name not in builtin_names():
        raise UnreadableInput(
            text("codebook.no-builtin", name=name, names=builtin_names()),
            hint=did_you_mean(nearest(name, builtin_names())),
        )
    return templates_folder() / name / f"{name}.yaml"


def find_codebook(source: str | Path) -> Path:
    """The file that `source` means: a path, or the name of a built-in codebook."""
    path = Path(source)
    name = str(source)
    if path.is_file():
        return path
    if name in builtin_names() or name in _earlier():
        return builtin_path(name)
    if path.is_dir():
        raise UnreadableInput(text("codebook.is-folder", path=str(path)))
    if (why := why_no_file(path)) is not None:
        raise UnreadableInput(why)
    raise UnreadableInput(
        text("codebook.not-found", name=name, names=builtin_names()),
        hint=did_you_mean(nearest(name, builtin_names())) or text("codebook.not-found-hint"),
    )


def check_codebook(source: str | Path) -> tuple[Codebook | None, tuple[Finding, ...]]:
    """The codebook and everything that is wrong or odd in its file; `None` where an error forbids using it.

    `source` is a path or the name of a built-in codebook; of an .ecv file, its vocabularies are the codebook.
    UnreadableInput where the file is no YAML at all.
    """
    path = find_codebook(source)
    if is_ecv(path):
        book = codebook_of_ecv(path)
        if not book.systems:
            raise UnreadableInput(text("codebook.no-entries", path=str(path)), hint=text("codebook.no-entries-hint"))
        return book, ()
    return read_codebook(read_yaml(path), str(path) if path == Path(source) else path.name)


def load_codebook(source: str | Path) -> Codebook:
    """The codebook at a path or of a built-in name; InvalidInput carries all findings where there is an error."""
    codebook, findings = check_codebook(source)
    return _usable(codebook, findings, str(source))


@cache
def builtin_with_stamp(stamp: str) -> tuple[str, Codebook] | None:
    """The built-in codebook that files state as `stamp` ("crying 1"), also an earlier version, and its name here."""
    name, _, version = stamp.strip().partition(" ")
    for known in (name, f"{name}-{version}"):
        if known in builtin_names() or known in _earlier():
            codebook = load_codebook(known)
            if codebook.stamp == stamp.strip():
                return known, codebook
    return None


def parse_codebook(content: str, name: str = "codebook") -> Codebook:
    """The codebook in YAML text; InvalidInput carries all findings where there is an error."""
    codebook, findings = read_codebook(parse_yaml(content, name), name)
    return _usable(codebook, findings, name)


def _usable(codebook: Codebook | None, findings: Sequence[Finding], name: str) -> Codebook:
    if codebook is not None:
        return codebook
    errors = sum(item.severity is Severity.ERROR for item in findings)
    raise InvalidInput(text("codebook.mistakes", n=errors, name=name), findings)
