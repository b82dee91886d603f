"""Gives SSSD of this node its settings.

The head node reads the directory's password from its secret and hands the settings on by the share that only root of the other
nodes reads. This runs at boot and every hour, so that a rotated password and changed settings reach running nodes.
"""

import json
import os
import subprocess
import sys
import tempfile

OWN = "/etc/sssd/sssd.conf"
SHARED = "/opt/meridian/key/sssd.conf"
# A head node that is silent must not keep the hour's run waiting for good.
SHARE = "nfsvers=4.1,soft,timeo=100,retrans=2,nosuid,nodev,ro"


def output(*command):
    """What a program prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def password(arn, region):
    """The password of the user that nodes ask the directory as."""
    if arn.split(":")[2] == "ssm":
        question = ["ssm", "get-parameter", "--with-decryption", "--name", arn, "--query", "Parameter.Value"]
    else:
        question = ["secretsmanager", "get-secret-value", "--secret-id", arn, "--query", "SecretString"]
    text = (json.loads(output("aws", *question, "--region", region, "--output", "json")) or "").strip()
    # A second line would be a setting of its own.
    if not text or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        sys.exit(f"{arn} must hold the password of the directory's user as one line of text, without control characters")
    return text


def rendered(settings):
    """The settings of the head node, with the password in its place."""
    source = f"s3://{settings['bucket']}/{settings['prefix']}/nodes/sssd.conf"
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "sssd.conf")
        subprocess.run(["aws", "s3", "cp", "--quiet", "--region", settings["region"], source, path], check=True)
        with open(path, encoding="utf-8") as file:
            return file.read().replace("@PASSWORD@", password(settings["directoryPasswordArn"], settings["region"]))


def shared():
    """What the head node hands on."""
    with open("/etc/meridian/head-address", encoding="utf-8") as file:
        head = file.read().strip()
    with tempfile.TemporaryDirectory(dir="/run") as directory:
        subprocess.run(["mount", "-t", "nfs4", "-o", SHARE, f"{head}:/opt/meridian/key", directory], check=True)
        try:
            with open(os.path.join(directory, "sssd.conf"), encoding="utf-8") as file:
                return file.read()
        finally:
            subprocess.run(["umount", directory], check=True)


def write(path, text):
    """Writes for root only, all or nothing. Whether it changed."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    # Nobody but root may read it at any moment.
    handle, new = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".sssd")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(new, path)
    return True


def main():
    """Takes the settings, and has SSSD read them where they changed."""
    with open("/etc/meridian/node.json", encoding="utf-8") as file:
        settings = json.load(file)
    text = rendered(settings) if settings["role"] == "head" else shared()
    if settings["role"] == "head":
        write(SHARED, text)
    if write(OWN, text):
        subprocess.run(["systemctl", "try-restart", "sssd"], check=True)


if __name__ == "__main__":
    main()
