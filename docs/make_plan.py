"""Write the tables of docs/plan.md from the code. A test says when they are out of date."""

from __future__ import annotations

from pathlib import Path

from elancry.study.plan_text import keys_table

PAGE = Path(__file__).parent / "plan.md"
BEGIN, END = "<!-- made by docs/make_plan.py from the code -->\n", "<!-- end of what is made -->\n"


def page(old: str) -> str:
    """`old` with its tables made anew."""
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{keys_table('en')}\n{END}{after}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
