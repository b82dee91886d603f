"""Runs Python handlers over the Lambda runtime API, on Python's own modules only.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

END_OF_INVOCATION = "\0meridian-end\n"
API = "/2018-06-01/runtime/"


class Context:
    """What a handler gets to know of its invocation."""

    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = json.loads(headers.get("lambda-runtime-client-context", "null"))
        self.identity = json.loads(headers.get("lambda-runtime-cognito-identity", "null"))
        self.deadline = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        """How long the handler may still take."""
        return max(0, self.deadline - int(time.time() * 1000))


class LogHandler(logging.Handler):
    """Writes records as Lambda's own handler does."""

    request_id = ""

    def emit(self, record):
        created = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = self.format(record).replace("\n", "\r")
        print(f"[{record.levelname}]\t{created}.{int(record.msecs):03d}Z\t{self.request_id}\t{line}")


def call(connection, method, path, body=None, headers=None):
    """One request to the runtime API."""
    connection.request(method, API + path, body, headers or {})
    response = connection.getresponse()
    return {name.lower(): value for name, value in response.getheaders()}, response.read()


def finish():
    """Marks in both streams where the output of an invocation ends."""
    for stream in (sys.stdout, sys.stderr):
        stream.write(END_OF_INVOCATION)
        stream.flush()


def report(connection, path, error, request_id=""):
    """Says how an invocation or the start failed."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    kind = getattr(error, "lambda_type", type(error).__name__)
    print(f"[ERROR] {kind}: {error}\r" + "".join(frames).replace("\n", "\r"))
    finish()
    description = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": frames}
    headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
    call(connection, "POST", path, json.dumps(description), headers)


def load():
    """The function that _HANDLER names."""
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        failure = ImportError(f"Unable to import module '{module}': {error}")
        failure.lambda_type = "Runtime.ImportModuleError"  # type: ignore[attr-defined]
        raise failure from error
    handler = getattr(loaded, name, None)
    if handler is None:
        missing = AttributeError(f"Handler '{name}' missing on module '{module}'")
        missing.lambda_type = "Runtime.HandlerNotFound"  # type: ignore[attr-defined]
        raise missing
    return handler


def main():
    """Asks for one invocation after the other, until nobody answers any more."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    logs = LogHandler()
    logging.getLogger().addHandler(logs)
    try:
        handler = load()
    except BaseException as error:  # A module may even end the interpreter.
        report(connection, "init/error", error)
        sys.exit(1)
    while True:
        headers, body = call(connection, "GET", "invocation/next")
        request_id = headers["lambda-runtime-aws-request-id"]
        logs.request_id = request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
        try:
            answer = json.dumps(handler(json.loads(body), Context(headers)))
        except Exception as error:  # Whatever a handler raises is the invocation's answer.
            report(connection, f"invocation/{request_id}/error", error, request_id)
            continue
        finish()
        call(connection, "POST", f"invocation/{request_id}/response", answer, {"Content-Type": "application/json"})


if __name__ == "__main__":
    try:
        main()
    except (ConnectionError, http.client.HTTPException):
        # Without the runtime API nobody is left to work for.
        sys.exit(1)
