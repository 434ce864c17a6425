"""The functions that Kubernetes adds to CEL, hosted on an engine that knows none of them.

Kubernetes has types of its own for URLs, addresses, ranges, quantities and formats; here each is a map of
strings, made canonical, so that equal ones are equal. What an engine of this kind cannot host is left out
and does not compile: `string()` of such a value, `indexOf` of a list, semantic versions, comprehensions
with two variables.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from meshgen.crd.cel_functions import addresses, formats, lists, quantities, texts, urls
from meshgen.crd.cel_functions.function import Function

_ALL: tuple[Function, ...] = (
    *addresses.FUNCTIONS,
    *formats.FUNCTIONS,
    *lists.FUNCTIONS,
    *quantities.FUNCTIONS,
    *texts.FUNCTIONS,
    *urls.FUNCTIONS,
)


def declarations(cel: Any, *, with_optionals: bool) -> list[Any]:
    """Declare the functions to the engine, whose module is given.

    The engine has one `hasValue`: that of optional values, or ours of what a format has against a text.
    """
    types = {
        "bool": cel.Type.BOOL,
        "double": cel.Type.DOUBLE,
        "dyn": cel.Type.DYN,
        "int": cel.Type.INT,
        "list": cel.Type.List(cel.Type.DYN),
        "map": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
        "string": cel.Type.STRING,
    }
    overloads: dict[str, list[Any]] = defaultdict(list)
    for function in (*_ALL, *(() if with_optionals else formats.OPTIONAL)):
        overload = cel.Overload(
            f"{function.name}_{len(overloads[function.name])}",
            return_type=types[function.gives],
            parameters=[types[name] for name in function.takes],
            is_member=function.is_member,
            impl=function.impl,
        )
        overloads[function.name].append(overload)
    return [cel.FunctionDecl(name, stated) for name, stated in overloads.items()]
