"""Reads requests from standard input and says what each asks for, one line of JSON each, until the input ends."""

import base64
import json
import sys

import wire


def answer(line):
    asked = json.loads(line)
    request = wire.Request(
        asked["service"], asked["method"], asked["target"], asked["headers"], base64.b64decode(asked["body"])
    )
    try:
        operation = wire.identify(request)
        return {
            "service": operation.service_model.service_name,
            "operation": operation.name,
            "input": wire.input_of(operation, request),
        }
    except Exception as error:  # whatever the request is, the next one is answered too
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    for line in sys.stdin:
        # Bytes and times matter to no policy.
        print(json.dumps(answer(line), default=str), flush=True)


if __name__ == "__main__":
    main()
