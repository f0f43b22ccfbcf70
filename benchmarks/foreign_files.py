"""A small recording as other programs would write it, for formats that elancry reads but does not write.

Each file is made here, line by line, from the descriptions that the readers name; none was taken from anywhere.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

FORM = [(950, 2345, "protest"), (62_500, 63_990, "despair"), (70_000, 91_250, "protest"), (99_040, 104_000, "rage")]
ACTION = [(1200, 5430, "holds"), (61_000, 68_750, "speaks"), (88_880, 93_330, "holds"), (101_010, 109_990, "waits")]


def vcode() -> bytes:
    """Marks with durations, a comment with a comma, lines in the order of text."""
    marks = [f"{start},{end - start},{value}" for start, end, value in (*FORM, *ACTION)]
    lines = sorted(f"{mark},{'very loud&#44; twice' if mark.startswith('99040') else '(null)'}" for mark in marks)
    tracks = ", ".join(dict.fromkeys(value for _, _, value in (*FORM, *ACTION)))
    head = f"Offset: 0, Movie: MoviePathHere, DataFile: (null)\nTracks: {tracks}\nTime,Duration,TrackName,comment\n\n"
    return (head + "\n".join(lines) + "\n").encode()


def preflook() -> bytes:
    """Two trials of gaze, a stretch out of frame, a mark with a comment."""
    marks = [
        "1000,0,left",
        "4250,0,right",
        "9000,0,away",
        "12500,0,end",
        "13000,0,right",
        "20150,0,left",
        "26400,0,end",
    ]
    lines = [*(f"{mark},(null)" for mark in sorted(marks)), "15000,1500,outofframe,(null)", "3000,2500,talk,look there"]
    head = "Offset: 0, Movie: MoviePathHere, DataFile: (null)\nTracks: left, right, away, talk, end, outofframe\n"
    return (head + "Time,Duration,TrackName,comment\n\n" + "\n".join(lines) + "\n").encode()


def clock(ms: int) -> str:
    """`00:01:02:500`, as Datavyu has it."""
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}:{ms % 1000:03d}"


def datavyu() -> bytes:
    """Two columns, one with two codes, a value with a comma."""
    lines = ["#4", "form (MATRIX,true,)-code01|NOMINAL"]
    lines += [f"{clock(start)},{clock(end)},({value})" for start, end, value in FORM]
    lines.append("action (MATRIX,false,)-what|NOMINAL,note|NOMINAL")
    lines += [f"{clock(start)},{clock(end)},({value},once\\, twice)" for start, end, value in ACTION]
    return zipped({"db": "\n".join(lines) + "\n", "project": "!project\nversion: 5\n"})


def datavyu_csv() -> bytes:
    """The same as Datavyu exports it."""
    head = "form.ordinal,form.onset,form.offset,form.code01,action.ordinal,action.onset,action.offset,action.what"
    rows = [
        f"{at},{a[0]},{a[1]},{a[2]},{at},{b[0]},{b[1]},{b[2]}"
        for at, (a, b) in enumerate(zip(FORM, ACTION, strict=True), 1)
    ]
    return "\n".join([head, *rows, ""]).encode()


def rttm() -> bytes:
    """Two speakers, with what they say where the file has a place for it."""
    lines = [";; made by elancry's benchmarks"]
    for speaker, rows in (("child", FORM), ("adult", ACTION)):
        for start, end, value in rows:
            lines.append(
                f"SPEAKER s01 1 {start / 1000:.3f} {(end - start) / 1000:.3f} {value} <NA> {speaker} <NA> <NA>"
            )
    return ("\n".join(lines) + "\n").encode()


def noldus() -> bytes:
    """A subject each, with modifiers, a comment and the durations that the program writes beside the times."""
    rows = []
    for subject, coded in (("child", FORM), ("adult", ACTION)):
        for start, end, value in coded:
            length = f"{(end - start) / 1000:.3f}"
            rows.append((start, f"s01;{start / 1000:.3f};{length};{subject};{value};loud;well;State start"))
            rows.append((end, f"s01;{end / 1000:.3f};0.000;{subject};{value};loud;;State stop"))
    head = "Observation;Time_Relative_sf;Duration_sf;Subject;Behavior;Modifier_1;Comment;Event_Type"
    return "\n".join([head, *(line for _, line in sorted(rows)), ""]).encode()


def interact() -> bytes:
    """One DataSet, a column for each class, times with milliseconds."""
    rows = [(*coded, "") for coded in FORM] + [(start, end, "", value) for start, end, value in ACTION]
    lines = ["Level\tDescription\tOnset_Time\tOffset_Time\tDuration_Time\tform\taction", "2\tdyad 1\t\t\t\t\t"]
    for start, end, form, action in sorted(rows):
        times = "\t".join(clock(ms)[:8] + f".{ms % 1000:03d}" for ms in (start, end, end - start))
        lines.append(f"3\t\t{times}\t{form}\t{action}")
    return ("\n".join(lines) + "\n").encode()


def points_of(coded: Sequence[tuple[int, int, str]]) -> list[int]:
    """All begins and ends in order."""
    return sorted({ms for start, end, _ in coded for ms in (start, end)})


def exb() -> bytes:
    """Two speakers on one timeline."""
    lines = ["<basic-transcription>", "<head><speakertable>"]
    lines += [f'<speaker id="SPK{at}"><abbreviation>{who}</abbreviation></speaker>' for at, who in enumerate("CA")]
    lines += ["</speakertable></head>", "<basic-body>", "<common-timeline>"]
    lines += [f'<tli id="T{ms}" time="{ms / 1000}"/>' for ms in points_of((*FORM, *ACTION))]
    lines.append("</common-timeline>")
    for at, (name, coded) in enumerate((("form", FORM), ("action", ACTION))):
        lines.append(f'<tier id="TIE{at}" speaker="SPK{at}" category="v" type="t" display-name="{name}">')
        lines += [f'<event start="T{start}" end="T{end}">{value}</event>' for start, end, value in coded]
        lines.append("</tier>")
    return "\n".join([*lines, "</basic-body>", "</basic-transcription>", ""]).encode()


def flk() -> bytes:
    """Contributions, one of them parsed into words."""
    lines = ["<folker-transcription>", "<head/>", '<recording path="s01.wav"/>', "<timeline>"]
    for ms in points_of((*FORM, *ACTION)):
        lines.append(f'<timepoint timepoint-id="TLI_{ms}" absolute-time="{ms / 1000}"/>')
    lines.append("</timeline>")
    for speaker, coded in (("child", FORM), ("adult", ACTION)):
        for start, end, value in coded:
            said = f"<w>{value}</w>" if value == "rage" else f"<unparsed>{value}</unparsed>"
            ends = f'start-reference="TLI_{start}" end-reference="TLI_{end}"'
            lines.append(f'<contribution speaker-reference="{speaker}" {ends} parse-level="0">{said}</contribution>')
    return "\n".join([*lines, "</folker-transcription>", ""]).encode()


def anvil() -> bytes:
    """Two primary tracks, one with a second attribute, and a track that refers to it."""
    lines = ["<annotation>", '<head><video src="s01.avi"/></head>', "<body>"]
    for name, coded in (("form", FORM), ("action", ACTION)):
        lines.append(f'<track name="{name}" type="primary">')
        for index, (start, end, value) in enumerate(coded):
            second = '<attribute name="hand">left</attribute>' if name == "action" else ""
            kind = f'<attribute name="kind">{value}</attribute>{second}'
            lines.append(f'<el index="{index}" start="{start / 1000}" end="{end / 1000}">{kind}</el>')
        lines.append("</track>")
    lines += ['<track name="why" type="singleton" ref="action">', '<el index="0" ref="2">']
    lines += ['<attribute name="reason">asked</attribute></el>', "</track>"]
    return "\n".join([*lines, "</body>", "</annotation>", ""]).encode()


def xlsx() -> bytes:
    """Our table on the only sheet of a workbook, its texts in the cells themselves so that a line is a row."""
    head = ["tier", "start_ms", "end_ms", "value"]
    rows = [head, *([tier, *row] for tier, rows in (("form", FORM), ("action", ACTION)) for row in rows)]
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [
            f'<c r="{letter}{number}"><v>{value}</v></c>'
            if isinstance(value, int)
            else f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            for letter, value in zip("ABCD", row, strict=True)
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    linked = f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/%s" Target="%s"/>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
            "_rels/.rels": linked % ("officeDocument", "xl/workbook.xml") + "</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="codes" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": linked % ("worksheet", "worksheets/sheet1.xml") + "</Relationships>",
            "xl/worksheets/sheet1.xml": "\n".join(
                [f'<worksheet xmlns="{main}"><sheetData>', *lines, "</sheetData></worksheet>"]
            ),
        }
    )


def zipped(members: Mapping[str, str]) -> bytes:
    """A zip file of texts, the same each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


FILES: Mapping[str, Callable[[], bytes]] = {
    "vcode": vcode,
    "preflook": preflook,
    "datavyu": datavyu,
    "datavyu-csv": datavyu_csv,
    "rttm": rttm,
    "xlsx": xlsx,
    "noldus": noldus,
    "interact": interact,
    "exb": exb,
    "flk": flk,
    "anvil": anvil,
}
