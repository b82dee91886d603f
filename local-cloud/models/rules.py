"""Where a value breaks the rules that an API model states: members, types, enums, patterns, lengths."""

import datetime
import re
from functools import lru_cache

from botocore.utils import parse_timestamp


def problems(shape, value, path="", output=False):
    """Each broken rule as (member, rule, value). An answer may lack members, and no limit binds it."""
    if shape is None:
        return [] if value in ({}, None) else [(path or "input", "has no members", value)]
    check = CHECKS.get(shape.type_name)
    return [] if check is None else list(check(shape, value, path, output))


def structure(shape, value, path, output):
    if getattr(shape, "is_document_type", False):
        return
    if not isinstance(value, dict):
        yield (path or "input", "must be a structure", value)
        return
    for member in [] if output else shape.required_members:
        if member not in value and not shape.members[member].metadata.get("idempotencyToken"):
            yield (join(path, member), "is required", None)
    for key, each in value.items():
        if key not in shape.members:
            yield (join(path, key), "is unknown", each)
        else:
            yield from problems(shape.members[key], each, join(path, key), output)
    if getattr(shape, "is_tagged_union", False) and not output and len(value) != 1:
        yield (path or "input", "must have exactly one member", sorted(value))


def sequence(shape, value, path, output):
    if not isinstance(value, list):
        yield (path, "must be a list", value)
        return
    yield from size(shape, len(value), "members", value, path, output)
    for each in value:
        yield from problems(shape.member, each, f"{path}[]", output)


def mapping(shape, value, path, output):
    if not isinstance(value, dict):
        yield (path, "must be a map", value)
        return
    yield from size(shape, len(value), "entries", value, path, output)
    for key, each in value.items():
        yield from problems(shape.key, key, f"{path}{{key}}", output)
        yield from problems(shape.value, each, f"{path}{{}}", output)


def string(shape, value, path, output):
    if not isinstance(value, str):
        yield (path, "must be a string", value)
        return
    if shape.enum and value not in shape.enum:
        yield (path, f"must be one of {', '.join(shape.enum[:8])}{', …' if len(shape.enum) > 8 else ''}", value)
    if output:
        return
    yield from size(shape, len(value), "characters", value, path, output)
    pattern = compiled(shape.metadata.get("pattern"))
    if pattern is not None and pattern.search(value) is None:
        yield (path, f"must match {shape.metadata['pattern']}", value)


def whole(shape, value, path, output):
    if isinstance(value, bool) or not isinstance(value, int):
        yield (path, "must be a whole number", value)
        return
    yield from size(shape, value, None, value, path, output)


def number(shape, value, path, output):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield (path, "must be a number", value)
        return
    yield from size(shape, value, None, value, path, output)


def boolean(_, value, path, __):
    if not isinstance(value, bool):
        yield (path, "must be true or false", value)


def blob(shape, value, path, output):
    if not isinstance(value, (bytes, bytearray)):
        yield (path, "must be base64", value)
        return
    yield from size(shape, len(value), "bytes", value, path, output)


def timestamp(_, value, path, __):
    if isinstance(value, datetime.datetime):
        return
    try:
        parse_timestamp(value)
    except (ValueError, TypeError, RuntimeError, OverflowError):
        yield (path, "must be a time", value)


def size(shape, actual, unit, value, path, output):
    if output:
        return
    noun = f" {unit}" if unit else ""
    verb = "have" if unit else "be"
    if "min" in shape.metadata and actual < shape.metadata["min"]:
        yield (path, f"must {verb} at least {shape.metadata['min']}{noun}", value)
    if "max" in shape.metadata and actual > shape.metadata["max"]:
        yield (path, f"must {verb} at most {shape.metadata['max']}{noun}", value)


@lru_cache(maxsize=None)
def compiled(pattern):
    """Models write patterns for Java: one that Python cannot read is not checked."""
    if pattern is None:
        return None
    readable = pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\d")
    readable = readable.replace(r"\p{Z}", r"\s").replace(r"\p{Alpha}", "A-Za-z").replace(r"\p{Alnum}", "A-Za-z0-9")
    readable = re.sub(r"\\x\{([0-9A-Fa-f]+)\}|\\u\{([0-9A-Fa-f]+)\}", lambda m: chr(int(m[1] or m[2], 16)), readable)
    try:
        return re.compile(readable)
    except re.error:
        return None


def join(path, name):
    return f"{path}.{name}" if path else name


CHECKS = {
    "structure": structure,
    "list": sequence,
    "map": mapping,
    "string": string,
    "character": string,
    "integer": whole,
    "long": whole,
    "float": number,
    "double": number,
    "boolean": boolean,
    "blob": blob,
    "timestamp": timestamp,
}
