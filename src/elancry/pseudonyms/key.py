"""The key: which name has which pseudonym. It is a file of its own that stays with the people who know the names.

Conventions
-----------
- Pseudonyms are drawn at random among the free numbers: neither their order nor their size tells anything. A name that
  has one keeps it, so that the same key gives the same pseudonyms in every command.
- `secret` makes identifiers that are the same in every run and cannot be computed without the key; `made` is the day on
  which the key was made and the date of every file under pseudonyms.
"""

from __future__ import annotations

import contextlib
import datetime
import hmac
import json
import re
import secrets
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from elancry.errors import UnreadableInput, UsageError
from elancry.files import write_text
from elancry.locks import alone
from elancry.paths import read_regular, real_path, why_no_file
from elancry.texts import text

KINDS = {"session": "S", "rater": "R", "participant": "P", "medium": "M", "patient": "C", "therapist": "T"}
"""What has a pseudonym, and the letter that it begins with."""
REMOVED = "[removed]"
"""Stands for a text or a name that is left out."""
_FEWEST_DIGITS = 2
_PSEUDONYM = re.compile(r"[^\W_]+")
"""Letters and digits only: a pseudonym becomes part of the names of files."""


class Key:
    """Original names (Unicode NFC) and their pseudonyms, by kind."""

    def __init__(self, secret: str, names: Mapping[str, Mapping[str, str]], made: str | None = None) -> None:
        self.names: dict[str, dict[str, str]] = {kind: dict(names.get(kind, {})) for kind in KINDS}
        self.made = made or datetime.datetime.now(datetime.UTC).date().isoformat()
        self._secret = secret

    @classmethod
    def read(cls, path: Path, *, outputs: Path | None) -> Key:
        """The key in `path`, a new one if there is no file. `outputs` is the folder that is given away.

        Raises UsageError for a key inside it, UnreadableInput for a file that is no key.
        """
        if outputs is not None and real_path(path).is_relative_to(real_path(outputs)):
            raise _among_outputs(path, outputs)
        if (why := why_no_file(path)) is not None:
            raise UnreadableInput(why)
        if not path.exists():
            return cls(secrets.token_hex(16), {})
        try:
            content = json.loads(read_regular(path))
            made = content.get("made")
            key = cls(str(content["salt"]), content["names"], None if made is None else str(made))
            _require_sound(key)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            said = text("pseudonyms.not-a-key", path=str(path))
            raise UnreadableInput(said, hint=text("pseudonyms.hint-other-key")) from error
        return key

    @classmethod
    @contextlib.contextmanager
    def changed(cls, path: Path, *, outputs: Path | None) -> Iterator[Key]:
        """The key in `path`, to be given names, saved at the end of the block; no other command gives any meanwhile.

        Raises what `read` does, OutputRefused where it cannot be saved.
        """
        with contextlib.suppress(OSError):  # writing says what is wrong
            path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path.parent):
            key = cls.read(path, outputs=outputs)
            yield key
            key._write(path)

    def _write(self, path: Path) -> None:
        content = {"salt": self._secret, "made": self.made, "names": self.names}
        write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def take(self, kind: str, originals: Iterable[str]) -> None:
        """Give every name a pseudonym that has none yet."""
        known = self.names[kind]
        new = sorted({name for each in originals if (name := nfc(each)) and name not in known})
        if not new:
            return
        # No pseudonym is anybody's name: who sees one knows what it is.
        taken = {name for names in self.names.values() for pair in names.items() for name in pair} | set(new)
        digits = max(_FEWEST_DIGITS, len(str(2 * (len(known) + len(new)))))
        numbers = (f"{KINDS[kind]}{number:0{digits}d}" for number in range(1, 10**digits))
        free = [pseudonym for pseudonym in numbers if pseudonym not in taken]
        known.update(zip(new, secrets.SystemRandom().sample(free, len(new)), strict=True))

    def of(self, kind: str, name: str) -> str:
        """The pseudonym of a name, `REMOVED` for one that has none."""
        return self.names[kind].get(nfc(name), REMOVED)

    def done(self) -> Key:
        """A key by which pseudonyms stay what they are: for what was written with this one."""
        names = {kind: {**known, **{name: name for name in known.values()}} for kind, known in self.names.items()}
        return Key(self._secret, names, self.made)

    def with_hidden(self, hidden: Mapping[str, Iterable[str]]) -> Key:
        """A key by which these names, which are pseudonyms already, stay what they are, too."""
        names = {kind: {**{name: name for name in hidden.get(kind, ())}, **known} for kind, known in self.names.items()}
        return Key(self._secret, names, self.made)

    def identifier(self, original: str) -> uuid.UUID:
        """An identifier in place of another one: the same for the same, and only with this key."""
        return uuid.UUID(bytes=hmac.digest(self._secret.encode(), original.encode(), "sha256")[:16], version=4)


def refuse_beside(key: Path, output: Path) -> None:
    """Raise UsageError for a key that lies beside the file that is given away."""
    if real_path(key).parent == real_path(output).parent:
        raise _among_outputs(key, output.parent)


def _among_outputs(key: Path, folder: Path) -> UsageError:
    said = text("pseudonyms.key-among-outputs", key=str(key), folder=str(folder))
    return UsageError(said, hint=text("pseudonyms.hint-key-outside"))


def nfc(name: str) -> str:
    """A name without blanks at its edges, composed."""
    return unicodedata.normalize("NFC", name.strip())


def _require_sound(key: Key) -> None:
    """Raises ValueError where two names share a pseudonym, TypeError or ValueError where one could not name a file."""
    for known in key.names.values():
        if len(set(known.values())) < len(known) or not all(map(_PSEUDONYM.fullmatch, known.values())):
            raise ValueError
