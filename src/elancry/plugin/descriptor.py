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
from elancry.texts import Text, Texts, text

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
        "info": str(form.title),
    }
    lines = [
        _element("recognizer", run, form.id),
        _element("documentation", {}, f"{form.folder}.html"),
        *(_field(item) for item in form.fields),
    ]
    content = (_HEAD + "".join(f"            {line}\n" for line in lines) + _TAIL).encode()
    if found := problems(content):
        raise OutputRefused(text("plugin.form-not-usable", title=form.title, why=Texts(tuple(found))))
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
            given = {"level": item.level, "type": "int", **numbers, "info": str(item.label)}
            return _element("numparam", given, item.name)
        case ChoiceField():
            words = {"convoc": " ".join(item.choices), "default": item.default}
            return _element("textparam", {"level": item.level, **words, "info": str(item.label)}, item.name)
        case TierOutput():
            return _element("output", _file("basic", "tier", False, "text/xml", item.label), item.name)


def _file(level: str, kind: str, optional: bool, mimetypes: str, info: Text | str) -> dict[str, str]:
    return {
        "level": level,
        "type": kind,
        "optional": "true" if optional else "false",
        "mimetypes": mimetypes,
        "info": str(info),
    }


def _element(name: str, attributes: dict[str, str], content: str) -> str:
    listed = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{listed}>{escape(content)}</{name}>"


def help_page(form: Form) -> str:
    """The help page: plain HTML 3.2, which is what ELAN's viewer (Java Swing) understands."""
    rows = "\n".join(
        f"<tr><td valign='top'><b>{_html(item.label)}</b></td>"
        f"<td>{' '.join(map(_html, (item.help, *_limits(item))))}</td></tr>"
        for item in form.fields
    )
    return f"""\
<html>
<head><title>{_html(form.title)}</title></head>
<body>
<h2>{_html(form.title)}</h2>
<p>{_html(form.about)}</p>
<h3>{_html(text("plugin.help.form"))}</h3>
<table border="0" cellpadding="3">
{rows}
</table>
<h3>{_html(text("plugin.help.back"))}</h3>
<p>{_html(form.back)}</p>
<p>{_html(text("plugin.help.tiers"))}</p>
<p>{_html(text("plugin.help.private", version=__version__))}</p>
</body>
</html>
"""


def _html(said: Text | str) -> str:
    return escape(str(said))


def _limits(item: Field) -> tuple[Text, ...]:
    if isinstance(item, NumberField):
        limits = {"minimum": item.minimum, "maximum": item.maximum, "default": item.default}
        return (text("plugin.help.limits", **limits),)
    if isinstance(item, ChoiceField):
        return (text("plugin.help.choices", choices=item.choices),)
    if isinstance(item, TierInput) and item.required:
        return (text("plugin.help.needed"),)
    return ()
