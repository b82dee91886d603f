"""Checks recorded calls against the API models of botocore: `check.py <folder of recordings> <allow list>`.

Each violation is a line that says service, operation, member, rule, value and the tests that made the call. A
violation passes only with a reason in the allow list, and a reason only while its violation occurs.
"""

import base64
import json
import pathlib
import sys
from collections import defaultdict

import botocore

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "local-cloud" / "models"))

import rules
import wire


def violations(record):
    """What is wrong with one call: (operation, direction, member, rule, value)."""
    request = wire.Request(
        record["service"] or "sts",
        record["method"],
        record["target"],
        record["headers"],
        base64.b64decode(record["body"]),
    )
    try:
        operation = wire.identify(request)
    except wire.Unidentified as error:
        yield (f"{request.service} {request.method} {request.path}", "input", "operation", str(error), None)
        return
    name = f"{operation.service_model.service_name} {operation.name}"
    yield from named(name, "input", lambda: rules.problems(operation.input_shape, wire.input_of(operation, request)))
    if "answer" in record:
        headers, body = record["answer"]["headers"], base64.b64decode(record["answer"]["body"])
        yield from named(
            name,
            "answer",
            lambda: rules.problems(operation.output_shape, wire.output_of(operation, headers, body), output=True),
        )


def named(name, direction, find):
    try:
        for member, rule, value in find():
            yield (name, direction, member, rule, value)
    except Exception as error:  # what cannot be read at all breaks the contract too
        yield (name, direction, "body", f"cannot be read: {type(error).__name__}: {error}", None)


def read(folder):
    """Every violation with an example of its value and the tests that made the call; and the number of calls."""
    found: dict = {}
    calls = 0
    tests = defaultdict(set)
    for file in sorted(pathlib.Path(folder).glob("*.jsonl")):
        label = "an unnamed program"
        for line in file.read_text("utf8").splitlines():
            record = json.loads(line)
            if "label" in record:
                label = record["label"] or label
                continue
            calls += 1
            for name, direction, member, rule, value in violations(record):
                key = (name, direction, member, rule)
                found.setdefault(key, value)
                tests[key].add(label)
    return found, tests, calls


def is_allowed(entry, key):
    name, direction, member, rule = key
    return (
        entry["operation"] in (name, name.split(" ")[0] + " *")
        and entry.get("direction", "input") == direction
        and entry["member"] == member
        and rule.startswith(entry["rule"])
    )


def report(folder, allow_file):
    """The lines to print, and whether all is well."""
    allowed = json.loads(pathlib.Path(allow_file).read_text("utf8"))
    wanted, entries = allowed["botocore"], allowed["allowed"]
    found, tests, calls = read(folder)
    lines, used = [], set()
    if botocore.__version__ != wanted:
        lines.append(
            f"the models are those of botocore {botocore.__version__}, the allow list is for {wanted}: "
            f"install botocore=={wanted} beside moto, or go through the list again"
        )
    if calls == 0:
        lines.append(f"no call was recorded in {folder}: run the integration tests with MERIDIAN_RECORD_CALLS={folder}")
    for key, value in sorted(found.items(), key=lambda each: each[0]):
        matching = [index for index, entry in enumerate(entries) if is_allowed(entry, key)]
        used.update(matching)
        if not matching:
            name, direction, member, rule = key
            subject = f"{name}: {member}" if direction == "input" else f"{name}, a stand-in's answer: {member}"
            got = "" if value is None else f", got {json.dumps(value, default=repr)[:200]}"
            lines.append(f"{subject} {rule}{got} ({', '.join(sorted(tests[key]))})")
    for index, entry in enumerate(entries):
        if index not in used:
            lines.append(f"{entry['operation']}: {entry['member']} is allowed, and occurs no more: remove it from the allow list")
        if not entry.get("reason"):
            lines.append(f"{entry['operation']}: {entry['member']} is allowed without a reason: write why")
    return lines, calls


def main():
    lines, calls = report(sys.argv[1], sys.argv[2])
    print("\n".join(lines) if lines else f"{calls} different calls, each as botocore {botocore.__version__} knows it")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
