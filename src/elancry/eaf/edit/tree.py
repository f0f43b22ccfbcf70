"""The tree that the editors of one document change together: finding things in it by name, and putting new ones in."""

from __future__ import annotations

import re

from lxml import etree

from elancry.eaf.columns import query
from elancry.eaf.edit.placing import ROOT_ORDER, indent_subtree, insert_ordered
from elancry.eaf.elements import SCHEMA, XSI, set_attribute
from elancry.errors import UsageError
from elancry.texts import Text, some, text

# Every value that the schema types as xsd:ID: one set for the whole file.
_XML_IDS = (
    "descendant::ALIGNABLE_ANNOTATION/@ANNOTATION_ID",
    "descendant::REF_ANNOTATION/@ANNOTATION_ID",
    "TIME_ORDER/TIME_SLOT/@TIME_SLOT_ID",
    "LOCALE/@LANGUAGE_CODE",
    "LANGUAGE/@LANG_ID",
    "CONSTRAINT/@STEREOTYPE",
    "LEXICON_REF/@LEX_REF_ID",
    "REF_LINK_SET/@LINK_SET_ID",
    "REF_LINK_SET/*/@REF_LINK_ID",
    "EXTERNAL_REF/@EXT_REF_ID",
)
# What has a name of its own in a file: element -> attribute with the name. What messages call it: `eaf.one.TIER`.
_NAMED = {
    "TIER": "TIER_ID",
    "LINGUISTIC_TYPE": "LINGUISTIC_TYPE_ID",
    "CONTROLLED_VOCABULARY": "CV_ID",
    "LANGUAGE": "LANG_ID",
    "LOCALE": "LANGUAGE_CODE",
    "CONSTRAINT": "STEREOTYPE",
    "EXTERNAL_REF": "EXT_REF_ID",
}


class Tree:
    """The tree under its root, with the indexes that keep thousands of edits cheap."""

    def __init__(self, root: etree._Element, name: str) -> None:
        """`root` is the ANNOTATION_DOCUMENT element, to be changed; `name` is what messages call the file."""
        self._root: etree._Element | None = root
        self.label = f"{name}: " if name else ""
        self.raised = False
        """Whether an edit needed a newer format than the file had."""
        self.touched: set[etree._Element] = set()
        """Tiers that were changed one annotation or attribute at a time: the new document is checked there."""
        self._ids: set[str] | None = None
        # For each tag, once it was asked for: the first element of each name; and the element that was inserted last.
        self._by_name: dict[str, dict[str, etree._Element]] = {}
        self._last_of: dict[str, etree._Element] = {}

    @property
    def root(self) -> etree._Element:
        """The root element; UsageError once the tree was given away."""
        if self._root is None:
            raise UsageError(text("eaf.editor-finished"), hint=text("eaf.hint-edit-again"))
        return self._root

    def release(self) -> etree._Element:
        """The root element, which belongs to the caller from now on."""
        root, self._root = self.root, None
        return root

    def all(self, tag: str) -> dict[str, etree._Element]:
        """The children of the root of one kind by name, in the file's order; of equal names, the first."""
        root = self.root
        known = self._by_name.get(tag)
        if known is None:
            known = self._by_name[tag] = {}
            for element in root.iterchildren(tag):
                name = element.get(_NAMED[tag])
                if name is not None:
                    known.setdefault(name, element)
        return known

    def require(self, tag: str, name: str) -> etree._Element:
        """The element of that kind and name; UsageError, with the names there are, if there is none."""
        known = self.all(tag)
        if name not in known:
            said = text("eaf.none-of-name", label=self.label, none=Text(f"eaf.none.{tag}"), name=name)
            raise UsageError(said, hint=text("eaf.there-are", names=some(sorted(known), 20)))
        return known[name]

    def refuse_taken(self, tag: str, name: str) -> None:
        """Raise UsageError unless `name` can be the name of a new element of that kind."""
        one = Text(f"eaf.one.{tag}")
        if not name:
            raise UsageError(text("eaf.needs-name", label=self.label, one=one))
        if name in self.all(tag):
            said = text("eaf.name-taken", label=self.label, one=one, name=name)
            raise UsageError(said, hint=text("finding.batch-name-taken.hint"))

    def insert(self, element: etree._Element) -> None:
        """Insert a child of the root at its place; of many of one kind each goes straight behind the one before."""
        tag = str(element.tag)
        last = self._last_of.get(tag)
        if last is not None and last.getparent() is self.root:
            indent_subtree(element, 1)
            tail = last.tail  # the indentation of what follows; lxml leaves it with `last`
            last.addnext(element)
            element.tail, last.tail = tail, "\n    "
        else:
            insert_ordered(self.root, element, ROOT_ORDER)
        self._last_of[tag] = element
        if tag in self._by_name:
            self._by_name[tag].setdefault(element.get(_NAMED[tag], ""), element)

    def insert_with_id(self, element: etree._Element) -> None:
        """Insert a child of the root whose name is an xsd:ID; UsageError where that id or name is taken."""
        tag = str(element.tag)
        name = element.get(_NAMED[tag], "")
        self.refuse_taken(tag, name)
        if name in self.ids:
            raise UsageError(text("eaf.shared-id-taken", label=self.label, id=name), hint=text("eaf.hint-other-id"))
        self.insert(element)
        self.ids.add(name)

    def rename(self, element: etree._Element, new: str, *references: tuple[str, str]) -> None:
        """Rename an element, and what refers to it: (tag, attribute) of children of the root."""
        tag = str(element.tag)
        attribute = _NAMED[tag]
        old = element.get(attribute, "")
        if new == old:
            return
        self.refuse_taken(tag, new)
        set_attribute(element, attribute, new)
        known = self.all(tag)
        known[new] = known.pop(old)
        for other, reference in references:
            for user in self.root.iterchildren(other):
                if user.get(reference) == old:
                    user.set(reference, new)

    def forget(self, tag: str) -> None:
        """Look elements of one kind up anew: one of them was replaced or removed."""
        self._by_name.pop(tag, None)
        self._last_of.pop(tag, None)

    @property
    def ids(self) -> set[str]:
        """Every xsd:ID of the file, to be kept up to date by whoever adds or removes one."""
        if self._ids is None:
            self._ids = set()
            for path in _XML_IDS:
                self._ids.update(query(path)(self.root))
        return self._ids

    def raise_format(self) -> None:
        """Make a file older than EAF 2.8, which knows no languages and no references to entries, one of EAF 3.0."""
        version = self.root.get("FORMAT") or self.root.get("VERSION") or ""
        if re.fullmatch(r"[12]\.[0-7]", version) is None:
            return
        self.raised = True
        for name in ("FORMAT", "VERSION"):
            set_attribute(self.root, name, "3.0")
        set_attribute(self.root, f"{{{XSI}}}noNamespaceSchemaLocation", SCHEMA)
