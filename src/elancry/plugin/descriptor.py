"""The descriptor (`*.cmdi`) from which ELAN draws a recognizer's form, and the help page behind its question mark.

Format: CLARIN CMD 1.1 with Components/RECOGNIZER, profile clarin.eu:cr1:p_1430905751617, as ELAN's RecognizerParser
reads it (ELAN 5 to 7.0, GPL-3.0) and as Christopher Cox's voxseg-elan uses it. What ELAN's panel asks of it is in
`elancry.plugin.panel`, and nothing is written that does not hold to all of it.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from elancry import __version__
from elancry.errors import OutputRefused
from elancry.plugin.form import (
    ChoiceField,
    Field,
    FileInput,
    Form,
    NumberField,
    SoundInput,
    TierInput,
    TierOutput,
)
from elancry.plugin.launcher import RUN_BAT, RUN_SH
from elancry.plugin.panel import problems
from elancry.texts import text

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<CMD CMDVersion="1.1" xmlns="http://www.clarin.eu/cmd/"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.clarin.eu/cmd/ \
http://catalog.clarin.eu/ds/ComponentRegistry/rest/registry/profiles/clarin.eu:cr1:p_1430905751617/xsd">
    <Header></Header>
    <Resources>
        <ResourceProxyList></ResourceProxyList>
        <JournalFileProxyList></JournalFileProxyList>
        <ResourceRelationList></ResourceRelationList>
    </Resources>
    <Components>
        <RECOGNIZER>
"""
_TAIL = """\
        </RECOGNIZER>
    </Components>
</CMD>
"""


def descriptor(form: Form) -> bytes:
    """The .cmdi file of a form; raises OutputRefused, with every reason, for one that ELAN could not use."""
    run = {
        "recognizerType": "local",
        "runLinux": f"./{RUN_SH}",
        "runMac": f"./{RUN_SH}",
        "runWin": f".\\{RUN_BAT}",
        "info": form.title,
    }
    lines = [
        _element("recognizer", run, form.id),
        _element("documentation", {}, f"{form.folder}.html"),
        *(_field(item) for item in form.fields),
    ]
    content = (_HEAD + "".join(f"            {line}\n" for line in lines) + _TAIL).encode()
    if found := problems(content):
        raise OutputRefused(str(text("plugin.form-not-usable", title=form.title, why="; ".join(map(str, found)))))
    return content


def _field(item: Field) -> str:
    match item:
        case TierInput():
            given = _file(item.level, "tier", not item.required, "text/xml", item.label)
            return _element("input", given, item.name)
        case SoundInput():
            return _element("input", _file("basic", "audio", True, "audio/x-wav", item.label), item.name)
        case FileInput():
            return _element("input", _file(item.level, "auxiliary", True, "text/plain", item.label), item.name)
        case NumberField():
            numbers = {"min": str(item.minimum), "max": str(item.maximum), "default": str(item.default)}
            given = {"level": item.level, "type": "int", **numbers, "info": item.label}
            return _element("numparam", given, item.name)
        case ChoiceField():
            words = {"convoc": " ".join(item.choices), "default": item.default}
            return _element("textparam", {"level": item.level, **words, "info": item.label}, item.name)
        case TierOutput():
            return _element("output", _file("basic", "tier", False, "text/xml", item.label), item.name)


def _file(level: str, kind: str, optional: bool, mimetypes: str, info: str) -> dict[str, str]:
    return {
        "level": level,
        "type": kind,
        "optional": "true" if optional else "false",
        "mimetypes": mimetypes,
        "info": info,
    }


def _element(name: str, attributes: dict[str, str], content: str) -> str:
    listed = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{listed}>{escape(content)}</{name}>"


def help_page(form: Form) -> str:
    """The help page: plain HTML 3.2, which is what ELAN's viewer (Java Swing) understands."""
    rows = "\n".join(
        f"<tr><td valign='top'><b>{escape(item.label)}</b></td><td>{escape(item.help)}{_limits(item)}</td></tr>"
        for item in form.fields
    )
    return f"""\
<html>
<head><title>{escape(form.title)}</title></head>
<body>
<h2>{escape(form.title)}</h2>
<p>{escape(form.about)}</p>
<h3>The form</h3>
<table border="0" cellpadding="3">
{rows}
</table>
<h3>What comes back</h3>
<p>{escape(form.back)}</p>
<p>ELAN does not pass on the names of tiers, so the report calls each by the slot it was chosen in. After a run ELAN
asks whether to load the new tiers; with Yes they are added below the others, and you can delete them like any tier.
No tier of yours is changed.</p>
<p>Nothing leaves this computer. elancry {__version__}, GPL-3.0-or-later.</p>
</body>
</html>
"""


def _limits(item: Field) -> str:
    if isinstance(item, NumberField):
        return f" {item.minimum} to {item.maximum}, usually {item.default}."
    if isinstance(item, ChoiceField):
        return f" There are: {escape(', '.join(item.choices))}."
    if isinstance(item, TierInput) and item.required:
        return " Needed."
    return ""
