"""The key: pseudonyms are drawn, kept, and nobody's name."""

from __future__ import annotations

import json
import sys
import threading

import pytest

from elancry.errors import UnreadableInput, UsageError
from elancry.pseudonyms.key import REMOVED, Key


def test_pseudonyms_are_drawn_and_kept(tmp_path):
    orders = set()
    for number in range(20):
        path = tmp_path / f"{number}.json"
        with Key.changed(path, outputs=tmp_path / "out") as key:
            key.take("rater", ["Adler", "Strauß", "Zeller"])
        orders.add(tuple(sorted(key.names["rater"], key=key.names["rater"].get)))
        again = Key.read(path, outputs=None)
        again.take("rater", ["Zeller", "Berg", "Adler"])
        assert key.names["rater"].items() <= again.names["rater"].items()
        assert len(set(again.names["rater"].values())) == 4
        assert (again.made, again.identifier("urn:1")) == (key.made, key.identifier("urn:1"))
    # One order of the six comes out twenty times with a probability of 6 ** -19.
    assert len(orders) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folders")
def test_of_two_commands_at_once_neither_loses_a_name(tmp_path):
    path = tmp_path / "keys" / "key.json"

    def other() -> None:
        with Key.changed(path, outputs=None) as key:
            key.take("rater", ["Berg"])

    with Key.changed(path, outputs=None) as key:
        key.take("rater", ["Adler"])
        running = threading.Thread(target=other)
        running.start()
        running.join(0.2)
        assert running.is_alive()
    running.join()
    assert set(Key.read(path, outputs=None).names["rater"]) == {"Adler", "Berg"}


def test_no_pseudonym_is_a_name():
    for _ in range(20):
        key = Key("secret", {})
        key.take("rater", [f"R{number:02d}" for number in range(1, 30)])
        assert not key.names["rater"].keys() & set(key.names["rater"].values())


def test_what_has_no_pseudonym_is_removed_and_what_is_one_stays_afterwards():
    key = Key("secret", {"rater": {"Jörg": "R07"}})
    assert key.of("rater", "Jo\u0308rg ") == "R07"
    assert key.of("rater", "R07") == key.of("session", "Jörg") == REMOVED
    assert key.done().of("rater", "R07") == key.done().of("rater", "Jörg") == "R07"


def test_a_key_of_version_0_1_is_read(tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"salt": "ab", "names": {"rater": {"Anna": "R01"}}}), encoding="utf-8")
    assert Key.read(path, outputs=None).of("rater", "Anna") == "R01"


@pytest.mark.parametrize(
    "content",
    [
        "[1]",
        "{",
        '{"salt": "a", "names": 3}',
        '{"salt": "a", "names": {"rater": {"Anna": "R01", "Berg": "R01"}}}',
        '{"salt": "a", "names": {"rater": {"Anna": "../R01"}}}',
        '{"salt": "a", "names": {"session": {"Anna": 7}}}',
    ],
)
def test_the_key_must_be_a_key(tmp_path, content):
    (tmp_path / "key.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableInput, match="is not a key file written by elancry"):
        Key.read(tmp_path / "key.json", outputs=None)


@pytest.mark.parametrize("where", ["key.json", "deeper/key.json"])
def test_the_key_must_lie_outside_what_is_given_away(tmp_path, where):
    with pytest.raises(UsageError, match="is in the output folder"):
        Key.read(tmp_path / "out" / where, outputs=tmp_path / "out")
