r"""One run of a recognizer, as ELAN starts it: parameters in, progress and report out, tiers into a file.

Protocol (ELAN's classes LocalRecognizer and AbstractRecognizerPanel, ELAN 5 to 6.9)
------------------------------------------------------------------------------------
- ELAN writes the parameters to the input stream and reads every line of the output stream into its report window.
- `PROGRESS: 0.5 text` moves the bar. From 1 on ELAN looks for the output at once, so 1 is never said.
- `RESULT: DONE.` or `RESULT: FAILED.`, alone on a line, ends the run. A line of the single character `0` would end it
  too, so no line has one character only.
- Cancel kills the process (SIGTERM; on Windows the launcher alone, whose child finds out when it says that it begins
  to write, and then writes nothing). No file but the one that ELAN made is ever touched, and whoever cancels before the
  RESULT line finds that as ELAN made it.

Whatever goes wrong is said in plain words before `RESULT: FAILED.`; nothing is written then.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence

from elancry.errors import ElancryError, InvalidInput
from elancry.findings import Finding
from elancry.plugin.form import OUTPUT
from elancry.plugin.host import Gone, Host, Outcome
from elancry.plugin.xml_input import read_params
from elancry.texts import CatalogueError, Text, text

DONE, FAILED = "RESULT: DONE.", "RESULT: FAILED."
CANCELLED = 130
_MOST_FINDINGS = 20

Recognizer = Callable[[Mapping[str, str], Host], Outcome]


def _recognizer(name: str) -> Recognizer | None:
    # Each brings its own imports: the other one need not wait for them.
    if name == "compare":
        from elancry.plugin.compare import compare

        return compare
    if name == "check":
        from elancry.plugin.check import check

        return check
    return None


def main(arguments: Sequence[str]) -> int:
    """Run the recognizer that `arguments` name; 0 after DONE, 1 after FAILED, 130 if cancelled."""
    for name in ("SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            signal.signal(getattr(signal, name), _stop)
    host = Host(sys.stdout.buffer)
    try:
        with warnings.catch_warnings():
            # The error stream is joined with the output: a library's warning would stand in the rater's report.
            warnings.simplefilter("ignore")
            return _run(arguments, host)
    except CatalogueError as error:
        for line in (*str(error).splitlines(), FAILED):
            host.say(line)
        return 1
    except Gone:
        # Python would complain about the closed stream once more while it ends.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANCELLED
    except KeyboardInterrupt:
        return CANCELLED


def _run(arguments: Sequence[str], host: Host) -> int:
    if len(arguments) != 1 or arguments[0] not in ("compare", "check"):
        host.say(text("plugin.started-by-elan"))
        host.say(FAILED)
        return 2
    if sys.stdin is None or sys.stdin.isatty():
        host.say(text("plugin.started-by-elan-tab"))
        host.say(FAILED)
        return 2
    try:
        host.progress(0.01, text("plugin.starting"))
        run_once(arguments[0], sys.stdin.buffer.read(), host)
    except InvalidInput as error:
        _fail(host, _findings(error))
    except ElancryError as error:
        _fail(host, _both(error))
    except MemoryError:
        _fail(host, [text("plugin.no-memory")])
    except (Gone, KeyboardInterrupt):
        raise
    except Exception as error:
        name = type(error).__name__
        _fail(host, [text("plugin.own-fault", name=name, error=str(error)), text("plugin.own-fault-hint")])
    else:
        return 0
    return 1


def run_once(name: str, parameters: bytes, host: Host) -> None:
    """Parameters in, report and tiers out; raises ElancryError for what cannot be done, before anything is written."""
    from elancry.plugin.tier_output import new_tiers, usable_output

    given = read_params(parameters)
    recognizer = _recognizer(name)
    assert recognizer is not None
    path = given.get(OUTPUT, "")
    # Asked before the work and not after it.
    target = usable_output(path, [value for key, value in given.items() if key != OUTPUT]) if path else None
    outcome = recognizer(given, host)
    for line in outcome.report:
        host.say(line)
    if target is None:
        host.say(text("plugin.no-output"))
        host.say(DONE)
        return
    # Says whether somebody is still there before anything is written.
    host.progress(0.95, text("plugin.writing"))
    with new_tiers(target, outcome.tiers):
        host.say(DONE)


def _fail(host: Host, lines: Sequence[Text | str]) -> None:
    host.say()
    host.say(text("plugin.failed"))
    for line in lines:
        host.say(line)
    host.say(text("plugin.nothing-changed"))
    host.say(FAILED)


def _both(error: ElancryError) -> list[Text | str]:
    return [error.said] if error.advice is None else [error.said, error.advice]


def _findings(error: InvalidInput) -> list[Text | str]:
    message, *hint = _both(error)
    more = len(error.findings) - _MOST_FINDINGS
    return [
        message,
        *map(_line, error.findings[:_MOST_FINDINGS]),
        *([text("plugin.more", n=more)] if more > 0 else []),
        *hint,
    ]


def _line(item: Finding) -> Text:
    line = text("plugin.finding", message=item.said)
    if item.where:
        line = text("plugin.finding-at", where=item.where, message=item.said)
    return line if item.advice is None else text("plugin.finding-hint", finding=line, hint=item.advice)


def _stop(_number: int, _frame: object) -> None:
    # An exception, so that what is being written is tidied up on the way out.
    raise KeyboardInterrupt
