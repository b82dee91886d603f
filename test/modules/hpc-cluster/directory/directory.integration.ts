import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { directoryFiles } from "../../../../modules/hpc-cluster/directory/directory-files";
import {
  type DirectoryService,
  renderSssdConf,
} from "../../../../modules/hpc-cluster/directory/sssd-settings";

/** Real SSSD asks a real LDAP server with the settings of a file (scenario.py). */

const base: DirectoryService = {
  DomainName: "corp.example.com",
  DomainAddr: "ldaps://ldap.corp.example.com",
  PasswordSecretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:p",
  DomainReadOnlyUser: "cn=reader,dc=corp,dc=example,dc=com",
  LdapTlsCaCert: "/etc/ldap/tls/ca.crt",
  LdapTlsReqCert: "hard",
  GenerateSshKeysForUsers: true,
  AdditionalSssdConfigs: { ldap_schema: "rfc2307", ldap_id_mapping: "False" },
};

const settings: Readonly<Record<string, DirectoryService>> = {
  ldaps: base,
  starttls: { ...base, DomainAddr: "ldap://ldap.corp.example.com" },
  "wrong-authority": { ...base, LdapTlsCaCert: "/etc/ldap/tls/other.crt" },
};

interface Came {
  readonly head: { readonly code: number; readonly said: string; readonly calls: readonly string[] };
  readonly again: { readonly code: number; readonly calls: readonly string[] };
  readonly modes: readonly string[];
  readonly users: Readonly<Record<string, string>>;
  readonly hostile: readonly boolean[];
  readonly su: readonly string[];
  readonly session: number;
  readonly home: readonly string[];
  readonly asked: object;
  readonly wrongAuthority: readonly [number, string];
  readonly rotated: { readonly code: number; readonly calls: readonly string[] };
  readonly login: { readonly code: number; readonly calls: readonly string[]; readonly mode: string };
  readonly afterRotation: string;
  readonly refused: readonly (readonly [number, string])[];
  readonly kept: boolean;
}

function play(): Came {
  const directory = mkdtempSync(join(tmpdir(), "meridian-directory-"));
  try {
    mkdirSync(join(directory, "conf"));
    for (const [name, one] of Object.entries(settings)) {
      writeFileSync(join(directory, "conf", name), renderSssdConf(one));
    }
    for (const [key, file] of Object.entries(directoryFiles)) {
      cpSync(join(__dirname, "../../../../modules/hpc-cluster", file), join(directory, key), {
        recursive: true,
      });
    }
    const scenario = join(__dirname, "scenario.py");
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["--mount", "--net", "--propagation", "private", "python3", scenario, directory],
      { encoding: "utf8" },
    );
    try {
      return JSON.parse(stdout) as Came;
    } catch {
      throw new Error(`the scenario was not played: ${stderr}${stdout}`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

// Namespaces are root's to make.
const playing = process.getuid?.() === 0 ? describe : describe.skip;

playing("a node that joins a directory", () => {
  let came: Came;

  beforeAll(() => {
    came = play();
  });

  const alice = "alice:*:1500:2000:alice:/home/alice:/bin/bash";

  it("knows its users, by a password that only root of the node can read", () => {
    expect(came.head).toMatchObject({ code: 0, said: "" });
    expect(came.users.alice).toBe(alice);
    expect(came.modes).toEqual(["root 600", "root 600"]);
    expect(came.hostile).toEqual([true, true]);
  });

  it("takes nobody for root or Slurm whom the directory gives their number", () => {
    expect([came.users.mallory, came.users.sly]).toEqual(["", ""]);
  });

  it("lets people in by their password", () => {
    expect(came.su).toEqual(["1500", ""]);
  });

  it("gives people a home and keys that only they can read", () => {
    expect(came.session).toBe(0);
    expect(came.home).toEqual([
      ". alice 700",
      ".ssh alice 700",
      ".ssh/authorized_keys alice 600",
      ".ssh/id_ed25519 alice 600",
      ".ssh/id_ed25519.pub alice 600",
    ]);
  });

  it("has the head node make the home that it cannot make, whatever else users ask for", () => {
    expect(came.asked).toEqual({
      code: 0,
      home: "bob 700",
      key: true,
      left: [],
      homes: ["alice", "bob", "carol"],
      passwd: true,
    });
  });

  it("does not believe a directory whose certificate another authority issued", () => {
    expect(came.wrongAuthority).toEqual([0, ""]);
  });

  it("takes a rotated password, and restarts SSSD where something changed only", () => {
    expect(came.again).toEqual({
      code: 0,
      calls: expect.not.arrayContaining(["systemctl try-restart sssd"]) as string[],
    });
    expect(came.rotated.code).toBe(0);
    expect(came.rotated.calls).toContain("systemctl try-restart sssd");
    expect(came.afterRotation).toBe(alice);
  });

  it("reads the password on the head node only, and elsewhere from its share", () => {
    expect(came.head.calls.filter((call) => call.includes("get-secret-value"))).toHaveLength(1);
    expect(came.login).toMatchObject({ code: 0, mode: "root 600" });
    expect(came.login.calls.filter((call) => call.startsWith("aws"))).toEqual([]);
    expect(came.login.calls[0]).toMatch(/^mount -t nfs4 -o \S*,ro 10\.0\.0\.10:\/opt\/meridian\/key /);
  });

  it("refuses a password that would be a setting of its own, and keeps what it has", () => {
    const said =
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:p must hold the password of the directory's user as one line of text, without control characters\n";

    expect(came.refused).toEqual([
      [1, said],
      [1, said],
      [1, said],
    ]);
    expect(came.kept).toBe(true);
  });
});
