"""What agreement is compared by: the table, what is said on the terminal and in the report, and what is refused."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from elancry.eaf import Vocabulary, VocabularyEntry, new_document, write_eaf

# One second each; the first letter of a category, . is nothing coded.
NAMES = {"d": "despair", "p": "protest"}
R1 = ("ddpp.d", "dpdp.p", "pp.ddd", "dd..pp")
R2 = ("ddpp.p", "dpdd.p", "pp.ddd", "dp..pp")
MACHINE = ("dddp.p", "dddd.p", "pd.ddd", "dp.dpd")


def write(folder: Path, coded: dict[str, Iterable[str]], *, tier: str = "form", name: str = "s{at}__{rater}") -> Path:
    folder.mkdir(exist_ok=True)
    for rater, texts in coded.items():
        for at, text in enumerate(texts, start=1):
            editor = new_document().edit()
            editor.header.set_author(f"{rater} {at}")
            # The first two sessions were coded with version 1.
            editor.header.set_property("elancry.codebook", f"forms {1 if at < 3 else 2}")
            editor.languages.add("eng", "English")
            entries = tuple(VocabularyEntry(f"cve{one}", {"eng": one}, {}, None) for one in NAMES.values())
            editor.vocabularies.add(Vocabulary(tier, entries, {}, None))
            editor.types.add(tier, vocabulary=tier)
            editor.tiers.add(tier, tier, annotator=rater)
            for second, letter in enumerate(text):
                if letter in NAMES:
                    editor.annotations.add(tier, second * 1000, second * 1000 + 1000, NAMES[letter])
            write_eaf(editor.document(), folder / f"{name.format(at=at, rater=rater)}.eaf")
    return folder


def rows(folder: Path, name: str = "agreement_differences") -> list[dict[str, str]]:
    with (folder / f"tables/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fleiss(folder: Path) -> dict[str, str]:
    wanted = {"measure": "time_fleiss_kappa", "variant": "with_none", "scope": "overall"}
    (row,) = [row for row in rows(folder) if wanted.items() <= row.items()]
    return row


def scott(*pairs: tuple[str, str]) -> float:
    """Scott's pi of letters second by second, which Fleiss' kappa is for two raters."""
    both = [letters for one, other in pairs for letters in zip(one, other, strict=True)]
    observed = sum(a == b for a, b in both) / len(both)
    given = [letter for letters in both for letter in letters]
    chance = sum((given.count(letter) / len(given)) ** 2 for letter in set(given))
    return (observed - chance) / (1 - chance)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write(tmp_path / "in", {"R1": R1, "R2": R2})


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    table = tmp_path / "sessions.csv"
    table.write_text("session,site,one,many\ns1,Ulm,x,\ns2,Ulm,x,b\ns3,Bonn,x,c\ns4,,x,\n", encoding="utf-8")
    return table


FEW = ("--set", "resamples=20")


def test_sites(elancry, study: Path, sites: Path, tmp_path: Path):
    out = tmp_path / "out"
    said = elancry("agree", study, "-o", out, *FEW, "--set", f"sessions={sites}", "--compare", "site")
    row = fleiss(out)
    assert (row["by"], row["first"], row["second"], row["n_shared"]) == ("site", "Bonn", "Ulm", "0")
    assert float(row["estimate_first"]) == pytest.approx(scott((R1[2], R2[2])))
    assert float(row["estimate_second"]) == pytest.approx(scott(*zip(R1[:2], R2[:2], strict=True)))
    assert row["undefined_reason"] == "No interval: fewer than 10 sequences."
    (line,) = [line for line in said.out.splitlines() if "time_fleiss_kappa" in line]
    assert line.strip() == "form: time_fleiss_kappa 1.00 (Bonn), .73 (Ulm); difference -.27"
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Differences in agreement" in report
    assert "site Ulm" in report
    assert "Agreement was compared by site." in report
    assert "compare-left-out" in elancry("agree", study, "-o", tmp_path / "v", *FEW, "-v", "--set",
                                         f"sessions={sites}", "--compare", "site").err  # fmt: skip


def test_versions_of_the_codebook(elancry, study: Path, tmp_path: Path):
    out = tmp_path / "out"
    elancry("agree", study, "-o", out, *FEW, "--compare", "codebook_version")
    row = fleiss(out)
    assert (row["first"], row["second"], row["n_sessions_first"]) == ("forms 1", "forms 2", "2")
    assert float(row["estimate_second"]) == pytest.approx(scott(*zip(R1[2:], R2[2:], strict=True)))


def test_rounds_share_their_sessions(elancry, tmp_path: Path):
    folder = write(tmp_path / "in", {"R1": R1, "R2": R2}, name="s{at}__{rater}__1")
    write(folder, {"R1": R1, "R2": R1}, name="s{at}__{rater}__2")
    out = tmp_path / "out"
    elancry("agree", folder, "-o", out, *FEW, "--pattern", "{session}__{rater}__{round}", "--compare", "round")
    row = fleiss(out)
    assert (row["first"], row["second"], row["n_shared"], row["estimate_second"]) == ("1", "2", "4", "1.0")
    assert float(row["estimate_first"]) == pytest.approx(scott(*zip(R1, R2, strict=True)))


def test_another_folder(elancry, study: Path, tmp_path: Path):
    other = write(tmp_path / "other", {"R3": R1[:3], "R4": MACHINE[:3]})
    out = tmp_path / "out"
    elancry("agree", study, "-o", out, *FEW, "--versus", other)
    row = fleiss(out)
    assert (row["first"], row["second"], row["raters_second"], row["n_shared"]) == ("given", "versus", "R3|R4", "3")
    assert float(row["estimate_second"]) == pytest.approx(scott(*zip(R1[:3], MACHINE[:3], strict=True)))
    assert {row["raters"] for row in rows(out, "agreement")} == {"R1|R2"}


def test_a_guest_is_in_no_other_number(elancry, study: Path, tmp_path: Path):
    alone, out = tmp_path / "alone", tmp_path / "out"
    elancry("agree", study, "-o", alone, *FEW)
    write(study, {"bot": MACHINE})
    said = elancry("agree", study, "-o", out, *FEW, "--guest", "bot")
    for table in ("agreement", "confusion", "differences", "training"):
        assert rows(out, table) == rows(alone, table)
    row = fleiss(out)
    assert (row["by"], row["first"], row["second"]) == ("guest", "R1|R2", "bot")
    assert float(row["estimate_first"]) == pytest.approx(scott(*zip(R1, R2, strict=True)))
    with_bot = [scott(*zip(own, MACHINE, strict=True)) for own in (R1, R2)]
    assert float(row["estimate_second"]) == pytest.approx(sum(with_bot) / 2)
    assert "R1, R2" in said.out
    flow = [row for row in rows(out, "flow") if row["rater"] == "bot"]
    assert {row["reason"] for row in flow} == {"rater_not_asked"}
    merged = tmp_path / "merged"
    (study / "study.yaml").write_text("guest: bot\n", encoding="utf-8")
    elancry("merge", study, "-o", merged)
    assert "@bot" not in (merged / "s1.merged.eaf").read_text(encoding="utf-8")


def test_pseudonyms_hide_both_folders_and_the_guest(elancry, tmp_path: Path):
    folder = write(tmp_path / "in", {"Anna": R1, "Berta": R2, "Cobot": MACHINE}, name="Meier{at}__{rater}")
    other = write(tmp_path / "other", {"Dora": R1, "Emil": R2}, name="Huber{at}__{rater}")
    out, key = tmp_path / "out", tmp_path / "key.csv"
    elancry("agree", folder, "-o", out, *FEW, "--guest", "Cobot", "--versus", other, "--pseudonymise", "--key", key)
    assert {row["by"] for row in rows(out)} == {"guest", "versus"}
    written = b"".join(path.read_bytes() for path in out.rglob("*") if path.suffix in (".csv", ".json", ".html"))
    for name in ("Anna", "Berta", "Cobot", "Dora", "Emil", "Meier", "Huber"):
        assert name.encode() not in written, name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--compare", "siet", "--set", "sessions=SITES"), "did you mean 'site'"),
        (("--compare", "site"), "sessions"),
        (("--compare", "one", "--set", "sessions=SITES"), "all sessions belong to x"),
        (("--compare", "round"), "the files that are read have no two rounds"),
        (("--guest", "R9"), "R9"),
        (("--guest", "R2"), "without the guest R2 there are not two raters (R1)"),
        (("--guest", "R2", "--against", "R2"), "R2 cannot be both the guest and the gold-standard rater"),
        (("--guest", "R2", "--raters", "R1"), "the guest R2 is not one of the raters asked for (R1)"),
        (("--versus", "OTHER"), "the two folders have no coded tier in common: form against mood"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_compared_is_refused(elancry, study: Path, sites: Path, tmp_path: Path, options, said: str):
    other = write(tmp_path / "other", {"R1": R1, "R2": R2}, tier="mood")
    given = [one.replace("SITES", str(sites)).replace("OTHER", str(other)) for one in options]
    out = tmp_path / "out"
    result = elancry("agree", study, "-o", out, *given)
    assert result.code in (1, 2)
    assert said.casefold() in " ".join(result.err.split()).casefold()
    assert not (out / "tables").exists()
