#!/usr/bin/env python3
"""Stands between the daemon and EC2 and takes capacity away, as the file `capacity.json` says.

The file maps the name of a launch template to how many instances of it there still are. A launch that
wants more than that at least is refused with AWS's own error; one that wants fewer gets what there is.
"""

import http.server
import json
import sys
import urllib.parse
import urllib.request

port, upstream, path, fleet_path = int(sys.argv[1]), *sys.argv[2:5]
ERROR = """<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>InsufficientInstanceCapacity</Code>
<Message>there is no capacity of this type in the zone</Message></Error></Errors><RequestID>0</RequestID></Response>"""


def capacity(template):
    try:
        limits = json.load(open(path, encoding="utf-8"))
    except OSError:
        return None
    for queue, resources in json.load(open(fleet_path, encoding="utf-8"))["queues"].items():
        for name, resource in resources.items():
            if resource["launchTemplateId"] == template:
                return limits.get(f"{queue}/{name}")
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if b"Action=RunInstances" in body:
            form = dict(urllib.parse.parse_qsl(body.decode()))
            left = capacity(form.get("LaunchTemplate.LaunchTemplateId"))
            if left is not None and (left == 0 or int(form["MinCount"]) > left):
                return self.answer(500, {"Content-Type": "text/xml"}, ERROR.encode())
            if left is not None:
                form["MaxCount"] = str(min(int(form["MaxCount"]), left))
                body = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(upstream + self.path, data=body, method="POST", headers={
            key: value for key, value in self.headers.items() if key.lower() not in ("content-length", "accept-encoding")})
        try:
            with urllib.request.urlopen(request) as answer:
                self.answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, dict(error.headers), error.read())

    do_GET = do_POST

    def answer(self, status, headers, body):
        self.send_response(status)
        for key, value in headers.items():
            if key.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
