"""Makes the homes that sessions of other nodes ask for, on the head node.

A request is a file with the name of a user. Any user may leave one in any name, so all that it brings about is the home that
the user of the directory gets anyway.
"""

import os
import pwd
import shutil
import subprocess

REQUESTS = "/home/.meridian-homes"
LEAST_USER = 1000


def wants_home(name):
    """Whether the name is a user's that the directory has, who has no home yet."""
    with open("/etc/passwd", encoding="utf-8") as file:
        if any(line.startswith(f"{name}:") for line in file):
            return False
    try:
        user = pwd.getpwnam(name)
    except (KeyError, ValueError):
        return False
    return user.pw_uid >= LEAST_USER and not os.path.lexists(user.pw_dir)


def main():
    """Handles every request, and leaves none behind: systemd starts this again while there are some."""
    for name in os.listdir(REQUESTS):
        if wants_home(name):
            subprocess.run(["mkhomedir_helper", name, "0077"], check=False)
        path = os.path.join(REQUESTS, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)


if __name__ == "__main__":
    main()
