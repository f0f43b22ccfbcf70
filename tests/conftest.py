"""What every test may ask for."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from lxml import etree

# Where a change is judged, the same examples are tried each time; a developer's machine goes on looking for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Messages are tested in English whatever the developer's system speaks; the catalogues may have been edited since the
# installation.
os.environ["LANGUAGE"] = "en"
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
import hatch_build  # noqa: E402

hatch_build.compile_texts()

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with published oracles and real files, which stands beside a developer's checkout only."""
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED}: the oracles and real files are not part of the project")
    return SHARED


class RememberingElan:
    """ELAN's rule for languages, as it was measured with ELAN 6.9; `known` are the languages it has met.

    A LANGUAGE is accepted if its id is a small letter and then small letters and digits, if it has a LANG_DEF, and if
    ELAN does not know the id with another LANG_DEF. All values and descriptions in another language are dropped; an
    entry of which nothing is left goes too. An annotation that refers to an entry by CVE_REF and whose text this entry
    no longer has gets the first text that the entry has.
    """

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def open_and_save(self, content: bytes) -> bytes:
        """The file as it stands after ELAN has opened and saved it."""
        root = etree.fromstring(content)
        accepted = {language.get("LANG_ID") for language in root.findall("LANGUAGE") if self._accepts(language)}
        for element in [*root.iter("CVE_VALUE"), *root.iterfind("CONTROLLED_VOCABULARY/DESCRIPTION")]:
            if element.get("LANG_REF") not in accepted:
                element.getparent().remove(element)
        texts = {}
        for entry in list(root.iter("CV_ENTRY_ML")):
            if len(entry) == 0:
                entry.getparent().remove(entry)
            texts[entry.get("CVE_ID")] = [value.text for value in entry]
        for annotation in root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
            left = texts.get(annotation.get("CVE_REF"))
            value = annotation.find("ANNOTATION_VALUE")
            if left and value.text not in left:
                value.text = left[0]
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    def _accepts(self, language: etree._Element) -> bool:
        name, definition = language.get("LANG_ID", ""), language.get("LANG_DEF")
        if re.fullmatch("[a-z][a-z0-9]*", name) is None or not definition:
            return False
        return self.known.setdefault(name, definition) == definition


@pytest.fixture
def elan() -> RememberingElan:
    """An ELAN that has met no language yet."""
    return RememberingElan()


@pytest.fixture
def elan_with_german() -> RememberingElan:
    """An ELAN that knows German by a LANG_DEF of its own, so that it drops the German of every other file."""
    elan = RememberingElan()
    elan.known["deu"] = "http://another/german"
    return elan
