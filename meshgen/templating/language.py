"""What any template may say: literal YAML, whole scalars, `for`, `if x is none`, `include` of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jinja2
from jinja2 import nodes


class Violation(NamedTuple):
    """A line of a template that decides or joins what the plan should hold."""

    line: int
    message: str


_OUTPUT = r"\{\{ [a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)* \}\}"
_QUOTED = r'"[^"\\{}]*"'
_KEY = rf"(?:[A-Za-z_][A-Za-z0-9_./-]*|{_QUOTED}|{_OUTPUT})"
_FLOW = r"\[[^\[\]{}]*\]|\{[^\[\]{}]*\}"
_VALUE = rf"(?:[A-Za-z0-9_./-][A-Za-z0-9_./:-]*|{_QUOTED}|{_FLOW}|{_OUTPUT})"
_BLOCK = r"\{% (?:for|if|elif|else|endif|endfor|include)\b[^%}]* %\}"

# One entry or one tag a line: so an expression is a whole key or a whole value, never a part of text,
# of a quoted, folded or flow scalar, and never one of two.
_LINE = re.compile(rf" *(?:(?:- )*{_KEY}:(?: {_VALUE})?|(?:- )+{_VALUE}|{_BLOCK})")
_COMMENT = re.compile(r"^ *\{#(?:(?!#\}).)*#\}$", re.DOTALL | re.MULTILINE)


def violations(source: str) -> list[Violation]:
    """Find what a template says beyond shape, by line."""
    try:
        tree = jinja2.Environment().parse(source)
        tree.set_lineno(1)  # `autoescape` makes a node without a line
        return sorted({*_lines(source), *_statements(tree.body, frozenset({"plan"}))})
    except jinja2.TemplateSyntaxError as error:
        return [Violation(error.lineno, f"not a template: {error.message}")]
    except RecursionError:
        return [Violation(1, "not a template: it nests too deep")]


def _lines(source: str) -> Iterator[Violation]:
    without_comments = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)
    *lines, rest = without_comments.split("\n")
    for number, line in enumerate(lines, start=1):
        if line and not _LINE.fullmatch(line):
            yield Violation(number, "a line is one key, one value, one entry or one tag, each whole")
    if rest:
        yield Violation(len(lines) + 1, "the last line has no end: what follows an include would join it")


def _statements(body: Sequence[nodes.Node], known: frozenset[str]) -> Iterator[Violation]:
    for statement in body:
        match statement:
            case nodes.Output(nodes=parts):
                outputs = [part for part in parts if not isinstance(part, nodes.TemplateData)]
                yield from _paths(outputs, known)
            case nodes.For(test=None, recursive=False, else_=[]):
                yield from _paths([statement.iter], known)
                names = nodes.Tuple([statement.target], "store").find_all(nodes.Name)
                yield from _statements(statement.body, known | {name.name for name in names})
            case nodes.If():
                yield from _condition(statement.test, known)
                yield from _statements([*statement.body, *statement.elif_, *statement.else_], known)
            case nodes.Include(template=nodes.Const(value=str()), ignore_missing=False, with_context=True):
                pass
            case _:
                yield _logic(statement)


def _paths(expressions: Sequence[nodes.Node], known: frozenset[str]) -> Iterator[Violation]:
    for expression in expressions:
        match expression:
            case nodes.Name(name=name) if name in known:
                pass
            case nodes.Name(name=name):
                yield Violation(expression.lineno, f"'{name}' is neither the plan nor a name of a loop")
            case nodes.Getattr(node=node):
                yield from _paths([node], known)
            case _:
                yield _logic(expression)


def _condition(test: nodes.Node, known: frozenset[str]) -> Iterator[Violation]:
    match test:
        case nodes.Not(node=nodes.Test() as inner):
            yield from _condition(inner, known)
        case nodes.Test(name="none", node=node):
            yield from _paths([node], known)
        case _:
            yield Violation(
                test.lineno, "a condition is `x is none` or `x is not none`: truth would drop a 0"
            )


def _logic(node: nodes.Node) -> Violation:
    return Violation(node.lineno, f"{type(node).__name__} is logic: the plan should hold the result")
