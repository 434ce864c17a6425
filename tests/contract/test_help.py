"""Every command explains itself: one sentence first, examples that it understands, a word on each option."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from meshgen.cli import COMMANDS, commands, usage
from meshgen.cli.help import written


def below(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and all that stand below it."""
    yield path, command
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                yield from below(inner, (*path, name))


ALL = dict(below(commands, ("meshgen",)))
EACH = pytest.mark.parametrize("path", ALL, ids=" ".join)


def examples(command: click.Command) -> list[list[str]]:
    """Give the words of each meshgen in the examples of a help."""
    shown = re.findall(r"\bmeshgen [^|>\n]*", written(command).partition("For example:")[2])
    lines = (re.split(r" < ", line)[0].rstrip(") ") for line in shown)
    return [shlex.split(line) for line in lines]


@EACH
def test_a_help_opens_with_a_sentence(path: tuple[str, ...]) -> None:
    first = written(ALL[path]).partition("\n\n")[0]

    assert re.fullmatch(r"[A-Z].*\.", first, re.DOTALL)


@EACH
def test_every_option_and_argument_is_explained(path: tuple[str, ...]) -> None:
    silent = [
        option.name
        for option in ALL[path].params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]

    assert [] == silent


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_or_one_below_it_shows_examples_that_exist(name: str) -> None:
    shown = [words for path, each in ALL.items() if path[1:2] == (name,) for words in examples(each)]
    unknown = [words for words in shown if not understood(words)]

    assert any(words[1] == name for words in shown)
    assert [] == unknown


def understood(words: list[str]) -> bool:
    """Tell whether the command of an example exists and has its options."""
    path = max((known for known in ALL if tuple(words[: len(known)]) == known), key=len)
    options = {each for param in ALL[path].params for each in (*param.opts, *param.secondary_opts)}
    asked = {word.partition("=")[0] for word in words[len(path) :] if re.match(r"--?[a-z]", word)}
    return len(path) > 1 and asked <= {*options, "-h", "--help"}


def test_a_word_that_means_something_here_is_no_command_itself() -> None:
    meant = [word for words in usage._MEANT for word in words.split()]

    assert [] == sorted(set(meant) & set(COMMANDS))
    assert len(meant) == len(set(meant))
