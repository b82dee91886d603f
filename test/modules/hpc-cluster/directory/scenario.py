"""A real LDAP server, real SSSD and the programs of nodes, in a mount and a network namespace of their own.

usage: unshare --mount --net --propagation private python3 scenario.py DIRECTORY, which holds nodes/ (what nodes fetch) and
conf/ (sssd.conf by name). Prints what came of each step as JSON. Stand-ins are the AWS client, systemctl and the share of the
head node, which is mounted from this machine.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

SOURCE = pathlib.Path(sys.argv[1])
SCRATCH = SOURCE / "scratch"
PROGRAMS = SCRATCH / "programs"
BASE = "dc=corp,dc=example,dc=com"
READER = f"cn=reader,{BASE}"
# All that means something in a file of settings, or to a shell.
PASSWORDS = ["p;w #1=$(id)%[x]'\"", "rotated"]


def run(*command, **more):
    """What came of a command, whatever it was."""
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, **more)


def must(*command, **more):
    """A step without which nothing can be tried."""
    done = run(*command, **more)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def isolate():
    """Nothing of this machine changes."""
    SCRATCH.mkdir(exist_ok=True)
    must("mount", "-t", "tmpfs", "none", str(SCRATCH))
    for folder in ("/etc", "/var", "/opt", "/run", "/home"):
        upper, work = SCRATCH / f"up{folder}", SCRATCH / f"work{folder}"
        upper.mkdir(parents=True)
        work.mkdir(parents=True)
        must("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={folder},upperdir={upper},workdir={work}", folder)
    must("ip", "link", "set", "lo", "up")
    with open("/etc/hosts", "a", encoding="utf-8") as file:
        file.write("127.0.0.1 ldap.corp.example.com\n")
    pathlib.Path("/etc/nsswitch.conf").write_text("passwd: files sss\ngroup: files sss\nshadow: files sss\nhosts: files\n",
                                                  encoding="utf-8")
    must("mkdir", "-p", "/opt/meridian/key", "/etc/meridian", "/etc/ldap/tls")
    must("chmod", "700", "/opt/meridian/key")
    must("cp", "-r", str(SOURCE / "nodes"), "/opt/meridian/nodes")


def stand_in(name, script):
    """A program that answers instead of the real one."""
    PROGRAMS.mkdir(exist_ok=True)
    path = PROGRAMS / name
    path.write_text(f"#!/bin/bash\necho \"{name} $*\" >> {SCRATCH}/calls\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def certificates():
    """Two authorities; the server is the first one's."""
    tls = "/etc/ldap/tls"
    for name in ("ca", "other"):
        must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
             "-keyout", f"{tls}/{name}.key", "-out", f"{tls}/{name}.crt")
    must("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=ldap.corp.example.com",
         "-addext", "subjectAltName=DNS:ldap.corp.example.com", "-keyout", f"{tls}/server.key", "-out", f"{tls}/server.csr")
    must("openssl", "x509", "-req", "-in", f"{tls}/server.csr", "-CA", f"{tls}/ca.crt", "-CAkey", f"{tls}/ca.key",
         "-days", "2", "-copy_extensions", "copy", "-out", f"{tls}/server.crt")


def entry(name, number):
    """A person of the directory."""
    return (f"dn: uid={name},{BASE}\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\ncn: {name}\nsn: {name}\n"
            f"uid: {name}\nuidNumber: {number}\ngidNumber: 2000\nhomeDirectory: /home/{name}\nuserPassword: of {name}\n\n")


def serve():
    """An LDAP server that takes no password without encryption."""
    data = SCRATCH / "ldap"
    data.mkdir()
    conf = SCRATCH / "slapd.conf"
    schemas = "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "nis", "inetorgperson"))
    conf.write_text(
        f"{schemas}moduleload back_mdb\nsecurity simple_bind=128\nTLSCertificateFile /etc/ldap/tls/server.crt\n"
        f"TLSCertificateKeyFile /etc/ldap/tls/server.key\nTLSCACertificateFile /etc/ldap/tls/ca.crt\ndatabase mdb\n"
        f'suffix "{BASE}"\nrootdn "cn=admin,{BASE}"\nrootpw admin\ndirectory {data}\n'
        f'access to attrs=userPassword by anonymous auth by * none\naccess to * by dn.exact="{READER}" read by * none\n',
        encoding="utf-8")
    ldif = SCRATCH / "people.ldif"
    ldif.write_text(
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: corp\ndc: corp\n\n"
        f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
        f"userPassword: {PASSWORDS[0]}\n\n"
        f"dn: cn=people,{BASE}\nobjectClass: posixGroup\ncn: people\ngidNumber: 2000\n\n"
        + entry("alice", 1500) + entry("bob", 1501) + entry("carol", 1502) + entry("mallory", 0) + entry("sly", 401),
        encoding="utf-8")
    must("slapadd", "-f", str(conf), "-l", str(ldif))
    return subprocess.Popen(["slapd", "-d", "0", "-f", str(conf), "-h", "ldap://127.0.0.1 ldaps://127.0.0.1"])


def take(role, name, password):
    """Has a node take its settings, and says how."""
    must("cp", str(SOURCE / "conf" / name), str(SCRATCH / "sssd.conf"))
    (SCRATCH / "secret.json").write_text(json.dumps(password), encoding="utf-8")
    settings = {"role": role, "region": "eu-west-1", "bucket": "files", "prefix": "cluster",
                "directoryPasswordArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:p"}
    pathlib.Path("/etc/meridian/node.json").write_text(json.dumps(settings), encoding="utf-8")
    pathlib.Path("/etc/meridian/head-address").write_text("10.0.0.10\n", encoding="utf-8")
    path = f"{PROGRAMS}:{os.environ['PATH']}"
    return run("/usr/bin/python3", "-IS", "/opt/meridian/nodes/directory.py", env={**os.environ, "PATH": path})


class Sssd:
    """SSSD with nothing remembered."""

    def __enter__(self):
        must("bash", "-c", "rm -rf /var/lib/sss/db/* /var/lib/sss/mc/* /run/sssd.pid; mkdir -p /run/dbus")
        self.process = subprocess.Popen(["sssd", "-i", "--logger=stderr"], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not os.path.exists("/run/sssd.pid") and time.monotonic() < deadline:
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def knows(self, name):
        """The line of a user."""
        return run("getent", "passwd", name).stdout.strip()


def as_user(name, *command):
    """What an ordinary user of the directory gets."""
    return run("setpriv", "--reuid", name, "--regid", "2000", "--clear-groups", *command)


def session(name, **more):
    """A login of a user, as PAM tells of it."""
    return run("bash", "/opt/meridian/nodes/session.sh", env={"PATH": more.pop("path", os.environ["PATH"]),
                                                             "PAM_TYPE": "open_session", "PAM_USER": name})


def told():
    """How stand-ins were called since last asked."""
    calls = SCRATCH / "calls"
    text = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
    calls.write_text("", encoding="utf-8")
    return text


def scenario():
    """Everything in order."""
    came = {}
    first = take("head", "starttls", PASSWORDS[0])
    came["head"] = {"code": first.returncode, "said": first.stderr, "calls": told()}
    came["modes"] = must("stat", "-c", "%U %a", "/etc/sssd/sssd.conf", "/opt/meridian/key/sssd.conf").split("\n")[:2]
    came["again"] = {"code": take("head", "starttls", PASSWORDS[0]).returncode, "calls": told()}
    with Sssd() as sssd:
        came["users"] = {name: sssd.knows(name) for name in ("alice", "mallory", "sly")}
        came["hostile"] = [as_user("alice", "cat", path).returncode != 0
                           for path in ("/etc/sssd/sssd.conf", "/opt/meridian/key/sssd.conf")]
        came["su"] = [run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "su", "alice", "-c", "id -u",
                          input=f"{word}\n").stdout.strip() for word in ("of alice", "wrong")]
        came["session"] = session("alice").returncode
        came["home"] = run("bash", "-c", "cd /home/alice && stat -c '%n %U %a' . .ssh .ssh/* && "
                           "diff .ssh/id_ed25519.pub .ssh/authorized_keys").stdout.splitlines()
        # A home that root of the node cannot make is asked for, and the head node makes it.
        must("install", "-d", "-m", "1733", "/home/.meridian-homes")
        stand_in("mkhomedir_helper", "exit 1")
        waiting = subprocess.Popen(["bash", "/opt/meridian/nodes/session.sh"], env={
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "PAM_TYPE": "open_session", "PAM_USER": "bob"})
        while not os.path.exists("/home/.meridian-homes/bob"):
            time.sleep(0.05)
        for name in ("root", "nobody", "mallory", "no such user"):
            as_user("alice", "touch", f"/home/.meridian-homes/{name}")
        as_user("alice", "mkdir", "/home/.meridian-homes/carol")
        as_user("alice", "ln", "-s", "/etc/passwd", "/home/.meridian-homes/link")
        must("/usr/bin/python3", "-IS", "/opt/meridian/nodes/homes.py")
        came["asked"] = {"code": waiting.wait(30), "home": run("stat", "-c", "%U %a", "/home/bob").stdout.strip(),
                         "key": os.path.exists("/home/bob/.ssh/id_ed25519"), "left": os.listdir("/home/.meridian-homes"),
                         "homes": sorted(set(os.listdir("/home")) & {"alice", "bob", "carol", "mallory", "nobody"}),
                         "passwd": os.path.exists("/etc/passwd")}
    outcome = take("head", "wrong-authority", PASSWORDS[0])
    with Sssd() as sssd:
        came["wrongAuthority"] = [outcome.returncode, sssd.knows("alice")]
    must("ldappasswd", "-H", "ldaps://ldap.corp.example.com", "-D", f"cn=admin,{BASE}", "-w", "admin", "-s", PASSWORDS[1],
         READER, env={**os.environ, "LDAPTLS_CACERT": "/etc/ldap/tls/ca.crt"})
    told()
    rotated = take("head", "ldaps", PASSWORDS[1])
    came["rotated"] = {"code": rotated.returncode, "calls": told()}
    os.unlink("/etc/sssd/sssd.conf")
    login = take("login", "ldaps", "not for login nodes")
    came["login"] = {"code": login.returncode, "calls": told(), "mode": must("stat", "-c", "%U %a", "/etc/sssd/sssd.conf").strip()}
    with Sssd() as sssd:
        came["afterRotation"] = sssd.knows("alice")
    kept = pathlib.Path("/etc/sssd/sssd.conf").read_bytes()
    came["refused"] = [(take("head", "ldaps", word).returncode, take("head", "ldaps", word).stderr)
                       for word in ("a\nid_provider = proxy", "", None)]
    came["kept"] = kept == pathlib.Path("/etc/sssd/sssd.conf").read_bytes()
    return came


def main():
    """Plays it."""
    isolate()
    stand_in("aws", f'case "$*" in *get-secret-value*) cat {SCRATCH}/secret.json ;; "s3 cp"*) cp {SCRATCH}/sssd.conf "${{*: -1}}" ;; esac')
    stand_in("systemctl", "")
    stand_in("mount", '/bin/mount --bind /opt/meridian/key "${*: -1}"')
    certificates()
    server = serve()
    try:
        came = scenario()
    finally:
        server.terminate()
        server.wait(30)
    print(json.dumps(came))


main()
