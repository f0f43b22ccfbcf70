"""From the YAML tree to the codebook's types, collecting findings on the way.

The order of a reader's steps: read what is there, remember the line of everything that another line could contradict,
and report contradictions where the second of the two stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from elancry.choices import Units
from elancry.codebook.category_checks import CategoryChecks
from elancry.codebook.languages import elan_language, is_language, nearest_language
from elancry.codebook.model import (
    Category,
    Codebook,
    Coding,
    Group,
    Layout,
    Scale,
    Source,
    SourceStatus,
    System,
)
from elancry.codebook.names import file_name_problem, id_problem
from elancry.codebook.read_changes import read_changes
from elancry.codebook.texts import TextReader
from elancry.codebook.tiers import check_tiers
from elancry.findings import Finding, Severity
from elancry.texts import Text, text
from elancry.yaml_lines import Kind, Node, Section, Walk

FORMAT_VERSION = 1
MAX_SCALE_VALUES = 101

TOP_KEYS = ("elancry_codebook", "id", "version", "title", "languages", "sequence_tier", "comment_tiers", "media")
SYSTEM_KEYS = (
    "id", "labels", "definitions", "participant", "coding", "layout", "tier", "parent", "optional", "units",
    "exclusive", "scale", "groups", "source", "categories",
)  # fmt: skip
CATEGORY_KEYS = ("id", "labels", "definitions", "examples", "colour", "key", "group", "tier", "rating_tier")


def read_codebook(node: Node, file: str) -> tuple[Codebook | None, tuple[Finding, ...]]:
    """The codebook in a YAML tree and all findings; `None` where one of them is an error."""
    reader = _Reader(file)
    codebook = reader.codebook(node)
    findings = tuple(sorted(reader.walk.findings, key=lambda item: item.line or 0))
    broken = any(item.severity is Severity.ERROR for item in findings)
    return None if broken else codebook, findings


class _Reader:
    def __init__(self, file: str) -> None:
        self.walk = Walk(file, "codebook")
        self.texts = TextReader(self.walk)
        self.tier_lines: dict[str, int] = {}

    def codebook(self, node: Node) -> Codebook:
        top = self.walk.section(node, (*TOP_KEYS, "systems", "changes"), text("codebook.itself"))
        version = top.integer("elancry_codebook", required=True, default=FORMAT_VERSION)
        if version != FORMAT_VERSION:
            self.walk.report(
                "format",
                top.line_of("elancry_codebook"),
                text("codebook.format", version=version, known=FORMAT_VERSION),
                text("codebook.format-hint", known=FORMAT_VERSION),
            )
        languages = self.texts.languages = self._languages(top)
        titles = self.texts.title(top)
        sequence_tier = _tier_name(top, "sequence_tier") if "sequence_tier" in top else "Sequence"
        systems = self._systems(top)
        codebook = Codebook(
            id=self._own_id(top),
            title=next(iter(titles.values()), ""),
            systems=systems,
            version=self._version(top),
            languages=languages,
            sequence_tier=sequence_tier,
            comment_tiers=top.texts("comment_tiers"),
            media_patterns=self._media(top),
            format_version=FORMAT_VERSION,
            titles=titles,
            changes=read_changes(top, [system.id for system in systems]),
        )
        for key in ("sequence_tier", "comment_tiers"):
            self.tier_lines[key] = top.line_of(key)
        check_tiers(codebook, self.tier_lines, self.walk)
        return codebook

    def _own_id(self, top: Section) -> str:
        """The codebook's id, after which its files are called."""
        own = self.texts.identifier(top, text("codebook.itself"))
        problem = file_name_problem(own) if own and id_problem(own) is None else None
        if problem is not None:
            message = text("codebook.bad-id", what=text("codebook.itself"), id=own, problem=problem)
            self.walk.report("bad-id", top.line_of("id"), message)
        return own

    def _version(self, top: Section) -> str:
        version = top.text("version", default="1") or "1"
        if not re.fullmatch(r"[\w.+-]+", version):
            self.walk.report(
                "bad-text",
                top.line_of("version"),
                text("codebook.bad-version", version=version),
                text("codebook.bad-version-hint"),
            )
        return version

    def _media(self, top: Section) -> tuple[str, ...]:
        patterns = top.texts("media")
        for pattern in patterns:
            if pattern.count("{session}") != 1:
                self.walk.report(
                    "bad-text",
                    top.line_of("media"),
                    text("codebook.media-pattern", pattern=pattern),
                    text("codebook.media-pattern-hint"),
                )
        return patterns

    def _participant(self, section: Section) -> str | None:
        node = section.node("participant")
        return None if node is None else self.texts.clean(node, section.part("participant"), one_line=True) or None

    def _languages(self, top: Section) -> tuple[str, ...]:
        found: list[str] = []
        for code in top.texts("languages", required=True):
            line = top.line_of("languages")
            if not is_language(code):
                self._refuse_language(code, line, found)
                if "-" not in code:
                    continue  # a region or script (pt-BR) is refused once, not again at every text
            elif elan_language(code) in map(elan_language, found):
                self.texts.language_problem(line, text("codebook.language-twice", language=code), None)
                continue
            found.append(code)
        return tuple(found) or ("en",)

    def _refuse_language(self, code: str, line: int, others: Collection[str]) -> None:
        close = nearest_language(code, others)
        hint = text("codebook.language-hint-close", close=close) if close else text("codebook.language-hint")
        message = text("codebook.language-hyphen" if "-" in code else "codebook.language-unknown", language=code)
        self.texts.language_problem(line, message, hint)

    def _systems(self, top: Section) -> tuple[System, ...]:
        systems: list[System] = []
        lines: dict[str, int] = {}
        for node in top.items("systems", required=True):
            system = self._system(self.walk.section(node, SYSTEM_KEYS, _named("system", node)))
            self._once(system.id, lines, node, "codebook.system-id-twice", None)
            systems.append(system)
        if not systems and top.node("systems") is not None:
            self.walk.report("no-systems", top.line_of("systems"), text("codebook.no-systems"))
        return tuple(systems)

    def _once(self, name: str, lines: dict[str, int], node: Node, code: str, what: Text | str | None) -> None:
        if name and name in lines:
            message = text(code, what=what, id=name, line=lines[name])
            self.walk.report("duplicate-id", node.line, message, text("codebook.id-twice-hint"))
        lines.setdefault(name, node.line)

    def _system(self, section: Section) -> System:
        what = section.what
        groups = self._groups(section)
        coding = section.choice("coding", Coding)
        if "coding" not in section:
            coding = Coding.INTERVAL
        system_id = self.texts.identifier(section, what)
        self.tier_lines[system_id] = section.line_of("tier") if "tier" in section else section.line_of("id")
        return System(
            id=system_id,
            labels=self.texts.texts(section, "labels", what, required=True, one_line=True),
            categories=self._categories(section, groups),
            coding=coding or Coding.INTERVAL,
            definitions=self.texts.texts(section, "definitions", what),
            participant=self._participant(section),
            scale=self._scale(section, coding),
            groups=groups,
            source=self._source(section),
            layout=self._layout(section, what),
            tier=_tier_name(section, "tier"),
            parent=_tier_name(section, "parent"),
            optional=section.flag("optional"),
            units=section.choice("units", Units, default=Units.AUTO) or Units.AUTO,
        )

    def _layout(self, section: Section, what: Text | str) -> Layout:
        """Codes that do not exclude each other need a tier each."""
        concurrent = "exclusive" in section and not section.flag("exclusive")
        chosen = section.choice("layout", Layout, default=Layout.ONE_TIER) or Layout.ONE_TIER
        if concurrent and "layout" in section and chosen is Layout.ONE_TIER:
            line = section.line_of("exclusive")
            message = text("codebook.not-exclusive", what=what)
            self.walk.report("bad-tier", line, message, text("codebook.not-exclusive-hint"))
        return Layout.TIER_PER_CATEGORY if concurrent else chosen

    def _source(self, section: Section) -> Source | None:
        found = section.section("source", ("citation", "status", "note"), section.part("source"))
        if found is None:
            return None
        citation = found.text("citation", required=True) or ""
        status = found.choice("status", SourceStatus, required=True) or SourceStatus.STARTER
        return Source(citation, status, found.text("note"))

    def _groups(self, section: Section) -> tuple[Group, ...]:
        groups: list[Group] = []
        lines: dict[str, int] = {}
        for node in section.items("groups"):
            part = self.walk.section(node, ("id", "labels"), _inside(section, "group", node))
            group = Group(
                self.texts.identifier(part, part.what),
                self.texts.texts(part, "labels", part.what, required=True, one_line=True),
            )
            self._once(group.id, lines, node, "codebook.group-id-twice", section.what)
            groups.append(group)
        return tuple(groups)

    def _scale(self, section: Section, coding: Coding | None) -> Scale | None:
        """The scale; whether there should be one is not asked where the coding itself was wrong (`None`)."""
        if section.node("scale") is None:
            if coding not in (None, Coding.INTERVAL):
                self.walk.report(
                    "missing-scale",
                    section.line,
                    text("codebook.missing-scale", what=section.what, coding=str(coding)),
                    text("codebook.missing-scale-hint"),
                )
            return None
        found = section.section("scale", ("minimum", "maximum", "anchors"), section.part("scale"))
        if found is None:
            return None
        if coding is Coding.INTERVAL:
            self.walk.report(
                "unused-scale",
                found.line,
                text("codebook.unused-scale", what=section.what),
                text("codebook.unused-scale-hint"),
            )
        minimum = found.integer("minimum", required=True)
        maximum = found.integer("maximum", required=True)
        if minimum is None or maximum is None:
            return None
        if not 0 < maximum - minimum < MAX_SCALE_VALUES:
            self.walk.report(
                "bad-scale",
                found.line_of("minimum"),
                text("codebook.bad-scale", what=section.what, minimum=minimum, maximum=maximum, most=MAX_SCALE_VALUES),
            )
            return None
        return Scale(minimum, maximum, self._anchors(found, minimum, maximum))

    def _anchors(self, scale: Section, minimum: int, maximum: int) -> dict[int, dict[str, str]]:
        anchors: dict[int, dict[str, str]] = {}
        for key, value in scale.pairs("anchors"):
            if not re.fullmatch(r"[+-]?\d{1,9}", key.text) or not minimum <= int(key.text) <= maximum:
                self.walk.report(
                    "bad-scale",
                    key.line,
                    text("codebook.bad-anchor", what=scale.what, number=key.text),
                    text("codebook.bad-anchor-hint", minimum=minimum, maximum=maximum),
                )
                continue
            one = Section(self.walk, key.line, {"anchors": (key, value)}, scale.what)
            what = text("codebook.anchor-of", scale=scale.what, number=key.text)
            anchors[int(key.text)] = self.texts.texts(one, "anchors", what, one_line=True)
        return dict(sorted(anchors.items()))

    def _categories(self, section: Section, groups: tuple[Group, ...]) -> tuple[Category, ...]:
        checks = CategoryChecks(self.walk, section.what, {group.id for group in groups})
        categories = []
        for node in section.items("categories", required=True):
            part = self.walk.section(node, CATEGORY_KEYS, _inside(section, "category", node))
            category = Category(
                id=self.texts.identifier(part, part.what),
                labels=self.texts.texts(part, "labels", part.what, required=True, one_line=True),
                definitions=self.texts.texts(part, "definitions", part.what),
                examples=self.texts.examples(part),
                colour=part.text("colour"),
                key=part.text("key"),
                group=part.text("group"),
                tier=_tier_name(part, "tier"),
                rating_tier=_tier_name(part, "rating_tier"),
            )
            checks.check(category, part)
            categories.append(category)
        if not categories and section.node("categories") is not None:
            self.walk.report(
                "no-systems", section.line_of("categories"), text("codebook.no-categories", what=section.what)
            )
        return tuple(categories)


def _tier_name(section: Section, key: str) -> str | None:
    """A tier's name exactly as it is quoted: files have tiers whose names end in a blank."""
    node = section.node(key)
    return None if node is None or section.text(key) is None else unicodedata.normalize("NFC", node.text)


def _inside(section: Section, word: str, node: Node) -> Text:
    """`system 'intervention', category 'pause'`."""
    return text("codebook.inside", outer=section.what, inner=_named(word, node))


def _named(word: str, node: Node) -> Text:
    """`category 'pause'`, or `category` where the node has no id: how messages name what they talk about."""
    for key, value in node.entries:
        if key.text == "id" and value.kind is Kind.TEXT:
            return text(f"codebook.{word}-named", name=value.text.strip())
    return text(f"codebook.{word}")
