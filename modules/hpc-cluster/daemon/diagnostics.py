"""What the head node keeps and tells of failures: consoles of machines that did not boot, and its own view of the cluster."""

import base64
import glob
import gzip
import logging
import os
import subprocess

CONSOLES_KEPT = 50
# In the log, from where it goes to CloudWatch; the file has all.
CONSOLE_LINES = 40
# DynamoDB takes items of 400 KB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
LARGEST_ANSWER = 350_000
LOG_BYTES = 200_000
COMMANDS = (
    ("sinfo", "-R"), ("sinfo", "-N", "-l"), ("squeue", "-l"), ("scontrol", "show", "partitions"),
    ("scontrol", "show", "reservations"), ("scontrol", "show", "config"), ("scontrol", "show", "nodes"),
    ("systemctl", "--no-pager", "--failed"), ("uptime",), ("free", "-m"), ("df", "-h"))
LOGS = "/var/log/{meridian-bootstrap,meridian-daemon,slurmctld,slurmdbd}.log"

log = logging.getLogger("meridian")


def keep_console(cloud, directory, node, instance):
    """Keeps what a machine wrote to its console before it goes: an hour after its end EC2 has forgotten it."""
    text = cloud.console(instance)
    if not text:
        log.warning("%s (%s) left nothing on its console", node, instance)
        return
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, f"{node}-{instance}.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    old = sorted(glob.glob(os.path.join(directory, "*.txt")), key=os.path.getmtime)[:-CONSOLES_KEPT]
    for one in old:
        os.unlink(one)
    for line in text.splitlines()[-CONSOLE_LINES:]:
        log.warning("console of %s: %s", node, line.rstrip())


def answer(directory, commands=COMMANDS, logs=LOGS):
    """The head node's view as gzipped text in base64: what its commands say, the ends of its logs, and kept consoles."""
    parts = []
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
            parts.append((" ".join(command), done.stdout + done.stderr))
        except (OSError, subprocess.TimeoutExpired) as error:
            parts.append((" ".join(command), str(error)))
    head, names, tail = logs.replace("}", "{").split("{")
    paths = [head + name + tail for name in names.split(",")] + sorted(glob.glob(os.path.join(directory, "*.txt")), key=os.path.getmtime, reverse=True)
    for path in paths:
        try:
            with open(path, "rb") as file:
                file.seek(max(0, os.path.getsize(path) - LOG_BYTES))
                parts.append((path, file.read().decode("utf-8", "replace")))
        except OSError as error:
            parts.append((path, str(error)))
    # The last parts are the least: old consoles.
    while True:
        text = "".join(f"===== {title}\n{body.rstrip()}\n\n" for title, body in parts)
        packed = base64.b64encode(gzip.compress(text.encode())).decode()
        if len(packed) <= LARGEST_ANSWER or not parts:
            return packed
        parts.pop()


def answer_asked(cloud, items, directory, now):
    """Answers `meridian hpc diagnose`, once for each time that it asked."""
    asked, answered = items.get("DIAGNOSE"), items.get("DIAGNOSIS", {})
    if asked and int(answered.get("At", 0)) < int(asked["Asked"]):
        log.info("a diagnosis was asked for")
        cloud.put([{"Id": "DIAGNOSIS", "At": max(int(now), int(asked["Asked"])), "Text": answer(directory)}])
