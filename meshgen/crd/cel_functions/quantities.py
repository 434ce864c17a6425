"""Quantities such as `1.5Gi`: the library `quantity` (apiserver pkg/cel/library/quantity.go)."""

from __future__ import annotations

import re
from fractions import Fraction

from meshgen.crd.cel_functions.function import Function, Record

# apimachinery pkg/api/resource/suffix.go
_SUFFIXES = {
    **{f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)},
    **{letter: 1000**power for power, letter in enumerate("kMGTPE", 1)},
    **{letter: Fraction(1, 1000**power) for power, letter in enumerate("mun", 1)},
    "": 1,
}
_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<number>[0-9]{0,40}\.?[0-9]{0,40})"
    r"(?:[eE](?P<exponent>[+-]?[0-9]{1,3})|(?P<suffix>[KMGTPE]i|[kMGTPEmun]|))",
    re.ASCII,
)
_INT64 = range(-(2**63), 2**63)


def _is_quantity(text: str) -> bool:
    return text != "" and _QUANTITY.fullmatch(text) is not None


def _quantity(text: str) -> Record:
    read = _QUANTITY.fullmatch(text)
    if read is None or text == "":
        raise ValueError(f"{text!r} is not a quantity")
    number = Fraction(f"0{read['number']}".rstrip("."))  # resource.ParseQuantity takes "Mi" for 0
    scale = Fraction(10) ** int(read["exponent"]) if read["exponent"] else _SUFFIXES[read["suffix"]]
    return _record(number * scale * (-1 if read["sign"] == "-" else 1))


def _record(amount: Fraction) -> Record:
    return {"quantity": str(amount)}


def _amount(quantity: Record) -> Fraction:
    return Fraction(quantity["quantity"])


def _compare(one: Record, other: Record) -> int:
    return _sign(_amount(one) - _amount(other))


def _sign(amount: Fraction) -> int:
    return (amount > 0) - (amount < 0)


def _is_integer(quantity: Record) -> bool:
    amount = _amount(quantity)
    return amount.denominator == 1 and amount.numerator in _INT64


def _integer(quantity: Record) -> int:
    if not _is_integer(quantity):
        raise ValueError("cannot convert value to integer")
    return int(_amount(quantity))


FUNCTIONS = (
    Function("isQuantity", ("string",), "bool", _is_quantity, is_member=False),
    Function("quantity", ("string",), "map", _quantity, is_member=False),
    Function("sign", ("map",), "int", lambda quantity: _sign(_amount(quantity)), is_member=False),
    Function("isInteger", ("map",), "bool", _is_integer),
    Function("asInteger", ("map",), "int", _integer),
    Function("asApproximateFloat", ("map",), "double", lambda quantity: float(_amount(quantity))),
    Function("compareTo", ("map", "map"), "int", _compare),
    Function("isGreaterThan", ("map", "map"), "bool", lambda one, other: _compare(one, other) > 0),
    Function("isLessThan", ("map", "map"), "bool", lambda one, other: _compare(one, other) < 0),
    Function("add", ("map", "map"), "map", lambda one, other: _record(_amount(one) + _amount(other))),
    Function("add", ("map", "int"), "map", lambda one, number: _record(_amount(one) + number)),
    Function("sub", ("map", "map"), "map", lambda one, other: _record(_amount(one) - _amount(other))),
    Function("sub", ("map", "int"), "map", lambda one, number: _record(_amount(one) - number)),
)
