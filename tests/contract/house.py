"""What the style of the house asks of one module, read from its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_FILE = 350
LONGEST_FUNCTION = 35
DEEPEST_NESTING = 3

_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HELP = frozenset({"help", "short_help", "epilog"})

_NEXT_SENTENCE = re.compile(r"[.!?] +[A-Z]")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Breach(NamedTuple):
    """A line that the style forbids."""

    line: int
    message: str


def opening(source: str) -> list[Breach]:
    """Ask a module to say its one idea first, on one line and in one sentence."""
    first = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")[0]
    if first.endswith(".") and "\n" not in first and _NEXT_SENTENCE.search(first) is None:
        return []
    return [Breach(1, f"not one sentence on one line: {first!r}")]


def length(source: str) -> list[Breach]:
    """Bound the lines of a file."""
    lines = len(source.splitlines())
    return [Breach(lines, f"{lines} lines")] if lines > LONGEST_FILE else []


def functions(source: str) -> list[Breach]:
    """Bound the lines of each function, its docstring aside, and how deep its blocks are nested."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return sorted(breach for function in found for breach in _function(function))


def _function(function: ast.FunctionDef) -> Iterator[Breach]:
    lines = _lines(function) - (0 if ast.get_docstring(function) is None else _lines(function.body[0]))
    if lines > LONGEST_FUNCTION:
        yield Breach(function.lineno, f"{function.name} has {lines} lines")
    nesting = _nesting(function)
    if nesting > DEEPEST_NESTING:
        yield Breach(function.lineno, f"{function.name} is nested {nesting} deep")


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _nesting(node: ast.AST) -> int:
    """Count the blocks around the deepest statement; `elif` is no deeper than its `if`."""
    elif_of = node.orelse if isinstance(node, ast.If) and len(node.orelse) == 1 else []
    inner = [child for child in ast.iter_child_nodes(node) if not isinstance(child, _SCOPES)]
    return max(
        (_nesting(child) + (isinstance(child, _BLOCKS) and child not in elif_of) for child in inner),
        default=0,
    )


def names(source: str, words: frozenset[str]) -> list[Breach]:
    """Find where code, not prose, says one of `words`: in an identifier or a string that is no help text."""
    tree = ast.parse(source)
    prose = {id(text) for text in _prose(tree)}
    found = (
        Breach(getattr(node, "lineno", 0), f"says {text!r}")
        for node in ast.walk(tree)
        if id(node) not in prose
        for text in _texts(node)
        if says(text, words)
    )
    return sorted(set(found))


def says(text: str, words: frozenset[str]) -> bool:
    """Tell whether `text` holds one of `words` as a word, also inside camelCase and SNAKE_CASE."""
    return any(word.lower() in words for word in _WORD.findall(text))


def _prose(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as text):  # a docstring, also one below a field
                yield text
            case ast.keyword(arg=str(name), value=value) if name in _HELP:
                yield from ast.walk(value)


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield what stands in this node itself: names and string constants."""
    for _, value in ast.iter_fields(node):
        values = value if isinstance(value, list) else [value]
        yield from (text for text in values if isinstance(text, str))
