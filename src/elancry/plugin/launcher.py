r"""What ELAN starts: run.sh and run.bat, which start run.py with the Python that elancry is installed in.

Conventions
-----------
- On macOS and Windows ELAN passes neither PATH nor locale: the launchers use absolute paths and builtins of the shell
  only, and switch Python to UTF-8.
- The path of the interpreter stands in the launcher as it is, links included: `pipx` and `uv` keep the link in place
  when they move to a newer elancry, not what it points to.
- run.sh becomes Python (`exec`), so that ELAN's Cancel reaches it. run.bat switches the console to UTF-8 before the
  first line with the path, and uses neither blocks nor jumps, which cmd.exe reads wrongly in UTF-8.
- The language of messages is that of the installation, in which the form is, too: ELAN may not pass on the system's.
- If Python or elancry is gone, that is said in words; every way ends with a RESULT line.
"""

from __future__ import annotations

from elancry.errors import UsageError
from elancry.plugin.host import in_ascii
from elancry.texts import message_language, text

RUN_SH, RUN_BAT, RUN_PY = "run.sh", "run.bat", "run.py"


def launchers(python: str, command: str) -> dict[str, bytes]:
    """File name -> content of the launchers for the interpreter at the absolute path `python`.

    Raises UsageError for a path that no launcher could hold.
    """
    if any(letter in python for letter in '\n\r"'):
        raise UsageError(text("plugin.launcher.path", path=repr(python)))
    return {
        RUN_SH: run_sh(python).encode(),
        RUN_BAT: run_bat(python).encode(),
        RUN_PY: run_py(command).encode(),
    }


def run_sh(python: str) -> str:
    """The launcher for Linux and macOS."""
    gone, again = _words()
    quoted = "'" + python.replace("'", "'\\''") + "'"
    return f"""\
#!/bin/sh
# Written by `elancry plugin install`. ELAN starts this in its own folder.
PYTHON={quoted}
PYTHONUTF8=1
PYTHONIOENCODING=utf-8
LANGUAGE={message_language()}
export PYTHONUTF8 PYTHONIOENCODING LANGUAGE
if [ ! -x "$PYTHON" ]; then
    echo "{gone} $PYTHON"
    echo "{again}"
    echo "RESULT: FAILED."
    exit 1
fi
exec "$PYTHON" -X utf8 {RUN_PY}
"""


def run_bat(python: str) -> str:
    """The launcher for Windows: UTF-8, lines end with CR LF, `%` of the path doubled."""
    gone, again = _words()
    quoted = python.replace("%", "%%")
    lines = (
        "@echo off",
        "rem Written by `elancry plugin install`. ELAN starts this in its own folder.",
        '"%SystemRoot%\\System32\\chcp.com" 65001 >nul 2>nul',
        "setlocal DisableDelayedExpansion",
        'set "PYTHONUTF8=1"',
        'set "PYTHONIOENCODING=utf-8"',
        f'set "LANGUAGE={message_language()}"',
        f'set "PYTHON={quoted}"',
        f'if not exist "%PYTHON%" echo {gone} "%PYTHON%"',
        f'if not exist "%PYTHON%" echo {again}',
        'if not exist "%PYTHON%" echo RESULT: FAILED.',
        'if not exist "%PYTHON%" exit /b 1',
        f'"%PYTHON%" -X utf8 "%~dp0{RUN_PY}"',
        "exit /b %ERRORLEVEL%",
    )
    return "".join(f"{line}\r\n" for line in lines)


def run_py(command: str) -> str:
    """What the launchers start; any Python 3 understands it."""
    _, again = _words()
    return f'''\
"""Written by `elancry plugin install`: starts the recognizer, or says why it cannot."""

import sys

try:
    from elancry.plugin.entry import main
except ImportError as error:
    print("{in_ascii(text("plugin.launcher.no-elancry"))}", sys.executable)
    print("(%s)" % error)
    print("{again}")
    print("RESULT: FAILED.")
    sys.exit(1)
sys.exit(main(["{command}"]))
'''


def _words() -> tuple[str, str]:
    """That Python is gone, and what to do: without umlauts, because no program of ours takes care of them there."""
    return in_ascii(text("plugin.launcher.python-gone")), in_ascii(text("plugin.launcher.again"))
