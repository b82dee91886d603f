import { parseDocument } from "yaml";
import { explainCommand, validateCommand } from "../../../../modules/hpc-cluster/file/commands";
import { keyRows } from "../../../../modules/hpc-cluster/file/key-table";
import { parseClusterFile } from "../../../../modules/hpc-cluster/file/cluster-file";
import { batchFile, slurmFile } from "../files";

describe("parseClusterFile", () => {
  it("fills in the defaults", () => {
    const { configuration } = parseClusterFile(slurmFile(), "cluster.yaml");

    expect(configuration?.Scheduling.SlurmQueues?.[0]?.ComputeResources[0]).toEqual({
      Name: "cr1",
      InstanceType: "c5.large",
      MinCount: 0,
      MaxCount: 10,
      Efa: { Enabled: false, GdrSupport: false },
      DisableSimultaneousMultithreading: false,
      Networking: {},
      HealthChecks: { Gpu: {} },
      StaticNodePriority: 1,
      DynamicNodePriority: 1000,
    });
  });

  it("fills in defaults that depend on other keys", () => {
    const file = slurmFile({ rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Ebs}" });

    const { configuration } = parseClusterFile(file, "cluster.yaml");

    expect(configuration?.SharedStorage?.[0]?.EbsSettings).toEqual({
      VolumeType: "gp3",
      Size: 40,
      Iops: 3000,
      Throughput: 125,
      Encrypted: true,
      DeletionPolicy: "Delete",
    });
    expect(configuration?.Scheduling.SlurmSettings?.ScaledownIdletime).toBe(10);
  });

  it("reads the truth values, times and anchors of YAML 1.1", () => {
    const file = slurmFile({
      queue: "JobExclusiveAllocation: yes",
      resource: "Tags: &tags\n  - {Key: at, Value: 01:30}",
      rest: "Tags: *tags",
    });

    const { configuration } = parseClusterFile(file, "cluster.yaml");

    expect(configuration?.Scheduling.SlurmQueues?.[0]?.JobExclusiveAllocation).toBe(true);
    expect(configuration?.Tags).toEqual([{ Key: "at", Value: "01:30" }]);
  });

  it.each([
    ['"True"', true],
    ['"yes"', true],
    ["1", true],
    ["ON", true],
    ['"False"', false],
    ["n", false],
    ["0", false],
  ])("reads %s as %s, as ParallelCluster does", (word, truth) => {
    const file = slurmFile({ queue: `JobExclusiveAllocation: ${word}` });

    expect(
      parseClusterFile(file, "cluster.yaml").configuration?.Scheduling.SlurmQueues?.[0]
        ?.JobExclusiveAllocation,
    ).toBe(truth);
  });

  it.each(["tRUE", "2", "maybe", "[]"])("refuses %s as a truth value", (word) => {
    const file = slurmFile({ queue: `JobExclusiveAllocation: ${word}` });

    expect(parseClusterFile(file, "cluster.yaml").findings).toContainEqual(
      expect.objectContaining({
        code: "WrongType",
        path: "Scheduling.SlurmQueues[0].JobExclusiveAllocation",
      }),
    );
  });

  it("reads an empty list as no list", () => {
    const file = slurmFile({
      networking: "SecurityGroups: []\nAdditionalSecurityGroups: []",
      rest: "Tags: []",
    });
    const { configuration, findings } = parseClusterFile(file, "cluster.yaml");

    expect(findings.filter(({ level }) => level === "ERROR")).toEqual([]);
    expect(configuration?.Scheduling.SlurmQueues?.[0]?.Networking.SecurityGroups).toBeUndefined();
    expect(configuration?.Tags).toBeUndefined();
  });

  it("takes prefix lists in capital letters, and any number of custom actions", () => {
    const actions = Array.from({ length: 12 }, (_, index) => `{Script: s3://b/${index}.sh}`).join(", ");
    const file = slurmFile({ head: `CustomActions: {OnNodeStart: {Sequence: [${actions}]}}` }).replace(
      "AllowedIps: 10.0.0.0/8",
      "AllowedIps: pl-0ABC123DEF",
    );

    expect(parseClusterFile(file, "cluster.yaml").findings.filter(({ level }) => level === "ERROR")).toEqual(
      [],
    );
  });

  it("merges anchored sections", () => {
    const file = slurmFile({ resource: "Efa: &off\n  Enabled: no\nHealthChecks:\n  Gpu:\n    <<: *off" });

    expect(parseClusterFile(file, "cluster.yaml").configuration).toBeDefined();
  });

  it("lets a section's own keys override those that it merges, wherever the merge is", () => {
    const file = slurmFile({
      resource: "MinCount: 1\nTags: [&one {Key: a, Value: one}, &two {Key: b, Value: two}]",
      rest: "Tags:\n  - {Key: c, <<: *one}\n  - {<<: [*two, *one], Value: own}",
    });

    expect(parseClusterFile(file, "cluster.yaml").configuration?.Tags).toEqual([
      { Key: "c", Value: "one" },
      { Key: "b", Value: "own" },
    ]);
  });

  it("reads a section that merges itself", () => {
    const file = slurmFile({ rest: "Imds: &imds { <<: *imds, ImdsSupport: v2.0 }" });

    expect(parseClusterFile(file, "cluster.yaml").configuration?.Imds).toEqual({ ImdsSupport: "v2.0" });
  });

  it.each(["__proto__", "constructor", "toString"])(
    "refuses %s, which every object has, as an unknown key",
    (key) => {
      const file = slurmFile({ rest: `Imds: {${key}: 1}` });

      expect(parseClusterFile(file, "cluster.yaml").findings).toEqual([
        {
          level: "ERROR",
          code: "UnknownKey",
          path: `Imds.${key}`,
          line: expect.any(Number) as number,
          message: `'${key}' is not a key of this section`,
          remedy: "the keys are ImdsSupport",
        },
      ]);
    },
  );

  it("refuses aliases that multiply", () => {
    const many = (item: string) => `[${Array.from({ length: 700 }, () => item).join(", ")}]`;
    const file = [
      "Image: {Os: alinux2023}",
      `Tags: &tags ${many("{Key: a, Value: b}")}`,
      `Scheduling: {Scheduler: slurm, SlurmQueues: ${many("{Name: q, Tags: *tags}")}}`,
    ].join("\n");

    expect(parseClusterFile(file, "cluster.yaml").findings).toContainEqual({
      level: "ERROR",
      code: "WrongType",
      path: expect.stringMatching(/^Scheduling\.SlurmQueues\[\d+\]\.Tags/) as string,
      line: 2,
      message: "the file must have at most 200000 values, aliases repeated where they are used",
      remedy: "shorten lists, or use fewer aliases",
    });
  });

  it.each(["x; touch /tmp/pwned", "$(id)-bucket", "a", "Upper-case"])(
    "refuses the bucket %j, which nodes name in a shell",
    (bucket) => {
      const file = slurmFile({ rest: `CustomS3Bucket: ${JSON.stringify(bucket)}` });

      expect(parseClusterFile(file, "cluster.yaml").findings).toContainEqual(
        expect.objectContaining({
          level: "ERROR",
          path: "CustomS3Bucket",
          message: `the value must be a bucket's name, got ${JSON.stringify(bucket)}`,
        }),
      );
    },
  );

  it("reports the line of text that is not YAML", () => {
    expect(parseClusterFile("Image:\n  Os: [alinux2023\n", "cluster.yaml").findings).toEqual([
      expect.objectContaining({ level: "ERROR", code: "Yaml", line: 3 }),
    ]);
  });

  it("reports a key that is listed twice", () => {
    expect(parseClusterFile("Image:\n  Os: rhel9\nImage:\n  Os: rhel9\n", "cluster.yaml").findings).toEqual([
      {
        level: "ERROR",
        code: "Yaml",
        path: "",
        line: 3,
        message: "Map keys must be unique",
        remedy: "correct the YAML",
      },
    ]);
  });

  it("refuses a file that is not a mapping", () => {
    expect(parseClusterFile("- 1\n", "cluster.yaml").findings).toEqual([
      {
        level: "ERROR",
        code: "WrongType",
        path: "",
        line: 1,
        message: "the file must be a mapping of keys",
        remedy: "begin it with Image, HeadNode and Scheduling",
      },
    ]);
  });

  it("refuses keys without a value", () => {
    expect(parseClusterFile(slurmFile({ rest: "Tags:" }), "cluster.yaml").findings).toEqual([
      {
        level: "ERROR",
        code: "WrongType",
        path: "Tags",
        line: 19,
        message: "the key has no value",
        remedy: "give it one or remove the key",
      },
    ]);
  });

  it("finds errors of form and of meaning in one run", () => {
    const file = slurmFile({ resource: "Colour: blue\nMinCount: 5\nMaxCount: 2" });

    const codes = parseClusterFile(file, "cluster.yaml").findings.map(({ code }) => code);

    expect(codes).toEqual(["UnknownKey", "ComputeResourceSize"]);
  });

  it("knows the facts that a file brings of a newer instance type", () => {
    const facts = '{"z9.large": {"VCpuInfo": {"DefaultVCpus": 8}, "MemoryInfo": {"SizeInMiB": 4096}}}';
    const file = slurmFile({
      resource: "InstanceType: z9.large",
      rest: `DevSettings:\n  InstanceTypesData: '${facts}'`,
    });

    expect(parseClusterFile(file, "cluster.yaml").findings).toEqual([]);
  });
});

describe("meridian hpc validate", () => {
  it("ends with 0 and a count for a valid file", () => {
    expect(validateCommand([{ name: "cluster.yaml", text: slurmFile() }])).toEqual({
      text: "cluster.yaml: 0 errors, 0 warnings, 0 notes",
      exitCode: 0,
    });
  });

  it("ends with 1 when one of several files has an error", () => {
    const bad = slurmFile({ resource: "Colour: blue" });

    const result = validateCommand([
      { name: "a.yaml", text: slurmFile() },
      { name: "b.yaml", text: bad },
    ]);

    expect(result.exitCode).toBe(1);
    expect(result.text.split("\n").at(-1)).toBe("b.yaml: 1 error, 0 warnings, 0 notes");
  });

  it("lists findings as JSON", () => {
    const text = slurmFile({ resource: "MaxCounts: 5" });

    const result = validateCommand([{ name: "a.yaml", text }], { json: true });

    expect(JSON.parse(result.text)).toEqual([
      {
        file: "a.yaml",
        level: "ERROR",
        code: "UnknownKey",
        path: "Scheduling.SlurmQueues[0].ComputeResources[0].MaxCounts",
        line: 19,
        message: "'MaxCounts' is not a key of this section",
        remedy: "did you mean 'MaxCount'?",
      },
    ]);
  });
});

describe("meridian hpc explain", () => {
  it("prints every default and marks it", () => {
    const { text, exitCode } = explainCommand({ name: "cluster.yaml", text: slurmFile() });

    expect(exitCode).toBe(0);
    expect(text).toContain("      InstanceType: c5.large\n".trim());
    expect(text).toContain("MaxCount: 10 # default");
    expect(text).toContain("ScaledownIdletime: 10 # default");
  });

  it.each([slurmFile(), batchFile()])("prints a file that reads back to the same", (file) => {
    const { text } = explainCommand({ name: "cluster.yaml", text: file });

    const again = parseClusterFile(text, "explained.yaml");

    expect(again.findings).toEqual([]);
    expect(again.configuration).toEqual(parseClusterFile(file, "cluster.yaml").configuration);
    expect(parseDocument(text).errors).toEqual([]);
  });

  it("prints the errors of a file that has some", () => {
    expect(explainCommand({ name: "a.yaml", text: "Image: {}\n" })).toEqual({
      text:
        "a.yaml:1: ERROR MissingKey: the file: 'Scheduling' is missing; add Scheduling\n" +
        "a.yaml:1: ERROR MissingKey: Image: 'Os' is missing; add Os\n" +
        "a.yaml: 2 errors, 0 warnings, 0 notes",
      exitCode: 1,
    });
  });
});

describe("keyRows", () => {
  it("names every key once", () => {
    const paths = keyRows().map(({ path }) => path);

    expect(paths.length).toBeGreaterThan(250);
    expect(new Set(paths).size).toBe(paths.length);
  });
});
