"""Documents derived from their shapes, as JSON-like data: plain ones, and ones that hypothesis draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from meshgen.intent.constraints import AtLeastOne, AtMostOne, ExactlyOne
from meshgen.intent.document import AlternativesShape, EitherShape, ListShape, MapShape, ObjectShape
from meshgen.intent.shape import (
    ConstantShape,
    EnumShape,
    FlagShape,
    ParsedShape,
    Shape,
    TextShape,
    WholeShape,
)
from meshgen.values import Duration, Percent, Text, Whole

# What JSON and YAML both carry between quotes; no line breaks, as `$` of Python's `re` overlooks a last one.
CHARACTERS = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"
)
WORDS = (  # one at least for each kind of text
    "a b-1 shop shop/cart shop/cart:http x-a X-A A_b a.example.com *.example.com https://a.example.com * "
    "10.0.0.0/8 / /a/b /a{*}%2F 1.29 8080 no none ambient 5s"
).split()
LONGEST_DRAWN = 5_000
INNER = "*"  # the step into an item of a list, a value of a map, or what may stand instead of a word

Way = tuple[str, ...]  # from a document down to one of its values


def ways(document: ObjectShape) -> dict[str, list[tuple[Way, Shape]]]:
    """List for each block, by its name, the ways to it and on to each value that it holds itself."""
    found: list[tuple[Way, Shape, str]] = [((), document, "")]
    grouped: dict[str, list[tuple[Way, Shape]]] = {}
    for way, shape, holder in found:
        name = _name(shape) or holder
        if name == holder or name not in grouped:
            found += [((*way, step), inner, name) for step, inner in _steps(shape).items()]
            grouped.setdefault(name, []).append((way, shape))
    return grouped


def _name(shape: Shape) -> str | None:
    match shape:
        case ObjectShape(cls=cls):
            return cls.__name__
        case AlternativesShape(options=options):
            return "Or".join(option.cls.__name__ for option in options.values())
        case _:
            return None


def _steps(shape: Shape) -> Mapping[str, Shape]:
    match shape:
        case ListShape(item=inner) | MapShape(value=inner) | EitherShape(other=inner):
            return {INNER: inner}
        case _:
            return fields(shape)


def fields(block: Shape) -> Mapping[str, Shape]:
    """Give the keys of a block, each with its shape; of another shape, none."""
    match block:
        case ObjectShape(keys=keys):
            return {key: field.shape for key, field in keys.items()}
        case AlternativesShape(options=options):
            return {key: option.keys[key].shape for key, option in options.items()}
        case _:
            return {}


def put(value: Any, way: Way, shape: Shape) -> Any:
    """Build the smallest document that has a value at the end of a way."""
    if not way:
        return value
    step, *below = way
    inner = put(value, tuple(below), _steps(shape)[step])
    match shape:
        case ListShape():
            return [inner]
        case MapShape(key=key):
            return {plain(key): inner}
        case ObjectShape():
            return {key: plain(fields(shape)[key]) for key in _keys(shape, [step])} | {step: inner}
        case AlternativesShape():
            return {step: inner}
        case _:
            return inner


def plain(shape: Shape) -> Any:
    """Give the first value that comes to mind."""
    match shape:
        case ObjectShape():
            return {key: plain(fields(shape)[key]) for key in _keys(shape, [])}
        case AlternativesShape(options=options):
            return plain(next(iter(options.values())))
        case ListShape(item=item):
            return [plain(item)]
        case MapShape(key=key, value=value):
            return {plain(key): plain(value)}
        case EitherShape(words=words):
            return plain(words)
        case TextShape(limit=limit):
            return next(word for word in WORDS if limit.check(word) is None)
        case WholeShape(limit=limit):
            return limit.least
        case ParsedShape(cls=cls):
            return 50 if cls is Percent else "5s"
        case EnumShape(members=members):
            return next(iter(members.values())).value
        case FlagShape():
            return True
        case ConstantShape(word=word):
            return word
        case _:
            raise TypeError(f"{shape!r} is no shape that is known")


def _keys(shape: ObjectShape, wanted: Iterable[str]) -> list[str]:
    """Choose keys that may stand together: those wanted, the first of them surely, and what they need."""
    required = (key for key, field in shape.keys.items() if field.is_required)
    keys = list(dict.fromkeys((*wanted, *required)))
    for constraint in shape.constraints:
        present = [key for key in keys if key in constraint.keys]
        if isinstance(constraint, AtMostOne | ExactlyOne):
            keys = [key for key in keys if key not in present[1:]]
        if not present and isinstance(constraint, AtLeastOne | ExactlyOne):
            keys = [*keys, constraint.keys[0]]
    return keys or ([] if shape.may_be_empty else [next(iter(shape.keys))])


def along(way: Way, shape: Shape, change: Callable[[Any], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Draw a value that the shape allows, but for what `change` makes of the value where the way ends."""
    if not way:
        return (_texts(shape.limit) if isinstance(shape, TextShape) else sound(shape)).flatmap(change)
    step, *below = way
    inner = along(tuple(below), _steps(shape)[step], change)
    match shape:
        case ListShape(item=item):
            return st.tuples(inner, st.lists(sound(item), max_size=1)).map(
                lambda found: [found[0], *found[1]]
            )
        case MapShape(key=key):
            return st.dictionaries(sound(key).map(str), inner, min_size=1, max_size=1)
        case ObjectShape():
            return _mappings(shape, {step: inner})
        case AlternativesShape():
            return st.fixed_dictionaries({step: inner})
        case _:
            return inner


def sound(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw a value that the shape allows."""
    match shape:
        case ObjectShape(shorthand=None):
            return _mappings(shape)
        case ObjectShape(shorthand=str(key)):
            return _mappings(shape) | sound(shape.keys[key].shape)
        case AlternativesShape(options=options):
            return st.one_of(*(_mappings(option) for option in options.values()))
        case EitherShape(words=words, other=other):
            return sound(words) | sound(other)
        case ListShape(item=item, may_be_single=may_be_single):
            several = st.lists(sound(item), min_size=1, max_size=2)
            return sound(item) | several if may_be_single else several
        case MapShape(key=key, value=value):
            return st.dictionaries(sound(key).map(str), sound(value), min_size=1, max_size=2)
        case _:
            return _scalars(shape)


@st.composite
def _mappings(
    draw: st.DrawFn, shape: ObjectShape, given: Mapping[str, st.SearchStrategy[Any]] | None = None
) -> dict[str, Any]:
    """Draw what is given and few other keys, so that a document stays small."""
    values = {key: sound(inner) for key, inner in fields(shape).items()} | dict(given or {})
    others = draw(st.lists(st.sampled_from(list(shape.keys)), max_size=1 if given else 3))
    keys = draw(st.permutations(_keys(shape, (*(given or ()), *others))))
    return {key: draw(values[key]) for key in keys}


def _scalars(shape: Shape) -> st.SearchStrategy[Any]:
    match shape:
        case TextShape(limit=Text(number=None) as limit):
            return _words(limit)
        case TextShape(limit=Text(number=Whole() as number) as limit):
            return _words(limit) | st.integers(number.least, number.most)
        case WholeShape(limit=limit):
            return st.integers(limit.least, limit.most)
        case ParsedShape(cls=cls) if cls is Percent:
            return st.integers(0, 10_000).map(lambda number: Percent(number).number)
        case ParsedShape():
            return st.integers(1, Duration.longest_ms).map(lambda ms: str(Duration(ms)))
        case EnumShape(members=members):
            return st.sampled_from([member.value for member in members.values()])
        case FlagShape(only_true=only_true):
            return st.just(True) if only_true else st.booleans()
        case _:
            return st.just(plain(shape))


def _words(limit: Text) -> st.SearchStrategy[str]:
    return st.sampled_from([word for word in WORDS if limit.check(word) is None])


@cache
def _texts(limit: Text) -> st.SearchStrategy[str]:
    """Draw any text that the limit allows, the longest too."""
    if limit.pattern is None:
        texts = st.text(CHARACTERS, max_size=20)
    else:
        texts = st.from_regex(limit.pattern, alphabet=CHARACTERS)
    longest = min(limit.longest or 0, LONGEST_DRAWN)
    return (texts | texts.map(lambda text: text + text[-1:] * (longest - len(text)))).filter(
        lambda text: limit.check(text) is None
    )
