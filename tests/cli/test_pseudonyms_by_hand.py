"""What commands write under pseudonyms is what they write of the same study renamed by hand to the pseudonyms.

The key is given, with pseudonyms in the opposite order of the names: whatever depends on the raters' order shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from elancry.cli.main import run
from elancry.eaf import read_eaf, write_eaf

NAMES = {
    "session": {"S01": "S83", "S02": "S40"},
    "rater": {"Adler": "R30", "Strauß": "R20", "Zeller": "R10"},
    "medium": {"S01.mp4": "M07", "S02.mp4": "M03"},
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, make_coded: Callable[..., Path]) -> Path:
    """`coded` with names, `coded by hand` with pseudonyms; `merged` and `merged by hand` with a meeting's decision."""
    folder = tmp_path_factory.mktemp("by-hand")
    coded = make_coded(folder / "coded", sessions=2, sequences=2, raters=tuple(NAMES["rater"]))
    (folder / "coded by hand").mkdir()
    for path in coded.glob("*.eaf"):
        session, rater = path.stem.split("__")
        content = path.read_text(encoding="utf-8").replace(rater, NAMES["rater"][rater])
        content = content.replace(f"{session}.mp4", f"{NAMES['medium'][f'{session}.mp4']}.mp4")
        begin = content.index('TIER_ID="Sequence"')
        end = content.index("</TIER>", begin)
        # The simulator numbers the sequences of a session 1, 2, ... in order of time.
        tier = re.sub(r"<ANNOTATION_VALUE>\D*(\d+)<", r"<ANNOTATION_VALUE>seq0\1<", content[begin:end])
        target = folder / "coded by hand" / f"{NAMES['session'][session]}__{NAMES['rater'][rater]}.eaf"
        target.write_text(content[:begin] + tier + content[end:], encoding="utf-8")
    (folder / "key").mkdir()
    key = {"salt": "x", "made": "2026-01-01", "names": NAMES}
    (folder / "key" / "key.json").write_text(json.dumps(key), encoding="utf-8")
    for name in ("", " by hand"):
        merged = folder / f"merged{name}"
        assert run(["merge", str(folder / f"coded{name}"), "-o", str(merged), "-q"]) == 0
        for path in merged.glob("*.merged.eaf"):
            document = read_eaf(path)
            editor = document.edit()
            decided = document.annotations("crying_form@consensus")[0]
            editor.annotations.set_value(decided.id, "unclear", cve_ref="unclear")
            editor.header.set_author("Annegret Zweifel")
            write_eaf(editor.document(), path)
    return folder


def plain_bytes(path: Path) -> bytes:
    """The bytes of a file, but for what is new in every file: the moment, hashes, and what they are made of."""
    data = path.read_bytes()
    if path.suffix == ".eaf":
        data = re.sub(rb' (AUTHOR|DATE|MEDIA_URL|RELATIVE_MEDIA_URL|LANG_LABEL)="[^"]*"| *<LOCALE[^>]*>\n', b"", data)
    return re.sub(rb"[0-9a-f]{64}|20\d\d-\d\d-\d\dT[0-9:]{8}(\+00:00|Z)", b"", data)


def both(base: Path, command: str, source: str) -> tuple[Path, Path]:
    """What the command writes under pseudonyms, and of the study renamed by hand."""
    hide = f"--pseudonymise --key {base / 'key' / 'key.json'} --keep-tiers Comment"
    out = re.sub(r"\W+", "-", f"{command} {source}")
    made = []
    for name, more in (("", hide), (" by hand", "")):
        folder = base / f"out{name}" / out
        made.append(folder)
        if folder.is_dir():
            continue
        folder.mkdir(parents=True)
        places = {"IN": str(base / f"{source}{name}"), "OUT": str(folder), "OUT/all.csv": str(folder / "all.csv")}
        assert run([*(places.get(word, word) for word in f"{command} -q".split()), *more.split()]) in (0, 1)
    return made[0], made[1]


def files(folder: Path) -> dict[str, bytes]:
    found = (item for item in folder.rglob("*") if item.is_file())
    return {item.relative_to(folder).as_posix(): plain_bytes(item) for item in found if item.suffix != ".docx"}


SMALL = "--tiers crying_form --set resamples=10"
EVERYTHING = "--set resamples=0 --set permutations=0"


@pytest.mark.parametrize(
    ("command", "source", "fewest"),
    [
        ("merge IN -o OUT", "coded", 10),
        (f"agree IN -o OUT {SMALL}", "coded", 15),
        (f"analyze IN -o OUT {EVERYTHING}", "merged", 20),
        ("batch statistics IN -o OUT", "coded", 2),
        ("batch statistics IN -o OUT", "merged", 2),
        ("convert IN OUT --to csv", "coded", 6),
        ("convert IN OUT --to textgrid", "merged", 2),
        ("convert IN OUT --to webvtt", "merged", 2),
        ("convert IN OUT/all.csv", "coded", 1),
    ],
)
def test_every_file_is_that_of_the_study_renamed_by_hand(base, command, source, fewest):
    hidden, by_hand = map(files, both(base, command, source))
    assert hidden.keys() == by_hand.keys()
    assert len(hidden) >= fewest
    assert [name for name in hidden if hidden[name] != by_hand[name] and name != ".elancry-files.json"] == []


def test_merged_files_that_are_passed_on_have_the_tables_of_the_study_renamed_by_hand(base):
    """Their own bytes are others: the files by hand are merged anew, and these keep the meeting's."""
    hidden, _ = both(base, "merge IN -o OUT", "coded")
    out = base / "passed on"
    key = base / "key" / "key.json"
    arguments = ["merge", base / "merged", "-o", out, "--pseudonymise", "--key", key, "--keep-tiers", "Comment", "-q"]
    assert run(list(map(str, arguments))) == 0
    for name in ("annotations.csv", "annotations_columns.csv"):
        assert (out / name).read_bytes() == (hidden / name).read_bytes()
    for path in out.glob("*.merged.eaf"):
        ours, theirs = read_eaf(path), read_eaf(base / "merged by hand" / path.name)
        names = [tier.id for tier in theirs.tiers]
        assert [tier.id for tier in ours.tiers] == names
        for name in names:
            one, two = ([(item.start_ms, item.end_ms, item.value, item.cve_ref) for item in document.annotations(name)]
                        for document in (ours, theirs))  # fmt: skip
            assert one == two


# Against the originals


def table(folder: Path, name: str, *, renamed: bool) -> pd.DataFrame:
    """A table with one row for each number, raters and sessions by their pseudonyms."""
    found = pd.read_csv(folder / "tables" / name, dtype=str, keep_default_na=False)
    if renamed:
        found["session"] = found.session.map({**NAMES["session"], "": ""})
        for column in {"raters", "rater_a", "rater_b"} & set(found):
            found[column] = [
                "|".join(NAMES["rater"].get(rater, rater) for rater in cell.split("|")) for cell in found[column]
            ]
    numbers = [name for name in ("estimate", "value") if name in found]
    keys = [name for name in found if name not in {*numbers, "undefined_reason", "ci_low", "ci_high", "ci_method"}]
    return found.set_index(keys)[numbers].sort_index().replace("", np.nan).astype(float)


@pytest.mark.parametrize("matching", ["interact", "elan"])
def test_directed_estimates_are_those_of_the_originals_in_the_raters_order_under_pseudonyms(base, tmp_path, matching):
    """Bias, confusion, INTERACT's rule and ELAN's ratio go from one rater to the next: `--raters` gives that order."""
    arguments = ["--tiers", "crying_form", "--set", "resamples=0", "--matching", matching, "-q"]
    hide = ["--pseudonymise", "--key", str(base / "key" / "key.json")]
    order = ["--raters", "Zeller,Strauß,Adler"]
    for name, more in (("hidden", hide), ("ordered", order)):
        assert run(["agree", str(base / "coded"), "-o", str(tmp_path / name), *arguments, *more]) == 0
    for name in ("agreement.csv", "confusion.csv"):
        hidden = table(tmp_path / "hidden", name, renamed=False)
        assert len(hidden) > 50
        pd.testing.assert_frame_equal(hidden, table(tmp_path / "ordered", name, renamed=True), rtol=1e-12, atol=1e-12)
    bias = pd.read_csv(tmp_path / "hidden" / "tables" / "agreement.csv").query("measure == 'onset_bias_ms'")
    assert (bias.estimate.dropna() != 0).any()
