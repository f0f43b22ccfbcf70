r"""What ELAN starts: run.sh and run.bat, which start run.py with the Python that elancry is installed in.

Conventions
-----------
- On macOS and Windows ELAN passes neither PATH nor locale: the launchers use absolute paths and builtins of the shell
  only, and switch Python to UTF-8.
- The path of the interpreter stands in the launcher as it is, links included: `pipx` and `uv` keep the link in place
  when they move to a newer elancry, not what it points to.
- run.sh becomes Python (`exec`), so that ELAN's Cancel reaches it. run.bat switches the console to UTF-8 before the
  first line with the path, and uses neither blocks nor jumps, which cmd.exe reads wrongly in UTF-8.
- If Python or elancry is gone, that is said in words; every way ends with a RESULT line.
"""

from __future__ import annotations

from elancry.errors import UsageError

RUN_SH, RUN_BAT, RUN_PY = "run.sh", "run.bat", "run.py"
AGAIN = "Install elancry again, then type in a terminal: elancry plugin install"
_GONE = "The Python that elancry was installed with is no longer there:"


def launchers(python: str, command: str) -> dict[str, bytes]:
    """File name -> content of the launchers for the interpreter at the absolute path `python`.

    Raises UsageError for a path that no launcher could hold.
    """
    if any(letter in python for letter in '\n\r"'):
        raise UsageError(f"the path of this Python cannot stand in a script: {python!r}")
    return {
        RUN_SH: run_sh(python).encode(),
        RUN_BAT: run_bat(python).encode(),
        RUN_PY: run_py(command).encode(),
    }


def run_sh(python: str) -> str:
    """The launcher for Linux and macOS."""
    quoted = "'" + python.replace("'", "'\\''") + "'"
    return f"""\
#!/bin/sh
# Written by `elancry plugin install`. ELAN starts this in its own folder.
PYTHON={quoted}
PYTHONUTF8=1
PYTHONIOENCODING=utf-8
export PYTHONUTF8 PYTHONIOENCODING
if [ ! -x "$PYTHON" ]; then
    echo "{_GONE} $PYTHON"
    echo "{AGAIN}"
    echo "RESULT: FAILED."
    exit 1
fi
exec "$PYTHON" -X utf8 {RUN_PY}
"""


def run_bat(python: str) -> str:
    """The launcher for Windows: UTF-8, lines end with CR LF, `%` of the path doubled."""
    quoted = python.replace("%", "%%")
    lines = (
        "@echo off",
        "rem Written by `elancry plugin install`. ELAN starts this in its own folder.",
        '"%SystemRoot%\\System32\\chcp.com" 65001 >nul 2>nul',
        "setlocal DisableDelayedExpansion",
        'set "PYTHONUTF8=1"',
        'set "PYTHONIOENCODING=utf-8"',
        f'set "PYTHON={quoted}"',
        f'if not exist "%PYTHON%" echo {_GONE} "%PYTHON%"',
        f'if not exist "%PYTHON%" echo {AGAIN}',
        'if not exist "%PYTHON%" echo RESULT: FAILED.',
        'if not exist "%PYTHON%" exit /b 1',
        f'"%PYTHON%" -X utf8 "%~dp0{RUN_PY}"',
        "exit /b %ERRORLEVEL%",
    )
    return "".join(f"{line}\r\n" for line in lines)


def run_py(command: str) -> str:
    """What the launchers start; any Python 3 understands it."""
    return f'''\
"""Written by `elancry plugin install`: starts the recognizer, or says why it cannot."""

import sys

try:
    from elancry.plugin.entry import main
except ImportError as error:
    print("elancry cannot be started with this Python:", sys.executable)
    print("(%s)" % error)
    print("{AGAIN}")
    print("RESULT: FAILED.")
    sys.exit(1)
sys.exit(main(["{command}"]))
'''
