"""Structure against other judges: `jsonschema` for verdicts, RE2 for patterns, the body for paths into it."""

from __future__ import annotations

import copy
import functools
import operator
from typing import Any

import jsonschema
import jsonschema_rs
import re2
from hypothesis import assume, given
from hypothesis import strategies as st

from meshgen import datafiles
from meshgen.crd import metadata
from meshgen.crd.defaults import prepared
from meshgen.crd.patterns import is_read_alike
from meshgen.crd.served import ServedKind
from meshgen.crd.sets import sets
from meshgen.crd.store import Store
from meshgen.crd.structural import MISTYPED_FIELD, check
from meshgen.resources import Path
from tests.unit.served import body_of, kind_of

NAMES = st.sampled_from(["host", "hosts", "port", "5", "05", "+5", "", "a/b", "~1"])
SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, 1e300, "", "a", "bb", "é"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
BOUNDS = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
        "enum": st.lists(SCALARS, min_size=1, max_size=3),
        "minimum": st.integers(-2, 2),
        "exclusiveMaximum": st.integers(-2, 2),
        "minLength": st.integers(0, 2),
        "maxLength": st.integers(0, 2),
        "minItems": st.integers(0, 2),
        "maxItems": st.integers(0, 2),
        "maxProperties": st.integers(0, 2),
        "required": st.lists(NAMES, max_size=2, unique=True),
        "pattern": st.sampled_from(["^a+$", "b", "(?i)^A$", r"^\w$"]),
        "multipleOf": st.just(2),
    },
)


def above(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Combine schemas into one of objects, of lists, or of alternatives."""
    return st.builds(
        operator.or_,
        BOUNDS,
        st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(NAMES, inner, max_size=3),
                "additionalProperties": st.just(value=False) | inner,
                "items": inner,
                "oneOf": st.lists(inner, min_size=1, max_size=3),
                "anyOf": st.lists(inner, min_size=1, max_size=2),
                "allOf": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
            },
        ),
    )


SCHEMAS = st.recursive(BOUNDS, above, max_leaves=6)


@given(SCHEMAS, VALUES)
def test_a_verdict_is_that_of_json_schema_and_leads_into_the_body(schema: dict[str, Any], value: Any) -> None:
    body = body_of(value)
    before = copy.deepcopy(body)
    complaints = check(kind_of(schema), body).complaints

    assert jsonschema.Draft202012Validator(schema).is_valid(value) is (complaints == ())
    assert all(stands(body, each.path) for each in complaints)
    assert body == before


def stands(body: Any, path: Path) -> bool:
    for step in path:
        body = body[step]
    return True


@given(SCHEMAS, VALUES)
def test_a_body_that_is_prepared_needs_no_more(schema: dict[str, Any], value: Any) -> None:
    kind = kind_of(schema | {"default": {}})
    once = prepared(kind, body_of(value))

    assert prepared(kind, once) == once


@given(VALUES, VALUES)
def test_any_body_is_judged(spec: Any, head: Any) -> None:
    kind = virtual_service()
    body = prepared(kind, {"metadata": head, "spec": spec})
    told = [*metadata.check(kind, body), *check(kind, body).complaints]

    assert isinstance(head, dict) or MISTYPED_FIELD in {each.code for each in told} or head is None


@functools.cache
def virtual_service() -> ServedKind:
    store = Store(sets(datafiles.schemas(), "istio", "1.29", None))
    kind = store.find("networking.istio.io/v1", "VirtualService")
    assert isinstance(kind, ServedKind)
    return kind


ATOMS = (
    r"a b Z 0 - . \. \- \/ [a-z] [^a] [A-Za-z0-9] [!-~] [\t\x20] \t \x60 [-a] [a-] [+\-.] ( (?: ) | ^ $ * + ?"
    r" {1,3} {2} {2,} *? _ ~ # @ [^:/?#] [a^] [$] [.] [(] / < > \$ \^ \| \n [&] [~!$&'()*+,;=:] [ ] { && --"
)
PATTERNS = st.lists(st.sampled_from(ATOMS.split()), min_size=1, max_size=8).map("".join)
TEXTS = st.text(alphabet="abZ0-._/~$^|`<A* \n\t\r\x7f\x85\u2028é\u0660K\u212aſ😀", max_size=8)


@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=8))
def test_a_pattern_that_is_left_to_the_engine_means_what_it_means_to_re2(
    pattern: str, texts: list[str]
) -> None:
    assume(is_read_alike(pattern))
    assume((matcher := compiled(pattern)) is not None)
    engine = jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
    )

    assert [engine.is_valid(text) for text in texts] == [matcher.search(text) is not None for text in texts]


def compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None
