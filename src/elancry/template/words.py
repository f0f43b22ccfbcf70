"""The words of the coding manual around the codebook's own texts, per language."""

from __future__ import annotations

from collections.abc import Mapping

from elancry.codebook.model import Coding, SourceStatus

_ENGLISH: dict[str, str] = {
    "manual": "Coding manual",
    "version": "version",
    "contents": "Contents",
    "how": "How to code",
    "sequences": "First mark every unit of analysis as a sequence on the tier {tier}; everything else is compared per "
    "sequence. Where sequences are already there, leave them as they are.",
    "intervals": "On the tier of a system, mark a stretch of time and choose the category from the list, or press its "
    "key. Only one category at a time; time to which none applies stays empty.",
    "per_category": "In this system each category has a tier of its own, because categories may overlap in time.",
    "ratings": "On each rating tier, give every sequence a number on the scale. A sequence that you do not rate is a "
    "missing value, not a 0.",
    "comments": "What you want to remember or discuss goes on the tier {tier}; it does not enter the numbers.",
    "participant": "Who is coded",
    "tier": "Tier",
    "tiers": "Tiers",
    "coding": "Coded as",
    "optional": "optional",
    "scale": "Rating scale",
    "source": "Source",
    "example": "Examples",
    "key": "Key",
    "category": "Category",
    "sheet": "Shortcut sheet",
    "sheet_hint": "With the list of values open in ELAN, the key chooses the category.",
    "sheet_ratings": "On a rating tier, the digit chooses the number.",
    "number": "Number",
    "meaning": "Meaning",
    Coding.INTERVAL.value: "stretches of time",
    Coding.RATING.value: "a number per sequence",
    Coding.BOTH.value: "stretches of time, and a number per sequence",
    SourceStatus.PUBLISHED.value: "as published",
    SourceStatus.ADAPTED.value: "adapted from a publication",
    SourceStatus.STARTER.value: "a starting point, meant to be replaced",
}
_GERMAN: dict[str, str] = {
    "manual": "Kodiermanual",
    "version": "Version",
    "contents": "Inhalt",
    "how": "So wird kodiert",
    "sequences": "Zuerst jede Analyseeinheit auf der Spur {tier} als Sequenz markieren; alles andere wird je Sequenz "
    "verglichen. Wo Sequenzen schon eingetragen sind, bleiben sie, wie sie sind.",
    "intervals": "Auf der Spur eines Systems einen Zeitabschnitt markieren und die Kategorie aus der Liste wählen oder "
    "ihre Taste drücken. Immer nur eine Kategorie zugleich; Zeit, auf die keine zutrifft, bleibt leer.",
    "per_category": "In diesem System hat jede Kategorie eine eigene Spur, weil Kategorien sich zeitlich überlappen "
    "dürfen.",
    "ratings": "Auf jeder Ratingspur jeder Sequenz eine Zahl der Skala geben. Eine nicht eingeschätzte Sequenz ist ein "
    "fehlender Wert, keine 0.",
    "comments": "Was im Gedächtnis bleiben oder besprochen werden soll, gehört auf die Spur {tier}; es geht nicht in "
    "die Zahlen ein.",
    "participant": "Kodierte Person",
    "tier": "Spur",
    "tiers": "Spuren",
    "coding": "Kodiert als",
    "optional": "freiwillig",
    "scale": "Ratingskala",
    "source": "Quelle",
    "example": "Beispiele",
    "key": "Taste",
    "category": "Kategorie",
    "sheet": "Tastenübersicht",
    "sheet_hint": "Ist in ELAN die Liste der Werte offen, wählt die Taste die Kategorie.",
    "sheet_ratings": "Auf einer Ratingspur wählt die Ziffer die Zahl.",
    "number": "Zahl",
    "meaning": "Bedeutung",
    Coding.INTERVAL.value: "Zeitabschnitte",
    Coding.RATING.value: "eine Zahl je Sequenz",
    Coding.BOTH.value: "Zeitabschnitte und eine Zahl je Sequenz",
    SourceStatus.PUBLISHED.value: "wie veröffentlicht",
    SourceStatus.ADAPTED.value: "nach einer Veröffentlichung verändert",
    SourceStatus.STARTER.value: "ein Ausgangspunkt, der ersetzt werden soll",
}
_WORDS: Mapping[str, dict[str, str]] = {"en": _ENGLISH, "de": _GERMAN}


def words(language: str) -> Mapping[str, str]:
    """The manual's words in `language`, in English where there are none."""
    return _WORDS.get(language.split("-")[0], _ENGLISH)
