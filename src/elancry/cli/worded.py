"""Commands and options whose help is a text of the catalogues, put into words when somebody asks for it.

    @command(text("command.agree"), "elancry agree practice -o agreement --codebook crying")
    @option("--curve", is_flag=True, said=text("option.curve"))
    def agree(...): ...

click's own words (Usage, Options, "No such option ...") come from the catalogue `click.po`, whose msgids are click's.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from typing import Any, TypeVar

import click

from elancry.texts import LOCALES, SOURCE, Text, catalogue, message_language, text

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

_CLICK = "click"


class Worded(click.Command):
    """A command whose help is `said`; `examples` are shown below its options, `closing` at the end."""

    def __init__(
        self, *args: Any, said: Text, examples: tuple[str, ...] = (), closing: Text | None = None, **settings: Any
    ) -> None:
        self.said, self.examples, self.closing = said, examples, closing
        super().__init__(*args, **settings)

    @property
    def help(self) -> str | None:
        """What the command does, in the language of messages."""
        return str(self.said)

    @help.setter
    def help(self, value: object) -> None:
        """Nothing: click begins with the docstring."""

    @property
    def epilog(self) -> str | None:
        """The examples, then the closing words."""
        parts = [f"{text('command.example')}  {self.examples[0]}"] if len(self.examples) == 1 else []
        if len(self.examples) > 1:
            parts.append("\n  ".join(["\b", str(text("command.examples")), *self.examples]).replace("\b\n  ", "\b\n"))
        if self.closing is not None:
            parts.append(str(self.closing))
        return "\n\n".join(parts)

    @epilog.setter
    def epilog(self, value: object) -> None:
        """Nothing: click begins with none."""


class WordedGroup(Worded, click.Group):
    """A group of commands whose help is `said`."""


class WordedOption(click.Option):
    """An option whose help is `said`."""

    def __init__(self, *args: Any, said: Text, **settings: Any) -> None:
        self.said = said
        super().__init__(*args, **settings)

    @property
    def help(self) -> str | None:
        """What the option is for, in the language of messages."""
        return str(self.said)

    @help.setter
    def help(self, value: object) -> None:
        """Nothing: click begins with none."""


def command(said: Text, *examples: str, cls: type[Worded] = Worded, **settings: Any) -> Callable[[Any], Any]:
    """`click.command` for a `Worded` one."""
    return click.command(cls=cls, said=said, examples=examples, **settings)


def option(*declared: str, said: Text, **settings: Any) -> Callable[[F], F]:
    """`click.option` for a `WordedOption`."""
    return click.option(*declared, cls=WordedOption, said=said, **settings)


def word_click() -> None:
    """Let click find the catalogue of its own words: it asks for them in gettext's default domain.

    Raises CatalogueError where that catalogue, or elancry's own in the language of messages, is missing or damaged.
    """
    language = message_language()
    catalogue(language)
    if language != SOURCE:
        catalogue(language, _CLICK)
    gettext.bindtextdomain(_CLICK, str(LOCALES))
    gettext.textdomain(_CLICK)
