"""From a request as it was sent to the operation and its input, by the API models that ship with botocore.

botocore turns an input into a request. This is the way back, for every protocol of AWS. What the model does
not know stays in the result under the name it was sent by, so that whoever checks the result sees it.
"""

import base64
import gzip
import json
import os
import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

import botocore.loaders
import botocore.model
import botocore.parsers

LOADER = botocore.loaders.Loader()


class Unidentified(Exception):
    """No operation of any model belongs to the request."""


@lru_cache(maxsize=None)
def services_by_signing_name():
    """The services behind each name of a credential scope: a few share one. Reads no more than their heads."""
    services: dict = {}
    for name in LOADER.list_available_services("service-2"):
        metadata = head_of(name)
        for key in {metadata.get("signingName", metadata["endpointPrefix"]), metadata["endpointPrefix"]}:
            services.setdefault(key.lower(), []).append(name)
    return services


def head_of(name):
    version = LOADER.determine_latest_version(name, "service-2")
    for folder in LOADER.search_paths:
        file = os.path.join(folder, name, version, "service-2.json")
        if os.path.exists(file + ".gz"):
            with gzip.open(file + ".gz", "rt", encoding="utf8") as stream:
                return metadata_of(stream.read(4096))
        if os.path.exists(file):
            with open(file, encoding="utf8") as stream:
                return metadata_of(stream.read(4096))
    return model_of(name).metadata


def metadata_of(head):
    start = head.index('"metadata"')
    return json.JSONDecoder().raw_decode(head, head.index("{", start))[0]


@lru_cache(maxsize=None)
def model_of(name):
    return botocore.model.ServiceModel(LOADER.load_service_model(name, "service-2"), name)


@lru_cache(maxsize=None)
def operation_of(name, operation):
    return model_of(name).operation_model(operation)


@lru_cache(maxsize=None)
def routes_of(name):
    """What tells the operations of a REST service apart: method, path, and what a request must carry."""
    model = model_of(name)
    routes = []
    for operation in model.operation_names:
        http = model._service_description["operations"][operation]["http"]
        path, _, query = http["requestUri"].partition("?")
        parts = re.split(r"\{(\w+)(\+?)\}", path.rstrip("/"))
        pattern = re.escape(parts[0])
        for label, greedy, literal in zip(parts[1::3], parts[2::3], parts[3::3]):
            pattern += f"(?P<{label}>{'.+' if greedy else '[^/]+'})" + re.escape(literal)
        shape = operation_of(name, operation).input_shape
        needed = [] if shape is None else [
            (member.serialization["location"], member.serialization.get("name", key).lower())
            for key, member in shape.members.items()
            if key in shape.required_members and member.serialization.get("location") in ("querystring", "header")
        ]
        fixed = parse_qsl(query, keep_blank_values=True)
        weight = (len(fixed), len(needed), len("".join(parts[0::3])), not http_deprecated(model, operation))
        routes.append((weight, http.get("method", "POST"), re.compile(pattern + "/?"), fixed, needed, operation))
    return sorted(routes, key=lambda route: route[0], reverse=True)


def http_deprecated(model, operation):
    """Whether another operation replaced it, at the same path."""
    return bool(model._service_description["operations"][operation].get("deprecated"))


class Request:
    """A request as the gateway saw it."""

    def __init__(self, service, method, target, headers, body):
        self.service = service
        self.method = method
        url = urlsplit("//host" + target if target.startswith("/") else target)
        self.path = url.path or "/"
        self.query = parse_qsl(url.query, keep_blank_values=True)
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body


def identify(request):
    """The model of the operation that a request asks for."""
    candidates = services_by_signing_name().get(request.service, [])
    for name in candidates:
        operation = operation_in(name, request)
        if operation is not None:
            return operation_of(name, operation)
    raise Unidentified(f"no model of {request.service or 'an unsigned request'} has this operation")


def operation_in(name, request):
    metadata = model_of(name).metadata
    protocols = metadata.get("protocols", [metadata["protocol"]])
    target = request.headers.get("x-amz-target")
    if target is not None:
        prefix, _, operation = target.rpartition(".")
        known = operation in model_of(name).operation_names
        return operation if known and prefix == metadata.get("targetPrefix") else None
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        operation = request.path.rsplit("/", 1)[-1]
        return operation if operation in model_of(name).operation_names else None
    if "query" in protocols or "ec2" in protocols:
        form = dict(form_of(request))
        known = form.get("Action") in model_of(name).operation_names
        return form["Action"] if known and form.get("Version") == metadata["apiVersion"] else None
    if protocols[0] in ("rest-json", "rest-xml"):
        return routed(name, request)
    return None


def routed(name, request):
    query = {key.lower(): value for key, value in request.query}
    sent = {"querystring": query, "header": request.headers}
    for _, method, path, fixed, needed, operation in routes_of(name):
        if (
            method == request.method
            and path.fullmatch(request.path)
            and all(key.lower() in query and value in ("", query[key.lower()]) for key, value in fixed)
            and all(wanted in sent[location] for location, wanted in needed)
        ):
            return operation
    # A request that lacks what it must carry still is the operation that its path names.
    for _, method, path, fixed, _, operation in routes_of(name):
        if method == request.method and path.fullmatch(request.path) and all(k.lower() in query for k, _ in fixed):
            return operation
    return None


def form_of(request):
    text = request.body.decode("utf8", "replace") if request.method == "POST" else ""
    return parse_qsl(text, keep_blank_values=True) or request.query


def input_of(operation, request):
    """The input of an operation, member by member, as the request carries it."""
    metadata = operation.service_model.metadata
    shape = operation.input_shape
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        parsed = botocore.parsers.RpcV2CBORParser()
        return from_json(shape, parsed.parse_data_item(parsed.get_peekable_stream_from_bytes(request.body))) if request.body else {}
    if "x-amz-target" in request.headers:
        return from_json(shape, json.loads(request.body or b"{}"))
    protocol = metadata.get("protocol")
    if protocol in ("query", "ec2") or "query" in metadata.get("protocols", []):
        tree = tree_of((key, value) for key, value in form_of(request) if key not in ("Action", "Version"))
        return from_form(shape, tree, protocol == "ec2") if shape is not None else tree
    return from_rest(operation, request)


def output_of(operation, headers, body):
    """The output of an operation as an answer carries it; members in headers are left out."""
    metadata = operation.service_model.metadata
    shape = operation.output_shape
    if shape is None or not body.strip():
        return {}
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name != "structure":
        return {}
    is_xml = "xml" in headers.get("content-type", "")
    if not is_xml:
        value = json.loads(body)
        return {payload: from_json(shape.members[payload], value)} if payload else from_json(shape, value)
    root = ElementTree.fromstring(body)
    if "query" in metadata.get("protocols", [metadata["protocol"]]):
        wrapper = shape.serialization.get("resultWrapper", operation.name + "Result")
        found = [child for child in root if local(child.tag) == wrapper]
        return from_xml(shape, found[0]) if found else {}
    if metadata["protocol"] == "ec2":
        for child in [child for child in root if local(child.tag).lower() == "requestid"]:
            root.remove(child)
    return {payload: from_xml(shape.members[payload], root)} if payload else from_xml(shape, root)


def from_json(shape, value):
    if shape is None or value is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        names = {member.serialization.get("name", key): key for key, member in shape.members.items()}
        return {
            names.get(key, key): from_json(shape.members[names[key]], each) if key in names else each
            for key, each in value.items()
            if each is not None and key != "__type"
        }
    if kind == "list" and isinstance(value, list):
        return [from_json(shape.member, each) for each in value]
    if kind == "map" and isinstance(value, dict):
        return {key: from_json(shape.value, each) for key, each in value.items()}
    if kind == "blob" and isinstance(value, str):
        return decoded(value)
    return value


def decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text


def tree_of(pairs):
    tree: dict = {}
    for name, value in pairs:
        node = tree
        *path, leaf = name.split(".")
        for part in path:
            following = node.setdefault(part, {})
            node = following if isinstance(following, dict) else node.setdefault(part + ".", {})
        node[leaf] = value
    return tree


def form_name(shape, default, ec2):
    if ec2:
        name = shape.serialization.get("queryName") or shape.serialization.get("name")
        return default if name is None else name[0].upper() + name[1:] if "queryName" not in shape.serialization else name
    return shape.serialization.get("name", default)


def from_form(shape, node, ec2):
    kind = shape.type_name
    if kind == "structure" and isinstance(node, dict):
        names = {}
        for key, member in shape.members.items():
            name = form_name(member, key, ec2)
            if member.type_name == "list" and not ec2 and member.serialization.get("flattened"):
                name = member.member.serialization.get("name", name)
            names[name] = key
        return {
            names.get(key, key): from_form(shape.members[names[key]], each, ec2) if key in names else each
            for key, each in node.items()
        }
    if kind in ("list", "map") and node == "":
        return [] if kind == "list" else {}
    flattened = ec2 or shape.serialization.get("flattened")
    if kind == "list" and isinstance(node, dict):
        rows = node if flattened else node.get(shape.member.serialization.get("name", "member"), node)
        if not isinstance(rows, dict) or not all(key.isdigit() for key in rows):
            return node
        return [from_form(shape.member, rows[key], ec2) for key in sorted(rows, key=int)]
    if kind == "map" and isinstance(node, dict):
        rows = node if flattened else node.get("entry", node)
        key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
            return node
        return {row.get(key_name): from_form(shape.value, row.get(value_name, ""), ec2) for row in rows.values()}
    return scalar(shape, node)


def scalar(shape, text):
    """A scalar that was sent as text; text that is none of its type is left to whoever checks."""
    if not isinstance(text, str):
        return text
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("float", "double"):
            return float(text)
    except ValueError:
        return text
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    return decoded(text) if shape.type_name == "blob" else text


def local(tag):
    return tag.rsplit("}", 1)[-1]


def from_xml(shape, element):
    kind = shape.type_name
    if kind == "structure":
        return structure_from_xml(shape, element)
    if kind == "list":
        return [from_xml(shape.member, child) for child in element]
    if kind == "map":
        return dict(entry_from_xml(shape, child) for child in element)
    return scalar(shape, element.text or "")


def structure_from_xml(shape, element):
    names, value = {}, {}
    for key, member in shape.members.items():
        name = member.serialization.get("name", key)
        if member.type_name in ("list", "map") and member.serialization.get("flattened") and "name" not in member.serialization:
            name = getattr(member, "member", member).serialization.get("name", name)
        if member.serialization.get("xmlAttribute"):
            for attribute, text in element.attrib.items():
                if local(attribute) == local(name.replace(":", "}")):
                    value[key] = text
        else:
            names[name] = key
    for child in element:
        name = local(child.tag)
        key = names.get(name)
        if key is None:
            value[name] = child.text if len(child) == 0 else {local(each.tag): each.text for each in child}
            continue
        member = shape.members[key]
        if member.serialization.get("flattened") and member.type_name == "list":
            value.setdefault(key, []).append(from_xml(member.member, child))
        elif member.serialization.get("flattened") and member.type_name == "map":
            value.setdefault(key, {}).update([entry_from_xml(member, child)])
        else:
            value[key] = from_xml(member, child)
    return value


def entry_from_xml(shape, entry):
    parts = {local(child.tag): child for child in entry}
    key = parts.get(shape.key.serialization.get("name", "key"))
    each = parts.get(shape.value.serialization.get("name", "value"))
    return (None if key is None else key.text, "" if each is None else from_xml(shape.value, each))


def from_rest(operation, request):
    shape = operation.input_shape
    if shape is None:
        return {}
    value, body_members = {}, {}
    query: dict = {}
    used: set = set()
    for key, each in request.query:
        query.setdefault(key, []).append(each)
    labels: dict = next(
        (path.fullmatch(request.path).groupdict() for _, method, path, _, _, name in routes_of(operation.service_model.service_name)
         if name == operation.name and path.fullmatch(request.path)),
        {},
    )
    for key, member in shape.members.items():
        location, name = member.serialization.get("location"), member.serialization.get("name", key)
        if location == "uri" and name in labels:
            value[key] = scalar(member, unquote(labels[name]))
        elif location == "querystring" and member.type_name == "map":
            value[key] = {name: each if member.value.type_name == "list" else each[0] for name, each in query.items()}
            used.update(query)
        elif location == "querystring" and name in query:
            used.add(name)
            value[key] = (
                [scalar(member.member, each) for each in query[name]] if member.type_name == "list" else scalar(member, query[name][0])
            )
        elif location == "header" and name.lower() in request.headers:
            value[key] = from_header(member, request.headers[name.lower()])
        elif location == "headers":
            found = {k[len(name):]: v for k, v in request.headers.items() if k.startswith(name.lower())}
            value.update({key: found} if found else {})
        elif location is None:
            body_members[key] = member
    fixed = routes_fixed(operation)
    for key, each in query.items():
        if key not in used and key not in fixed and key != "x-id" and not key.lower().startswith("x-amz-"):
            value[key] = each[0]
    value.update(from_body(operation, shape, request.body))
    return value


@lru_cache(maxsize=None)
def routes_fixed(operation):
    description = operation.service_model._service_description["operations"][operation.name]
    return {key for key, _ in parse_qsl(description["http"]["requestUri"].partition("?")[2], keep_blank_values=True)}


def from_header(member, text):
    if member.type_name == "list":
        return [scalar(member.member, each.strip()) for each in text.split(",")]
    return scalar(member, text)


def from_body(operation, shape, body):
    payload = shape.serialization.get("payload")
    target = shape.members[payload] if payload is not None else shape
    if payload is not None and target.type_name in ("blob", "string"):
        return {payload: body if target.type_name == "blob" else body.decode("utf8", "replace")} if body else {}
    if not body.strip():
        return {}
    if operation.service_model.metadata["protocol"] == "rest-xml":
        value = from_xml(target, ElementTree.fromstring(body))
    else:
        value = from_json(target, json.loads(body))
    if payload is None:
        return value
    return {payload: value} if value else {}
