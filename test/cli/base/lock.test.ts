import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

import { takeLock, thisProcess } from "../../../cli/base/lock";
import { refusal } from "../../support/synth";
import { fakeContext } from "../support/fake-context";

const startedAt = new Date("2026-11-20T12:00:00Z");
const holder = thisProcess("deploy dev", startedAt);
// Larger than the largest process id of any system.
const gone = { ...holder, pid: 2 ** 30 };

function lockFile(content?: object): string {
  const file = fakeContext().workspace.lock("dev");
  if (content !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }
  return file;
}

describe("takeLock", () => {
  it("holds until it is released", () => {
    const file = lockFile();

    const release = takeLock(file, "dev", holder);

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(holder);
    release();
    expect(existsSync(file)).toBe(false);
  });

  it("refuses while another process holds it, and says which", () => {
    const file = lockFile(holder);

    expect(refusal(() => takeLock(file, "dev", { ...holder, command: "plan dev" }))).toBe(
      `Environment 'dev' is in use by \`meridian deploy dev\` (process ${process.pid} on ${hostname()}, since 2026-11-20T12:00:00.000Z).`,
    );
  });

  it("takes over from a process that is gone and leaves nothing behind", () => {
    const file = lockFile(gone);

    takeLock(file, "dev", holder);

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(holder);
    expect(readdirSync(dirname(file))).toEqual(["dev.lock"]);
  });

  it.each(["", "{", "null"])("takes over a lock that was cut off while it was written (%j)", (content) => {
    const file = lockFile({});
    writeFileSync(file, content);

    takeLock(file, "dev", holder);

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(holder);
  });

  it("takes over from a process whose number another one has by now", () => {
    const file = lockFile({ ...holder, birth: "1" });

    takeLock(file, "dev", holder);

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(holder);
  });

  it("does not judge a process of another machine", () => {
    const file = lockFile({ ...gone, host: "elsewhere" });

    expect(() => takeLock(file, "dev", holder)).toThrow("on elsewhere");
  });

  it("leaves a lock alone that another process has taken over", () => {
    const file = lockFile();
    const release = takeLock(file, "dev", holder);
    writeFileSync(file, JSON.stringify({ ...holder, pid: 1 }));

    release();

    expect(existsSync(file)).toBe(true);
  });
});
