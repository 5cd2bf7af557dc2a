# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The queries of queries.h for those who read text. The lists are read from there."""
import pathlib
import re

_HEADER = (pathlib.Path(__file__).resolve().parent / "queries.h").read_text()
ALTERNATIVES = re.findall(r'X\("(\w+)", "(\w+)", "(\w+)"\)', _HEADER)
COUNTRIES = re.findall(r'X\("(\w+)"\)', _HEADER)

# What is computed of the rows that pass.
QUERIES = {"Q1": "count", "Q2": "count", "Q3": "balance * 0.9 + age * 2.5 - abs(balance - 1000)", "Q4": "count"}
WHERE = {
    "Q1": "age between 30 and 40 and balance > 5000",
    "Q2": " or ".join(f"first_name like '{name}%' or (email like '%{part}%' and phone like '{area}%')"
                      for name, part, area in ALTERNATIVES),
    "Q3": "age < 60",
    "Q4": f"country in ({', '.join(repr(name) for name in COUNTRIES)}) and last_name like '%son%'",
}


def sql(query, table="users"):
    what = f"sum({QUERIES['Q3']})" if query == "Q3" else "count(*)"
    return f"select {what} from {table} where {WHERE[query]}"


def regular_expression(query):
    """Of a line of CSV that passes."""
    fields = "(?:[^,]*,)"
    if query == "Q1":
        balance = r"(?:5000\.(?:0[1-9]|[1-9]\d)|(?:500[1-9]|50[1-9]\d|5[1-9]\d\d|[6-9]\d{3})\.)"
        return f"^{fields}{{10}}(?:3\\d|40),{balance}"
    if query == "Q2":
        names = "|".join(name for name, _, _ in ALTERNATIVES)
        rest = "|".join(f"[^,]*{part}[^,]*,{area}" for _, part, area in ALTERNATIVES)
        return f"^[^,]*,(?:(?:{names})|{fields}{{2}}(?:{rest}))"
    return f"^{fields}{{2}}[^,]*son[^,]*,{fields}{{2}}(?:{'|'.join(COUNTRIES)}),"


def awk_program(query):
    tests = {
        "Q1": "$11 >= 30 && $11 <= 40 && $12 > 5000",
        "Q2": " || ".join(f'index($2, "{name}") == 1 || (index($4, "{part}") && index($5, "{area}") == 1)'
                          for name, part, area in ALTERNATIVES),
        "Q3": "$11 < 60",
        "Q4": "($6 in countries) && index($3, \"son\")",
    }
    begin = "BEGIN { " + "".join(f'countries["{name}"]; ' for name in COUNTRIES) + "} "
    if query == "Q3":
        value = "d = $12 - 1000; sum += $12 * 0.9 + $11 * 2.5 - (d < 0 ? -d : d)"
        return begin + f"NR > 1 && {tests['Q3']} {{ {value} }} END {{ printf \"%.6f\\n\", sum }}"
    return begin + f"NR > 1 && ({tests[query]}) {{ ++count }} END {{ print count }}"
