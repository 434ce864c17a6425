"""CEL as Kubernetes evaluates it in the validation rules of a CRD, on Google's engine, with three answers."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["dyn", "duration", "timestamp"]

_MOST_DEEP = 60  # the engine recurses in C, and dies of 10,000 levels
# Nodes, and 16 characters each, that a rule may look at as often as there are: the time goes with the
# square, and where each turn builds something, the memory too.
_MOST_TO_LOOP_OVER = 6_000
_MOST_TO_BUILD_ON = 1_000
_MOST_APART = 2_000_000  # items, each with the burden of the whole


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that came to no verdict."""

    why: str
    is_refusal: bool = False  # True: an API server comes to the same error, and refuses the value for it


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A value as rules see it, which the engine is handed once for all of them."""

    value: Any
    kind: Kind = "dyn"  # the others are of what the engine takes on its own alone

    @functools.cached_property
    def activation(self) -> Any:
        """The value in the engine's own terms."""
        return _environment(self.kind, None, False).Activation({"self": self.value})

    @functools.cached_property
    def burden(self) -> int | Failed:
        """How much the engine has to look at, or why it must not."""
        return _burden(self.value)


NO_ENGINE = Failed("cel-expr-python is not available for this platform")


def evaluate(rule: str, self: Bound) -> bool | Failed:
    """Evaluate one rule about a value.

    An error that an API server comes to as well is `Failed` with `is_refusal`; without it, the rule is beyond
    this engine: it calls a function that is not hosted here, or costs too much.
    """
    verdict = _run(rule, self)
    return verdict if isinstance(verdict, bool | Failed) else Failed(f"it gives {verdict!r}, not a boolean")


def describe(expression: str, self: Bound) -> str | None:
    """Evaluate the expression of a message; None where it gives no line of text."""
    # apiextensions-apiserver pkg/apiserver/schema/cel/validation.go evalMessageExpression
    described = _run(expression, self)
    line = described.strip() if isinstance(described, str) else ""
    return line if line and "\n" not in line and len(line) <= _LONGEST_MESSAGE else None


_LONGEST_MESSAGE = 5 * 1024


def is_transition(rule: str) -> bool:
    """Tell whether a rule compares with the object's former state; nothing created has one."""
    return _OLD_SELF.search(rule) is not None


def about_creation(rule: str) -> str:
    """Read a rule whose former state is optional as one about an object that has none."""
    return f"cel.bind(oldSelf, optional.none(), ({rule}\n))"


_OLD_SELF = re.compile(r"\boldSelf\b")


def _run(rule: str, self: Bound) -> object:
    program = _program(rule, self.kind)
    burden = self.burden
    if isinstance(program, Failed):
        return program
    if isinstance(burden, Failed):
        return burden
    if burden > _MOST_TO_BUILD_ON and burden > _most(rule):
        return Failed("the value is too large for a rule that looks at each of its parts")
    try:
        return _read(program.eval(self.activation))
    except RuntimeError as error:  # so the engine reports what it gives up
        return _one_by_one(rule, self) if "Iteration budget" in str(error) else Failed(_cleaned(str(error)))


def _most(rule: str) -> float:
    if _LOOP.search(rule) is None:
        return float("inf")
    return _MOST_TO_LOOP_OVER if _BUILDING.search(rule) is None else _MOST_TO_BUILD_ON


_LOOP = re.compile(r"\.(all|exists|exists_one|filter|map)\s*\(")
_BUILDING = re.compile(r"\.map\s*\(|\+")


@functools.lru_cache(maxsize=10_000)
def _program(rule: str, kind: Kind, variable: str | None = None) -> Any:
    """Compile a rule once, however many schemas state it; `Failed` where that cannot be."""
    environment = _environment(kind, variable, _OPTIONAL.search(rule) is not None)
    if environment is None:
        return NO_ENGINE
    try:
        return environment.compile(rule)
    except RuntimeError as error:
        return Failed(f"it does not compile here: {_cleaned(str(error))}")


_OPTIONAL = re.compile(r"\boptional\.|\.\?|\[\?|\boptMap\b|\boptFlatMap\b")


@functools.lru_cache(maxsize=100)
def _environment(kind: Kind, variable: str | None, with_optionals: bool) -> Any:
    try:
        from cel_expr_python import cel
        from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings
    except ImportError:
        return None
    from meshgen.crd import cel_functions  # 10 ms, and only needed where a rule is evaluated

    types = {"dyn": cel.Type.DYN, "duration": cel.Type.DURATION, "timestamp": cel.Type.TIMESTAMP}
    of_optionals = [ext_optional.ExtOptional(), ext_bindings.ExtBindings()]
    environment = cel.NewEnv(
        variables={"self": types[kind]} | ({} if variable is None else {variable: cel.Type.DYN}),
        extensions=[ext_strings.ExtStrings(), *(of_optionals if with_optionals else ())],
        functions=cel_functions.declarations(cel, with_optionals=with_optionals),
    )
    environment.compile("true")  # only what has compiled something knows the types of its variables
    return environment


def _read(value: Any) -> object:
    result: object = value.value()
    if isinstance(result, bool) or value.type().name() != "ERROR":  # an error is a value, and a truthy one
        return result
    why = _cleaned(str(result))
    # Kubernetes knows the types of most operands and refuses the CRD; where it does not, the operator errs.
    unknown = why.startswith("No matching overloads found : ") and not _OF_AN_OPERATOR.match(why)
    return Failed(why, is_refusal=not unknown)


_OF_AN_OPERATOR = re.compile(r"No matching overloads found : [_@!-]")


def _cleaned(error: str) -> str:
    """Take the status and the drawing of the place off an error of the engine."""
    return _STATUS.sub("", error).partition("\n")[0]


_STATUS = re.compile(r"\A[A-Z_]+: (?:ERROR: )?(?:<input>:[0-9]+:[0-9]+: )?| \[[A-Z_]+\]\Z")


def _one_by_one(rule: str, self: Bound) -> object:
    """Evaluate `self.all(x, …)` of which the whole takes more turns than the engine has, item by item."""
    spent = Failed("it takes more than the 10,000 turns that the engine has")
    every, items, burden = _ALL.fullmatch(rule), self.value, self.burden
    if every is None or not isinstance(items, list) or isinstance(burden, Failed):
        return spent
    if len(items) * burden > _MOST_APART:
        return spent
    variable, body = every.groups()
    program = _program(body, self.kind, variable)
    if isinstance(program, Failed):  # as where the last parenthesis is not that of `all`
        return spent
    environment = _environment(self.kind, variable, False)
    try:
        verdicts = [
            _read(program.eval(environment.Activation({"self": items, variable: item}))) for item in items
        ]
    except RuntimeError:
        return spent
    return False if any(verdict is False for verdict in verdicts) else _first_failure(verdicts)


def _first_failure(verdicts: list[object]) -> object:
    return next((verdict for verdict in verdicts if verdict is not True), True)


_ALL = re.compile(r"\s*self\.all\(\s*([A-Za-z_][A-Za-z0-9_]*)\s*,(.*)\)\s*", re.DOTALL)


def _burden(value: Any) -> int | Failed:
    """Weigh a value level by level, so that no depth is too deep for the one who weighs."""
    level, weight = [value], 0
    for _ in range(_MOST_DEEP + 1):
        if not level:
            return weight
        weight += len(level)
        below: list[Any] = []
        texts: list[str] = []
        for each in level:
            if isinstance(each, str):
                texts.append(each)
            elif isinstance(each, dict):
                texts.extend(each)
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
        text = "".join(texts)
        weight += len(text) // 16
        if not _is_plain(text):
            return Failed("the engine cannot read a text with NUL or half a surrogate pair in it")
        level = below
    return Failed(f"the value nests deeper than {_MOST_DEEP} levels")


def _is_plain(text: str) -> bool:
    # The engine reads a text up to its first NUL, and gives up on what is no UTF-8.
    if text.isascii():
        return "\0" not in text
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
