"""Colours, shortcut keys and tier order: the `.pfsx` that ELAN reads beside a file of the same name.

Key codes are Java's `KeyEvent.VK_...`: for A-Z and 0-9 they are the character's code in ASCII.
"""

from __future__ import annotations

from elancry.codebook.model import Codebook, System
from elancry.eaf.pfsx import Colour, EntryPreference, Preferences
from elancry.template.structure import PlannedTier, plan_structure

# One colour per system, dark enough to read a tier's name on white: Okabe & Ito's blue, vermillion, green, purple, and
# Tol's wine, indigo, olive.
_SYSTEM_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#882255", "#332288", "#7a7a1f", "#aa4499")
_PLAIN = "#404040"
# ELAN's own default, said here so that all raters see the same whatever they chose for other files.
FONT_SIZE = 12


def build_preferences(codebook: Codebook) -> Preferences:
    """Order and colours of the codebook's tiers, colours and keys of its categories, digits as keys of its scales."""
    colours = {
        system.id: _SYSTEM_COLOURS[index % len(_SYSTEM_COLOURS)] for index, system in enumerate(codebook.systems)
    }
    tiers = plan_structure(codebook).tiers
    entries = {}
    for system in codebook.systems:
        if system.has_intervals and (found := category_entries(system)):
            entries[system.id] = found
        if system.has_ratings and (found := scale_entries(system)):
            entries[system.rating_vocabulary] = found
    return Preferences(
        tier_order=tuple(tier.id for tier in tiers),
        tier_colours={tier.id: rgb(_tier_colour(tier, colours)) for tier in tiers},
        entries=entries,
        font_size=FONT_SIZE,
    )


def key_code(key: str) -> int:
    """Java's key code of a letter or digit."""
    return ord(key.upper())


def rgb(colour: str) -> Colour:
    """`#0072b2` -> (0, 114, 178)."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _tier_colour(tier: PlannedTier, systems: dict[str, str]) -> str:
    if tier.system is None:
        return _PLAIN
    category = tier.system.category(tier.category) if tier.category is not None else None
    return (category.colour if category is not None else None) or systems[tier.system.id]


def category_entries(system: System) -> dict[str, EntryPreference]:
    """Colour and key of a system's categories, by category id; what has neither is left out."""
    return {
        category.id: EntryPreference(
            rgb(category.colour) if category.colour is not None else None,
            key_code(category.key) if category.key is not None else None,
        )
        for category in system.categories
        if category.colour is not None or category.key is not None
    }


def scale_entries(system: System) -> dict[str, EntryPreference]:
    """The digit of each number of a system's scale as its key, by the number."""
    if system.scale is None:
        return {}
    return {
        str(number): EntryPreference(None, key_code(str(number))) for number in system.scale.values if 0 <= number <= 9
    }
