import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { FollowedFile } from "../../../cli/terraform/followed-file";
import { instancesIn, journalIn, missingIn } from "../../../cli/terraform/journal";
import { stateWith } from "../support/fake-context";

const file = (content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "meridian-journal-")), "events");
  writeFileSync(path, content);
  return path;
};

const event = (type: string, addr: string, action: string, rest: object = {}): string =>
  JSON.stringify({
    type,
    "@message": "",
    "@timestamp": "2026-11-20T11:00:05Z",
    hook: { resource: { addr }, action, ...rest },
  });

describe("journalIn", () => {
  it("knows what was made, what was being made and what was destroyed, up to a line that was cut off", () => {
    const lines = [
      '{"type":"version","@message":"Terraform","@timestamp":"2026-11-20T11:00:00Z"}',
      event("apply_start", "aws_vpc.A", "create"),
      event("apply_complete", "aws_vpc.A", "create", { id_key: "id", id_value: "vpc-1" }),
      event("apply_start", "aws_vpc.B", "create"),
      event("apply_start", "aws_vpc.C", "create"),
      event("apply_errored", "aws_vpc.C", "create"),
      event("apply_start", "aws_vpc.D", "delete"),
      event("apply_complete", "aws_vpc.D", "delete"),
      event("apply_start", "aws_vpc.E", "update"),
      event("apply_start", "data.aws_vpc.F", "read"),
      event("apply_complete", "aws_vpc.B", "create").slice(0, 60),
    ];

    expect(journalIn(file(lines.join("\n")))).toEqual({
      made: [{ address: "aws_vpc.A", key: "id", id: "vpc-1" }],
      open: ["aws_vpc.B"],
      removed: ["aws_vpc.D"],
      isComplete: false,
      spokeAt: "2026-11-20T11:00:05Z",
    });
  });

  it("does not know what became of creations that an interrupt cut off", () => {
    const lines = [
      event("apply_start", "aws_vpc.A", "create"),
      event("apply_start", "aws_vpc.B", "create"),
      event("apply_errored", "aws_vpc.A", "create"),
      '{"type":"log","@message":"\\nInterrupt received.\\nPlease wait","@timestamp":"2026-11-20T11:00:06Z"}',
      event("apply_errored", "aws_vpc.B", "create"),
    ];

    expect(journalIn(file(lines.join("\n")))?.open).toEqual(["aws_vpc.B"]);
  });

  it("is nothing where there is no file", () => {
    expect(journalIn("/nowhere/events")).toBeUndefined();
  });
});

describe("missingIn", () => {
  it("compares by address and id, with those that wait to be destroyed", () => {
    const made = [
      { address: 'module.a.aws_vpc.A["x"]', key: "id", id: "vpc-1" },
      { address: "aws_vpc.B[0]", key: "id", id: "vpc-2" },
      { address: "aws_thing.C", key: "", id: "" },
    ];
    const state = {
      ...stateWith(0),
      resources: [
        {
          module: "module.a",
          mode: "managed",
          type: "aws_vpc",
          name: "A",
          instances: [
            { index_key: "x", attributes: { id: "vpc-0" } },
            { index_key: "x", deposed: "1", attributes: { id: "vpc-1" } },
          ],
        },
        {
          mode: "managed",
          type: "aws_vpc",
          name: "B",
          instances: [{ index_key: 0, attributes: { id: "vpc-9" } }],
        },
        { mode: "managed", type: "aws_thing", name: "C", instances: [{}] },
      ],
    };
    const journal = { made, open: ["aws_vpc.B[0]", "aws_vpc.D"], removed: [], isComplete: false };

    expect(missingIn(state, journal)).toEqual({ made: [made[1]], open: ["aws_vpc.D"] });
    expect([...instancesIn(state).keys()]).toEqual([
      'module.a.aws_vpc.A["x"]',
      "aws_vpc.B[0]",
      "aws_thing.C",
    ]);
    expect(missingIn(undefined, journal)).toEqual({ made, open: journal.open });
  });
});

describe("FollowedFile", () => {
  it("gives the same lines however the file grows", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: "grapheme" }).map((line) => line.replace(/[\r\n]/g, "")),
          { maxLength: 8 },
        ),
        fc.array(fc.nat(40), { maxLength: 6 }),
        (lines, cuts) => {
          const whole = Buffer.from(lines.map((line) => `${line}\n`).join(""));
          const path = file("");
          const found: string[] = [];
          const followed = new FollowedFile(path, 0, (line) => found.push(line));
          let written = 0;
          for (const cut of [...cuts, whole.length]) {
            written = Math.min(whole.length, written + cut);
            writeFileSync(path, whole.subarray(0, written));
            followed.read();
          }
          followed.finish();
          expect(found).toEqual(lines);
        },
      ),
      { numRuns: 50 },
    );
  });
});
