"""The way back is right when it undoes botocore's own way there, for inputs of every operation."""

import pathlib
import random
import sys
import unittest
from urllib.parse import urlencode

import botocore.serialize
from botocore.awsrequest import prepare_request_dict

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "local-cloud" / "models"))

import rules
import wire

SERVICES = [
    *["acm", "apprunner", "application-autoscaling", "autoscaling", "batch", "budgets", "cloudfront", "cloudwatch"],
    *["dynamodb", "ec2", "ecr", "ecs", "efs", "elbv2", "events", "fsx", "globalaccelerator", "iam", "kms", "lambda"],
    *["logs", "ram", "route53", "route53resolver", "s3", "secretsmanager", "sns", "sqs", "ssm", "sts", "wafv2"],
]
TEXT = "abc-XYZ.09 _/:é&<>+=%"


def example(shape, chance, depth=0):
    """Some input of a shape; without regard to its limits, which the wire does not know."""
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return {}
        value = {}
        for name, member in shape.members.items():
            if name in shape.required_members or (depth < 3 and chance.random() < 0.4):
                # Events are no members of a request; a header may hold nothing but a line.
                if not member.serialization.get("eventstream") and depth < 6:
                    value[name] = example(member, chance, depth + 1)
        if not value and 0 < depth < 9 and shape.members:
            # An empty structure leaves no trace in a form.
            name = min(shape.members, key=lambda each: shape.members[each].type_name in ("structure", "list", "map"))
            value[name] = example(shape.members[name], chance, depth + 1)
        return value
    if kind == "list":
        return [example(shape.member, chance, depth + 1) for _ in range(chance.randint(1, 3))]
    if kind == "map":
        return {f"key{index}": example(shape.value, chance, depth + 1) for index in range(chance.randint(1, 2))}
    if kind in ("integer", "long"):
        return chance.randint(0, 10_000)
    if kind in ("float", "double"):
        return chance.randint(0, 1_000) / 8
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "blob":
        return bytes(chance.randint(0, 255) for _ in range(5))
    if kind == "timestamp":
        return "2026-01-02T03:04:05Z"
    return chance.choice(shape.enum) if shape.enum else "".join(chance.choice(TEXT) for _ in range(6)).strip() or "x"


def without(shape, value, kinds):
    """The value without the scalars of some kinds, which a protocol writes in more than one way."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: without(shape.members[name], each, kinds) if name in shape.members else each for name, each in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [without(shape.member, each, kinds) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: without(shape.value, each, kinds) for name, each in value.items()}
    return None if shape.type_name in kinds else value


def sent(name, operation, value):
    metadata = operation.service_model.metadata
    serializer = botocore.serialize.create_serializer(metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(value, operation)
    headers = {key: each if isinstance(each, str) else each.decode() for key, each in request["headers"].items()}
    prepare_request_dict(request, "http://127.0.0.1")
    body = request["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    body = body.encode() if isinstance(body, str) else body or b""
    signing = metadata.get("signingName", metadata["endpointPrefix"])
    target = request["url"].removeprefix("http://127.0.0.1") or "/"
    return wire.Request(signing, request["method"], target, headers, body)


class TheWayBack(unittest.TestCase):
    def test_undoes_botocores_way_there_for_every_operation(self):
        chance = random.Random(7)
        tried = 0
        for name in SERVICES:
            model = wire.model_of(name)
            for operation_name in model.operation_names:
                operation = model.operation_model(operation_name)
                shape = operation.input_shape
                # The last is sent to a host of its own, by functions.
                if shape is None or operation.has_event_stream_input or operation_name == "WriteGetObjectResponse":
                    continue
                value = example(shape, chance)
                with self.subTest(f"{name} {operation_name}"):
                    request = sent(name, operation, value)
                    found = wire.identify(request)
                    if found.name != operation_name:
                        # Two operations of S3 and Lambda that no request tells apart, but for what is optional.
                        self.assertEqual(found.http["method"], operation.http["method"])
                        continue
                    read = wire.input_of(found, request)
                    self.assertEqual(
                        without(shape, read, ("timestamp",)), without(shape, value, ("timestamp",)), value
                    )
                    tried += 1
        self.assertGreater(tried, 2_000)


class Rules(unittest.TestCase):
    def broken(self, service, operation, value):
        shape = wire.operation_of(service, operation).input_shape
        return [(member, rule) for member, rule, _ in rules.problems(shape, value)]

    def test_accept_an_input_that_is_right(self):
        self.assertEqual(self.broken("ecs", "CreateCluster", {"clusterName": "one", "tags": [{"key": "a"}]}), [])

    def test_name_what_is_unknown_missing_or_of_another_type(self):
        self.assertEqual(
            self.broken("kms", "CreateAlias", {"AliasName": 7, "Alias": "x"}),
            [
                ("TargetKeyId", "is required"),
                ("AliasName", "must be a string"),
                ("Alias", "is unknown"),
            ],
        )

    def test_name_enums_patterns_lengths_and_ranges(self):
        self.assertEqual(
            self.broken("kms", "CreateKey", {"KeySpec": "RSA_1"})[0][0:1], ("KeySpec",)
        )
        self.assertEqual(
            self.broken("kms", "CreateAlias", {"AliasName": "a b", "TargetKeyId": ""}),
            [("AliasName", "must match ^[a-zA-Z0-9:/_-]+$"), ("TargetKeyId", "must have at least 1 characters")],
        )
        self.assertEqual(
            self.broken("kms", "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 0}),
            [("PendingWindowInDays", "must be at least 1")],
        )

    def test_hold_answers_to_members_and_types_but_not_to_limits(self):
        shape = wire.operation_of("kms", "CreateKey").output_shape
        answer = {"KeyMetadata": {"KeyId": "", "Invented": 1, "Enabled": "yes"}}
        self.assertEqual(
            [(member, rule) for member, rule, _ in rules.problems(shape, answer, output=True)],
            [("KeyMetadata.Invented", "is unknown"), ("KeyMetadata.Enabled", "must be true or false")],
        )


if __name__ == "__main__":
    unittest.main()
