"""The form that ELAN draws, read back as ELAN's RecognizerParser reads it."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from elancry.errors import OutputRefused
from elancry.plugin.descriptor import descriptor, help_page
from elancry.plugin.form import ChoiceField, Field, Form, NumberField, TierInput, check_form, compare_form
from elancry.plugin.panel import SHORTEST_NAME, problems
from elancry.texts import Text, languages

CMD = "{http://www.clarin.eu/cmd/}"
FORMS = [compare_form(), check_form(("automatic", "crying"))]
ATTRIBUTES = {
    "recognizer": {"recognizerType", "runLinux", "runMac", "runWin", "info"},
    "documentation": set(),
    "input": {"level", "type", "optional", "mimetypes", "info"},
    "output": {"level", "type", "optional", "mimetypes", "info"},
    "numparam": {"level", "type", "min", "max", "default", "info"},
    "textparam": {"level", "convoc", "default", "info"},
}


def elements(form: Form) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(descriptor(form))
    assert (root.tag, root.get("CMDVersion")) == (f"{CMD}CMD", "1.1")
    recognizer = root.find(f"{CMD}Components/{CMD}RECOGNIZER")
    assert recognizer is not None
    return list(recognizer)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_every_element_has_exactly_its_attributes(form: Form):
    for item in elements(form):
        assert set(item.attrib) == ATTRIBUTES[item.tag.removeprefix(CMD)], item.tag


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_elans_panel_takes_every_descriptor_that_we_write(form: Form):
    assert problems(descriptor(form)) == []
    assert min(len(item.text or "") for item in elements(form)[2:]) >= SHORTEST_NAME == 3


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (TierInput("R1", "R1", "Tier of rater 1", "help"), r"shorter than 3 letters \(R1\)"),
        (NumberField("ms", "Milliseconds", "help", 0, 10, 5), r"shorter than 3 letters \(ms\)"),
        (NumberField("number", "Number", "help", 0, 10, 11), "number needs a minimum, a maximum and a default"),
        (ChoiceField("word", "Word", "help", ("two words", "x"), "two words"), "the default of word is not one"),
        (TierInput("rater1", "R1", "Who & <what>", "help"), "rater1 needs a label"),
    ],
)
def test_a_form_that_elan_could_not_use_is_never_written(field: Field, why: str):
    good = compare_form()
    form = replace(good, fields=(*good.fields[1:], field))
    with pytest.raises(OutputRefused, match=f"ELAN could not use it: .*{why}"):
        descriptor(form)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_what_elan_splits_on_blanks_has_none(form: Form):
    recognizer, documentation, *fields = elements(form)
    for system, command in (("Linux", "./run.sh"), ("Mac", "./run.sh"), ("Win", ".\\run.bat")):
        assert recognizer.get(f"run{system}") == command
    assert (recognizer.text or "").split() == [form.id]
    assert documentation.text == f"{form.folder}.html"
    names = [item.text or "" for item in fields]
    assert len(set(names)) == len(names) == len(form.fields)
    assert all(name.isascii() and name.isidentifier() for name in names)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_elan_can_start_and_load_what_comes_back(form: Form):
    fields = elements(form)[2:]
    outputs = [item for item in fields if item.tag == f"{CMD}output"]
    # An optional output that is left empty gets no file, and one of type multitier is not loaded.
    assert [(item.get("type"), item.get("optional")) for item in outputs] == [("tier", "false")]
    sound = [item for item in fields if item.get("type") == "audio"]
    assert [(item.text, item.get("optional")) for item in sound] == [("source", "true")]
    for item in fields:
        if item.tag == f"{CMD}numparam":
            low, value, high = (float(item.get(name, "")) for name in ("min", "default", "max"))
            assert low < high
            assert low <= value <= high
        if item.tag == f"{CMD}textparam":
            assert item.get("default") in (item.get("convoc") or "").split()
        assert not {"<", "&"} & set(item.get("info") or ""), "ELAN shows labels as HTML"


def test_advanced_fields_have_a_basic_one_beside_them():
    # ELAN shows the button for advanced fields only where settings, inputs or outputs have both kinds.
    for form in FORMS:
        fields = elements(form)[2:]
        for tags in (("input",), ("numparam", "textparam")):
            levels = {item.get("level") for item in fields if item.tag.removeprefix(CMD) in tags}
            assert levels in ({"basic"}, {"basic", "advanced"})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_the_help_page_names_every_field(form: Form):
    page = help_page(form)
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_data = found.append  # type: ignore[method-assign]
    parser.feed(page)
    text = " ".join(found)
    assert all(str(item.label) in text and str(item.help) in text for item in form.fields)
    assert "&#x" not in page, "Java's HTML 3.2 knows no hexadecimal references"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_elans_panel_takes_the_form_in_every_language(form: Form, language: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", language)
    content = descriptor(form)
    assert problems(content) == []
    labels = [item.get("info") for item in ElementTree.fromstring(content).iter() if item.get("level")]
    assert labels == [item.label.into(language) for item in form.fields if isinstance(item.label, Text)]
    assert form.title.into(language) in help_page(form)
