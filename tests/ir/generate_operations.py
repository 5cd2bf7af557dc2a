#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes run-tests for every operation on numbers and every type that it takes.

What must come out is computed here, in whole numbers and fractions, from the meaning in include/inlay/ir/ops.def: not
by the machine's floats, and not by anything of Inlay. usage: generate_operations.py FOLDER
"""

import math
import struct
import sys
from fractions import Fraction
from pathlib import Path

INTS = {"i8": 8, "i16": 16, "i32": 32, "i64": 64}
FLOATS = {"f32": (24, -149), "f64": (53, -1074)}  # bits of a mantissa, exponent of the least number
VECTORS = [("i8", 2), ("i8", 16), ("i8", 64), ("i16", 4), ("i16", 8), ("i32", 2), ("i32", 4), ("i32", 16), ("i64", 2),
           ("i64", 4), ("i64", 8), ("f32", 2), ("f32", 4), ("f32", 16), ("f64", 2), ("f64", 4), ("f64", 8)]
NAN, INF = math.nan, math.inf


class Trap(Exception):
    pass


# Numbers

def wrap(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def unsigned(value, bits):
    return value & ((1 << bits) - 1)


def rounded(value, ty, zero=0.0):
    """The float of that type that is nearest to a fraction; to the even one of two."""
    if value == 0:
        return zero
    mantissa, least = FLOATS[ty]
    sign, value = (-1, -value) if value < 0 else (1, value)
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if value >= Fraction(2) ** (exponent + 1):
        exponent += 1
    elif value < Fraction(2) ** exponent:
        exponent -= 1
    step = max(exponent - mantissa + 1, least)
    units = value / Fraction(2) ** step
    whole = units.numerator // units.denominator
    rest = units - whole
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2):
        whole += 1
    result = Fraction(whole) * Fraction(2) ** step
    if result >= Fraction(2) ** (128 if ty == "f32" else 1024):
        return sign * INF
    return math.copysign(float(result), sign)


def finite(*values):
    return all(math.isfinite(v) for v in values)


def exact(ty, by_fractions, by_ieee, a, b, zero=0.0):
    """Fractions where the operands are numbers; IEEE's table for infinities and NaN, which is the same in each width."""
    if finite(a, b):
        return rounded(by_fractions(Fraction(a), Fraction(b)), ty, zero)
    return by_ieee(a, b)


def float_add(ty, a, b):
    return exact(ty, lambda x, y: x + y, lambda x, y: x + y, a, b, -0.0 if negative(a) and negative(b) else 0.0)


def negative(a):
    return math.copysign(1, a) < 0


def float_mul(ty, a, b):
    zero = math.copysign(0.0, math.copysign(1, a) * math.copysign(1, b))
    return exact(ty, lambda x, y: x * y, lambda x, y: x * y, a, b, zero)


def float_div(ty, a, b):
    sign = math.copysign(1, a) * math.copysign(1, b)
    if math.isnan(a) or math.isnan(b) or (math.isinf(a) and math.isinf(b)) or (a == 0 and b == 0):
        return NAN
    if math.isinf(a) or b == 0:
        return sign * INF
    if math.isinf(b):
        return math.copysign(0.0, sign)
    return rounded(Fraction(a) / Fraction(b), ty, math.copysign(0.0, sign))


def float_fma(ty, a, b, c):
    if finite(a, b, c):
        exact_sum = Fraction(a) * Fraction(b) + Fraction(c)
        product_negative = negative(a) != negative(b)
        return rounded(exact_sum, ty, -0.0 if product_negative and negative(c) else 0.0)
    return float_add("f64", float_mul("f64", a, b), c) if not finite(a, b) else c


def float_sqrt(ty, a):
    if math.isnan(a) or a < 0:
        return NAN
    if a == 0 or math.isinf(a):
        return a
    # Enough digits to decide, and one more that says whether there is a rest.
    value = Fraction(a)
    scale = 4 ** (120 + max(0, value.denominator.bit_length()))
    root = math.isqrt(value.numerator * scale // value.denominator)
    inexact = Fraction(root * root, scale) != value
    return rounded(Fraction(2 * root + inexact, 2 * math.isqrt(scale)), ty)


def to_whole(round_number):
    def apply(ty, a):
        return math.copysign(float(round_number(Fraction(a))), a) if finite(a) else a
    return apply


# Operations: from the type and values to a value

def divide(ty, a, b):
    if b == 0:
        raise Trap("division by zero")
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return quotient, a - quotient * b


def fits(ty, value):
    if wrap(value, INTS[ty]) != value:
        raise Trap("the result does not fit")
    return value


def as_unsigned(function):
    def apply(ty, a, b):
        return function(ty, unsigned(a, INTS[ty]), unsigned(b, INTS[ty]))
    return apply


def popcount(ty, a):
    return bin(unsigned(a, INTS[ty])).count("1")


INT_BINARY = {
    "add": lambda ty, a, b: a + b,
    "sub": lambda ty, a, b: a - b,
    "mul": lambda ty, a, b: a * b,
    "div": lambda ty, a, b: fits(ty, divide(ty, a, b)[0]),
    "divu": as_unsigned(lambda ty, a, b: divide(ty, a, b)[0]),
    "rem": lambda ty, a, b: divide(ty, a, b)[1],
    "remu": as_unsigned(lambda ty, a, b: divide(ty, a, b)[1]),
    "add_trap": lambda ty, a, b: fits(ty, a + b),
    "sub_trap": lambda ty, a, b: fits(ty, a - b),
    "mul_trap": lambda ty, a, b: fits(ty, a * b),
    "min": lambda ty, a, b: min(a, b),
    "max": lambda ty, a, b: max(a, b),
    "minu": as_unsigned(lambda ty, a, b: min(a, b)),
    "maxu": as_unsigned(lambda ty, a, b: max(a, b)),
    "and": lambda ty, a, b: a & b,
    "or": lambda ty, a, b: a | b,
    "xor": lambda ty, a, b: a ^ b,
    "shl": lambda ty, a, b: a << b % INTS[ty],
    "shr": lambda ty, a, b: unsigned(a, INTS[ty]) >> b % INTS[ty],
    "sar": lambda ty, a, b: a >> b % INTS[ty],
    "rotl": lambda ty, a, b: unsigned(a, INTS[ty]) << b % INTS[ty] | unsigned(a, INTS[ty]) >> -b % INTS[ty],
}
INT_UNARY = {
    "neg": lambda ty, a: -a,
    "abs": lambda ty, a: abs(a),
    "not": lambda ty, a: ~a,
    "popcount": popcount,
    "clz": lambda ty, a: INTS[ty] - unsigned(a, INTS[ty]).bit_length(),
    "ctz": lambda ty, a: popcount(ty, ~a & (a - 1)) if a else INTS[ty],
    "bswap": lambda ty, a: int.from_bytes(unsigned(a, INTS[ty]).to_bytes(INTS[ty] // 8, "little"), "big"),
}
INT_NO_VECTORS = {"div", "divu", "rem", "remu", "add_trap", "sub_trap", "mul_trap", "bswap"}
FLOAT_BINARY = {
    "add": float_add,
    "sub": lambda ty, a, b: float_add(ty, a, -b),
    "mul": float_mul,
    "div": float_div,
    "min": lambda ty, a, b: a if a < b else b,
    "max": lambda ty, a, b: a if a > b else b,
}
FLOAT_UNARY = {
    "neg": lambda ty, a: -a,
    "abs": lambda ty, a: math.fabs(a),
    "sqrt": float_sqrt,
    "floor": to_whole(math.floor),
    "ceil": to_whole(math.ceil),
    "round": to_whole(round),
}
COMPARE = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}
REDUCE = {"reduce_add": "add", "reduce_min": "min", "reduce_max": "max", "reduce_and": "and", "reduce_or": "or"}


def saturated(value, low, high):
    if math.isnan(value):
        return 0
    if math.isinf(value):
        return high if value > 0 else low
    return min(max(math.trunc(value), low), high)


# Values to try

def int_values(ty):
    bits = INTS[ty]
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return [0, 1, -1, low, high, low + 1, 42, -100, 0x5a if bits == 8 else 0x1234 * ((1 << bits) // 0x10000)]


def int_pairs(ty):
    bits = INTS[ty]
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return [(0, 0), (7, 3), (-7, 3), (7, -3), (high, 1), (low, -1), (low, 1), (high, high), (low, low), (-1, bits),
            (high, bits - 1), (-100, bits + 1), (1, -1), (high - 1, 0), (1 << (bits // 2), 1 << (bits // 2 - 1))]


def float_values(ty):
    greatest = float(Fraction(2) ** (128 if ty == "f32" else 1024) - Fraction(2) ** (104 if ty == "f32" else 971))
    least = float(Fraction(2) ** FLOATS[ty][1])
    halves = float(Fraction(2) ** (FLOATS[ty][0] - 2))  # from here on up every second float is whole
    return [0.0, -0.0, 1.0, -1.5, 0.5, 2.5, -2.5, 3.5, rounded(Fraction(1, 10), ty), 1e9, halves + 0.5,
            greatest, -greatest, least, INF, -INF, NAN]


def float_pairs(ty):
    v = float_values(ty)
    tenth, greatest, least = v[8], v[11], v[13]
    return [(1.5, 2.25), (tenth, 3.0), (-0.0, 0.0), (0.0, -0.0), (-0.0, -0.0), (1.0, 3.0), (-1.0, tenth), (1.0, 0.0),
            (0.0, 0.0), (greatest, greatest), (greatest, -tenth), (least, 0.5), (least, least), (INF, 1.0), (INF, -INF),
            (-INF, 0.0), (NAN, 1.0), (1.0, NAN), (3.0, 3.0)]


# Text

def shown(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "<" + ", ".join(shown(v) for v in value) + ">"
    return "nan" if math.isnan(value) else repr(value)


def vector(ty, lanes):
    return f"<{lanes} x {ty}>"


def mangled(ty):
    return ty.strip("<>").replace(" ", "")


class File:
    def __init__(self, about):
        self.lines = ["; Written by tests/ir/generate_operations.py: " + about, ""]
        self.checks = 0

    def function(self, name, parameters, result, body):
        listed = ", ".join(f"%{n}: {t}" for n, t in parameters)
        self.lines += [f"func @{name}({listed}) -> {result} " + "{"] + ["  " + line for line in body] + ["}"]

    def operation(self, name, op, ty, operands, result):
        """One instruction between parameters of those types and a return."""
        names = "abc"[:len(operands)]
        self.function(name, list(zip(names, operands)), result,
                      [f"%r = {op} {ty} " + ", ".join("%" + n for n in names), f"return {result} %r"])

    def check(self, name, arguments, compute):
        try:
            outcome = "== " + shown(compute())
        except Trap as trap:
            outcome = f'traps "{trap}"'
        self.lines.append(f"; run: @{name}({', '.join(shown(a) for a in arguments)}) {outcome}")
        self.checks += 1

    def write(self, path):
        path.write_text("\n".join(self.lines) + "\n")


def turned(values, lanes, by):
    """As many lanes, beginning somewhere, so that each value meets others."""
    return [values[(i * 5 + by) % len(values)] for i in range(lanes)]


def integers():
    f = File("integers, one and lane by lane")
    for ty, bits in INTS.items():
        for op, meaning in INT_BINARY.items():
            f.operation(f"{op}_{ty}", op, ty, [ty, ty], ty)
            for a, b in int_pairs(ty):
                f.check(f"{op}_{ty}", [a, b], lambda: wrap(meaning(ty, a, b), bits))
        for op, meaning in INT_UNARY.items():
            f.operation(f"{op}_{ty}", op, ty, [ty], ty)
            for a in int_values(ty):
                f.check(f"{op}_{ty}", [a], lambda: wrap(meaning(ty, a), bits))
    for ty, lanes in VECTORS:
        if ty not in INTS:
            continue
        bits, vec = INTS[ty], vector(ty, lanes)
        for op, meaning in INT_BINARY.items():
            if op in INT_NO_VECTORS:
                continue
            f.operation(f"{op}_{mangled(vec)}", op, vec, [vec, vec], vec)
            pairs = int_pairs(ty)
            for by in (0, 3):
                both = turned(pairs, lanes, by)
                a, b = [p[0] for p in both], [p[1] for p in both]
                f.check(f"{op}_{mangled(vec)}", [a, b], lambda: [wrap(meaning(ty, x, y), bits) for x, y in zip(a, b)])
        for op, meaning in INT_UNARY.items():
            if op in INT_NO_VECTORS:
                continue
            f.operation(f"{op}_{mangled(vec)}", op, vec, [vec], vec)
            for by in (0, 3):
                a = turned(int_values(ty), lanes, by)
                f.check(f"{op}_{mangled(vec)}", [a], lambda: [wrap(meaning(ty, x), bits) for x in a])
        for op, step in REDUCE.items():
            f.operation(f"{op}_{mangled(vec)}", op, vec, [vec], ty)
            for by in (0, 1, 4):
                a = turned(int_values(ty), lanes, by)

                def total():
                    result = a[0]
                    for x in a[1:]:
                        result = wrap(INT_BINARY[step](ty, result, x), bits)
                    return result
                f.check(f"{op}_{mangled(vec)}", [a], total)
    return f


def floats():
    f = File("floats, one and lane by lane")
    for ty in FLOATS:
        for op, meaning in FLOAT_BINARY.items():
            f.operation(f"{op}_{ty}", op, ty, [ty, ty], ty)
            for a, b in float_pairs(ty):
                f.check(f"{op}_{ty}", [a, b], lambda: meaning(ty, a, b))
        for op, meaning in FLOAT_UNARY.items():
            f.operation(f"{op}_{ty}", op, ty, [ty], ty)
            for a in float_values(ty):
                f.check(f"{op}_{ty}", [a], lambda: meaning(ty, a))
        f.operation(f"fma_{ty}", "fma", ty, [ty] * 3, ty)
        tenth = rounded(Fraction(1, 10), ty)
        near_one = rounded(1 + Fraction(2) ** (1 - FLOATS[ty][0]), ty)
        for a, b, c in [(2.0, 3.0, 4.0), (tenth, 10.0, -1.0), (near_one, near_one, -1.0), (INF, 0.0, 1.0),
                        (1.0, 1.0, -1.0), (-0.0, 1.0, -0.0), (1.0, NAN, 1.0), (2.0, 3.0, INF), (INF, 1.0, -INF)]:
            f.check(f"fma_{ty}", [a, b, c], lambda: float_fma(ty, a, b, c))
        # a * b + c in two operations is rounded twice: no contraction.
        f.function(f"mul_add_{ty}", [("a", ty), ("b", ty), ("c", ty)], ty,
                   [f"%p = mul {ty} %a, %b", f"%r = add {ty} %p, %c", f"return {ty} %r"])
        for a, b, c in [(tenth, 10.0, -1.0), (near_one, near_one, -1.0)]:
            f.check(f"mul_add_{ty}", [a, b, c], lambda: float_add(ty, float_mul(ty, a, b), c))
    for ty, lanes in VECTORS:
        if ty not in FLOATS:
            continue
        vec = vector(ty, lanes)
        for op, meaning in FLOAT_BINARY.items():
            f.operation(f"{op}_{mangled(vec)}", op, vec, [vec, vec], vec)
            for by in range(0, 12, 3):
                both = turned(float_pairs(ty), lanes, by)
                a, b = [p[0] for p in both], [p[1] for p in both]
                f.check(f"{op}_{mangled(vec)}", [a, b], lambda: [meaning(ty, x, y) for x, y in zip(a, b)])
        for op, meaning in FLOAT_UNARY.items():
            f.operation(f"{op}_{mangled(vec)}", op, vec, [vec], vec)
            for by in range(0, 12, 3):
                a = turned(float_values(ty), lanes, by)
                f.check(f"{op}_{mangled(vec)}", [a], lambda: [meaning(ty, x) for x in a])
        f.operation(f"fma_{mangled(vec)}", "fma", vec, [vec] * 3, vec)
        a, b, c = (turned(float_values(ty)[:11], lanes, by) for by in (2, 3, 7))
        f.check(f"fma_{mangled(vec)}", [a, b, c], lambda: [float_fma(ty, x, y, z) for x, y, z in zip(a, b, c)])
        for op, step in REDUCE.items():
            if step not in FLOAT_BINARY:
                continue
            f.operation(f"{op}_{mangled(vec)}", op, vec, [vec], ty)
            # From the first to the last: another order would be rounded otherwise.
            for a in [turned([1e8, 1.0, -1e8, 0.5, rounded(Fraction(1, 10), ty)], lanes, 0), [-0.0] * lanes,
                      turned([3.0, NAN, 1.0, 2.0], lanes, 0), turned([3.0, 1.0, NAN, 2.0], lanes, 1)]:

                def total():
                    result = a[0]
                    for x in a[1:]:
                        result = FLOAT_BINARY[step](ty, result, x)
                    return result
                f.check(f"{op}_{mangled(vec)}", [a], total)
    return f


def comparisons():
    f = File("comparisons")
    for ty in [*INTS, *FLOATS, *(vector(*v) for v in VECTORS)]:
        scalar = ty if ty[0] != "<" else ty.strip("<>").split()[2]
        lanes = 1 if ty == scalar else int(ty.strip("<>").split()[0])
        pairs = int_pairs(scalar) if scalar in INTS else float_pairs(scalar)
        truth = "bool" if lanes == 1 else vector("bool", lanes)
        meanings = dict(COMPARE)
        if scalar in INTS:
            bits = INTS[scalar]
            for op in ("lt", "le", "gt", "ge"):
                meanings[op + "u"] = lambda a, b, op=op: COMPARE[op](unsigned(a, bits), unsigned(b, bits))
        for op, meaning in meanings.items():
            name = f"{op}_{mangled(ty)}"
            f.operation(name, op, ty, [ty, ty], truth)
            if lanes == 1:
                for a, b in pairs:
                    f.check(name, [a, b], lambda: meaning(a, b))
            else:
                for by in (0, 3):
                    both = turned(pairs, lanes, by)
                    a, b = [p[0] for p in both], [p[1] for p in both]
                    f.check(name, [a, b], lambda: [meaning(x, y) for x, y in both])
    for ty in ("bool", "ptr", "fn(i64) -> i64"):
        values = (False, True) if ty == "bool" else (0, 8, -8)
        ops = ["eq", "ne"] + (["ltu", "leu", "gtu", "geu"] if ty == "ptr" else [])
        name = "fn" if ty[:2] == "fn" else ty
        for op in ops:
            meaning = COMPARE[op.rstrip("u")]
            if ty == "bool":
                f.operation(f"{op}_{name}", op, ty, [ty, ty], "bool")
            else:
                f.function(f"{op}_{name}", [("a", "i64"), ("b", "i64")], "bool",
                           [f"%x = bitcast {ty} %a", f"%y = bitcast {ty} %b", f"%r = {op} {ty} %x, %y",
                            "return bool %r"])
            for a in values:
                for b in values:
                    f.check(f"{op}_{name}", [a, b], lambda: meaning(unsigned(a, 64), unsigned(b, 64)))
    return f


def booleans():
    f = File("bools, one and lane by lane")
    meanings = {"and": lambda a, b: a and b, "or": lambda a, b: a or b, "xor": lambda a, b: a != b}
    for lanes in (1, 2, 4, 8, 16, 32, 64):
        ty = "bool" if lanes == 1 else vector("bool", lanes)
        for op, meaning in meanings.items():
            f.operation(f"{op}_{mangled(ty)}", op, ty, [ty, ty], ty)
            if lanes == 1:
                for a in (False, True):
                    for b in (False, True):
                        f.check(f"{op}_bool", [a, b], lambda: meaning(a, b))
            else:
                a, b = [i % 2 == 1 for i in range(lanes)], [i // 2 % 2 == 1 for i in range(lanes)]
                f.check(f"{op}_{mangled(ty)}", [a, b], lambda: [meaning(x, y) for x, y in zip(a, b)])
        f.operation(f"not_{mangled(ty)}", "not", ty, [ty], ty)
        if lanes == 1:
            f.check("not_bool", [True], lambda: False)
            f.check("not_bool", [False], lambda: True)
            continue
        f.check(f"not_{mangled(ty)}", [[i % 3 == 0 for i in range(lanes)]],
                lambda: [i % 3 != 0 for i in range(lanes)])
        for op, meaning in {"reduce_and": all, "reduce_or": any}.items():
            f.operation(f"{op}_{mangled(ty)}", op, ty, [ty], "bool")
            for a in ([True] * lanes, [False] * lanes, [i != lanes - 1 for i in range(lanes)],
                      [i == lanes - 1 for i in range(lanes)]):
                f.check(f"{op}_{mangled(ty)}", [a], lambda: meaning(a))
    return f


def conversions():
    f = File("conversions")

    def both(name, op, to, source, values, meaning):
        """One value, and lane by lane."""
        f.operation(name, op, to, [source], to)
        for a in values:
            f.check(name, [a], lambda: meaning(a))
        if to == "bool":
            return
        for lanes in (2, 4, 16):
            f.operation(f"{name}_{lanes}", op, vector(to, lanes), [vector(source, lanes)], vector(to, lanes))
            for by in (0, 3):
                a = turned(list(values), lanes, by)
                f.check(f"{name}_{lanes}", [a], lambda: [meaning(x) for x in a])

    for source, bits in INTS.items():
        for to, width in INTS.items():
            if width < bits:
                both(f"trunc_{source}_{to}", "trunc", to, source, int_values(source), lambda a: wrap(a, width))
            if width > bits:
                both(f"zext_{source}_{to}", "zext", to, source, int_values(source), lambda a: unsigned(a, bits))
                both(f"sext_{source}_{to}", "sext", to, source, int_values(source), lambda a: a)
        both(f"trunc_{source}_bool", "trunc", "bool", source, int_values(source), lambda a: a % 2 == 1)
        both(f"zext_bool_{source}", "zext", source, "bool", [False, True], int)
        both(f"sext_bool_{source}", "sext", source, "bool", [False, True], lambda a: -int(a))
    for flt, (mantissa, _) in FLOATS.items():
        for ty, bits in INTS.items():
            # Halves between floats, where rounding shows.
            values = int_values(ty) + [v for v in ((1 << mantissa) + 1, (1 << mantissa) + 3, -(1 << mantissa) - 1,
                                                   (1 << 54) + 2) if wrap(v, bits) == v]
            both(f"int_to_float_{ty}_{flt}", "int_to_float", flt, ty, values, lambda a: rounded(Fraction(a), flt))
            both(f"uint_to_float_{ty}_{flt}", "uint_to_float", flt, ty, values,
                 lambda a: rounded(Fraction(unsigned(a, bits)), flt))
            edges = float_values(flt) + [rounded(Fraction(x), flt) for x in
                                         ((1 << bits - 1) - 1, 1 << bits - 1, -(1 << bits - 1), -(1 << bits - 1) - 1,
                                          (1 << bits) - 1, 1 << bits)] + [-0.75, 127.5, 255.5]
            both(f"float_to_int_{flt}_{ty}", "float_to_int", ty, flt, edges,
                 lambda a: saturated(a, -(1 << bits - 1), (1 << bits - 1) - 1))
            both(f"float_to_uint_{flt}_{ty}", "float_to_uint", ty, flt, edges,
                 lambda a: wrap(saturated(a, 0, (1 << bits) - 1), bits))
    cast = lambda to: lambda a: rounded(Fraction(a), to, a) if finite(a) else a
    both("float_cast_f32_f64", "float_cast", "f64", "f32", float_values("f32"), cast("f64"))
    both("float_cast_f64_f32", "float_cast", "f32", "f64",
         float_values("f64") + [1 + 2.0**-24, 1 + 3 * 2.0**-24, 2.0**-150, 2.0**-150 + 2.0**-200, 1e300],
         cast("f32"))
    for ty, bits in {"f32": 32, "f64": 64}.items():
        packing, unpacking = ("<f", "<i") if bits == 32 else ("<d", "<q")
        numbers = [v for v in float_values(ty) if not math.isnan(v)]
        both(f"bitcast_{ty}_i{bits}", "bitcast", f"i{bits}", ty, numbers,
             lambda a: struct.unpack(unpacking, struct.pack(packing, a))[0])
        both(f"bitcast_i{bits}_{ty}", "bitcast", ty, f"i{bits}", [0, 1, 0x3fc00000, -(1 << bits - 1)],
             lambda a: struct.unpack(packing, struct.pack(unpacking, a))[0])
    f.operation("bitcast_4xi8_i32", "bitcast", "i32", ["<4 x i8>"], "i32")
    f.check("bitcast_4xi8_i32", [[1, 2, 3, -1]], lambda: wrap(0xff030201, 32))
    f.operation("bitcast_i64_8xi8", "bitcast", "<8 x i8>", ["i64"], "<8 x i8>")
    f.check("bitcast_i64_8xi8", [0x0807060504030201], lambda: list(range(1, 9)))
    f.operation("bitcast_4xi32_8xi16", "bitcast", "<8 x i16>", ["<4 x i32>"], "<8 x i16>")
    f.check("bitcast_4xi32_8xi16", [[1, -1, 65536, 2]], lambda: [1, 0, -1, -1, 0, 1, 2, 0])
    f.operation("bitcast_2xi32_f64", "bitcast", "f64", ["<2 x i32>"], "f64")
    f.check("bitcast_2xi32_f64", [[0, 0x3ff80000]], lambda: 1.5)
    return f


def values_of(ty):
    return [False, True, True] if ty == "bool" else int_values(ty) if ty in INTS else float_values(ty)


def movement():
    """What moves values about: every type in parameters, blocks, calls, slots, selects and lanes."""
    f = File("values on their ways: blocks, calls, memory, select, lanes")
    types = [("bool", 1)] + [(t, 1) for t in INTS] + [(t, 1) for t in FLOATS] + VECTORS
    types += [("bool", n) for n in (2, 4, 16, 64)]
    for scalar, lanes in types:
        ty = scalar if lanes == 1 else vector(scalar, lanes)
        name = mangled(ty)
        lots = values_of(scalar)
        tries = lots[:6] if lanes == 1 else [turned(lots, lanes, by) for by in (0, 4)]
        f.function(f"through_{name}", [("a", ty)], ty, ["jump next(%a)", "next(%b: " + ty + "):", f"return {ty} %b"])
        f.function(f"calls_{name}", [("a", ty), ("b", ty)], ty,
                   [f"%x = call fn({ty}, {ty}) -> {ty} @second_{name}(%a, %b)",
                    f"%f = select fn({ty}, {ty}) -> {ty} true, @second_{name}, @calls_{name}",
                    f"%y = call_pointer fn({ty}, {ty}) -> {ty} %f(%b, %x)", f"return {ty} %y"])
        f.function(f"second_{name}", [("a", ty), ("b", ty)], ty, [f"return {ty} %b"])
        f.function(f"select_{name}", [("c", "bool"), ("a", ty), ("b", ty)], ty,
                   [f"%r = select {ty} %c, %a, %b", f"return {ty} %r"])
        for a, b in zip(tries, reversed(tries)):
            f.check(f"through_{name}", [a], lambda: a)
            f.check(f"calls_{name}", [a, b], lambda: b)
            f.check(f"select_{name}", [True, a, b], lambda: a)
            f.check(f"select_{name}", [False, a, b], lambda: b)
        if scalar != "bool" or lanes == 1:
            f.function(f"memory_{name}", [("a", ty)], ty,
                       [f"%s = slot {{x: i8, y: {ty}, z: i8}}", f"%p = field {{x: i8, y: {ty}, z: i8}} %s, y",
                        f"%zero = load {ty} %p", f"store {ty} %a, %p", f"%r = load {ty} %p", f"return {ty} %r"])
            for a in tries:
                f.check(f"memory_{name}", [a], lambda: a)
        if lanes == 1:
            continue
        truth = vector("bool", lanes)
        f.function(f"select_lanes_{name}", [("c", truth), ("a", ty), ("b", ty)], ty,
                   [f"%r = select {ty} %c, %a, %b", f"return {ty} %r"])
        a, b = tries
        c = [i % 3 == 1 for i in range(lanes)]
        f.check(f"select_lanes_{name}", [c, a, b], lambda: [x if t else y for t, x, y in zip(c, a, b)])
        f.operation(f"splat_{name}", "splat", ty, [scalar], ty)
        f.check(f"splat_{name}", [lots[1]], lambda: [lots[1]] * lanes)
        for lane in sorted({0, 1, lanes - 1}):
            f.function(f"extract_{name}_{lane}", [("a", ty)], scalar,
                       [f"%r = extract {ty} %a, {lane}", f"return {scalar} %r"])
            f.check(f"extract_{name}_{lane}", [a], lambda: a[lane])
            f.function(f"insert_{name}_{lane}", [("a", ty), ("b", scalar)], ty,
                       [f"%r = insert {ty} %a, %b, {lane}", f"return {ty} %r"])
            f.check(f"insert_{name}_{lane}", [a, lots[1]], lambda: a[:lane] + [lots[1]] + a[lane + 1:])
        for kind, order in {"reverse": [lanes - 1 - i for i in range(lanes)],
                            "zip": [i // 2 + (lanes if i % 2 else 0) for i in range(lanes)],
                            "last": [2 * lanes - 1] * lanes}.items():
            f.function(f"shuffle_{name}_{kind}", [("a", ty), ("b", ty)], ty,
                       [f"%r = shuffle {ty} %a, %b, {order}", f"return {ty} %r"])
            f.check(f"shuffle_{name}_{kind}", [a, b], lambda: [(a + b)[i] for i in order])
        f.function(f"constant_{name}", [("a", ty)], ty, [f"return {ty} {shown(numbers(tries[0]))}"])
        f.check(f"constant_{name}", [b], lambda: numbers(a))
    return f


def numbers(values):
    """Without what the text form has no word for."""
    return [v if isinstance(v, (bool, int)) or finite(v) else 1.0 for v in values]


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (integers, floats, comparisons, booleans, conversions, movement):
        made = make()
        made.write(folder / f"{make.__name__}.inlay")


if __name__ == "__main__":
    main()
