#!/usr/bin/env python3
"""Stands between the daemon and EC2 and takes capacity away, as the file `capacity.json` says.

The file maps `queue/resource` to how many instances of it there still are. A launch that wants more than that at
least is refused with AWS's own error; one that wants fewer gets what there is. `queue/resource spot` is what a fleet
request for Spot finds. `blocks` maps capacity reservations, which moto does not know, to their state.
"""

import http.server
import json
import os
import sys
import urllib.parse
import urllib.request

port, upstream, path, fleet_path = int(sys.argv[1]), *sys.argv[2:5]
ERROR = """<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>InsufficientInstanceCapacity</Code>
<Message>there is no capacity of this type in the zone</Message></Error></Errors><RequestID>0</RequestID></Response>"""

EMPTY_FLEET = """<?xml version="1.0" encoding="UTF-8"?><CreateFleetResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<requestId>0</requestId><fleetId>fleet-0</fleetId><errorSet><item><errorCode>InsufficientInstanceCapacity</errorCode>
<errorMessage>there is no Spot capacity</errorMessage></item></errorSet><fleetInstanceSet/></CreateFleetResponse>"""


BLOCKS = """<?xml version="1.0" encoding="UTF-8"?><DescribeCapacityReservationsResponse
xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId><capacityReservationSet>{}</capacityReservationSet>
</DescribeCapacityReservationsResponse>"""
BLOCK = "<item><capacityReservationId>{}</capacityReservationId><state>{}</state></item>"


def limits():
    try:
        return json.load(open(path, encoding="utf-8"))
    except OSError:
        return {}


def resource_of(template):
    for queue, resources in json.load(open(fleet_path, encoding="utf-8"))["queues"].items():
        for name, resource in resources.items():
            if resource["launchTemplateId"] == template:
                return f"{queue}/{name}"
    return None


def take(resource, count):
    """What is granted once is gone, so that asking again finds less."""
    left = limits()
    if resource in left:
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump({**left, resource: left[resource] - count}, file)
        os.replace(f"{path}.new", path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if b"Action=RunInstances" in body:
            form = dict(urllib.parse.parse_qsl(body.decode()))
            resource = resource_of(form.get("LaunchTemplate.LaunchTemplateId"))
            left = limits().get(resource)
            if left is not None and (left == 0 or int(form["MinCount"]) > left):
                return self.answer(500, {"Content-Type": "text/xml"}, ERROR.encode())
            if left is not None:
                form["MaxCount"] = str(min(int(form["MaxCount"]), left))
                take(resource, int(form["MaxCount"]))
            form["MinCount"] = form["MaxCount"]  # EC2 launches as many as it can; moto as few as it may.
            body = urllib.parse.urlencode(form).encode()
        if b"Action=CreateFleet" in body and b"DefaultTargetCapacityType=spot" in body:
            form = dict(urllib.parse.parse_qsl(body.decode()))
            template = form.get("LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateId")
            if limits().get(f"{resource_of(template)} spot") == 0:
                return self.answer(200, {"Content-Type": "text/xml"}, EMPTY_FLEET.encode())
        if b"Action=DescribeCapacityReservations" in body:
            asked = [value for key, value in urllib.parse.parse_qsl(body.decode()) if key.startswith("CapacityReservationId.")]
            found = "".join(BLOCK.format(key, state) for key, state in limits().get("blocks", {}).items() if key in asked)
            return self.answer(200, {"Content-Type": "text/xml"}, BLOCKS.format(found).encode())
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("content-length", "accept-encoding")}
        headers.setdefault("Content-Type", "application/xml")  # Else urllib says that it is a form.
        request = urllib.request.Request(upstream + self.path, data=body or None, method=self.command, headers=headers)
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
