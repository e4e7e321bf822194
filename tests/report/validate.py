#!/usr/bin/python3
"""Usage: validate.py SCHEMA REPORT.json...

Check reports against the schema, speaking TAP; "-" is standard input.  Then take
the first one apart: each member that the schema requires, left out, must be missed,
or the schema would prove nothing.  What the schema cannot say is checked here:
ids that incidents, whys, actions and criteria name exist.
"""
import copy
import json
import sys

import jsonschema


def errors_of(validator, report):
    return [
        "%s: %s" % ("/".join(map(str, e.absolute_path)) or "the report", e.message[:200])
        for e in validator.iter_errors(report)
    ]


def dangling_ids(report):
    clusters = {c["id"] for c in report["clusters"]}
    incidents = {i["id"] for i in report["incidents"]}
    named = [i["root"]["cluster"] for i in report["incidents"]]
    named += [w["cluster"] for i in report["incidents"] for w in i["whys"]]
    for name in named:
        if name is not None and name not in clusters:
            yield "no cluster has the id " + name
    for item in report["actions"] + report["success_criteria"]:
        if item["incident"] is not None and item["incident"] not in incidents:
            yield "no incident has the id %r" % item["incident"]


def required_members(schema, node, value, path=()):
    """Paths of the members of `value` that `node` requires, in the whole tree."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    for choice in node.get("anyOf", ()):
        if value is not None:
            yield from required_members(schema, choice, value, path)
    if isinstance(value, dict):
        for name in node.get("required", ()):
            yield path + (name,)
        for name, inner in value.items():
            yield from required_members(
                schema, node.get("properties", {}).get(name, {}), inner, path + (name,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from required_members(schema, node.get("items", {}), inner, path + (index,))


def without(report, path):
    broken = copy.deepcopy(report)
    inner = broken
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return broken


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    print("1..%d" % (len(paths) + 1))
    first = None
    for number, path in enumerate(paths, 1):
        with (sys.stdin if path == "-" else open(path, encoding="utf-8")) as file:
            report = json.load(file)
        first = report if first is None else first
        problems = errors_of(validator, report)
        problems = problems or list(dangling_ids(report))
        print("%s %d - %s is a report" % ("not ok" if problems else "ok", number,
                                          path.rsplit("/", 1)[-1]))
        for problem in problems[:20]:
            print("#", problem)
    missed = [path for path in required_members(schema, schema, first)
              if not errors_of(validator, without(first, path))]
    print("%s %d - what is required is missed where it is left out" % (
        "not ok" if missed else "ok", len(paths) + 1))
    for path in missed:
        print("#", "/".join(map(str, path)))


main(*sys.argv[1:])
