import { type Configuration, constructPathOf } from "../stacks/manifest";

/** Something that Terraform has to say about a configuration or a run. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  /** The resource it is about. */
  readonly address?: string;
  readonly snippet?: { readonly context?: string | null };
}

/** What is to happen to a resource. */
export interface PlannedChange {
  readonly address: string;
  readonly action: "create" | "update" | "delete" | "replace" | "import" | "move" | "forget" | "remove";
}

/** Counts of a plan or an apply. */
export interface ChangeCounts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
  readonly import: number;
}

/** No change at all. */
export const noChanges: ChangeCounts = { add: 0, change: 0, remove: 0, import: 0 };

/** Whether anything was, or is to be, done. */
export function isAny({ add, change, remove, import: imported }: ChangeCounts): boolean {
  return add + change + remove + imported > 0;
}

const figures = { create: "add", update: "change", delete: "remove" } as const;

interface Hook {
  readonly resource: { readonly addr: string };
  /** `create`, `update`, `delete` or `read`. */
  readonly action?: string;
  /** The attribute that identifies what was made, and its value. */
  readonly id_key?: string;
  readonly id_value?: string;
}

/** Reading a data source is reported like an apply. */
function isDataSource(hook: Hook | undefined): boolean {
  return /(?:^|\.)data\./.test(hook?.resource.addr ?? "");
}

/** Whether an event is the end of one resource's change. */
export function isStep({ type, hook }: TerraformEvent): boolean {
  return (type === "apply_complete" || type === "apply_errored") && !isDataSource(hook);
}

/** A line of `terraform plan -json` or `apply -json`; only what the runner reads. */
export interface TerraformEvent {
  readonly type: string;
  readonly "@message": string;
  readonly "@level"?: string;
  readonly "@timestamp"?: string;
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: string };
  readonly changes?: ChangeCounts;
  readonly hook?: Hook;
  readonly diagnostic?: Diagnostic;
}

/** Reads one line; nothing for a line that is not an event (a crash, a plug-in's own words). */
export function parseEvent(line: string): TerraformEvent | undefined {
  if (!line.startsWith("{")) {
    return undefined;
  }
  try {
    return JSON.parse(line) as TerraformEvent;
  } catch {
    return undefined;
  }
}

/** What a person should read of a line, in logs and with `--verbose`. */
export function humanLine(line: string): string {
  const event = parseEvent(line);
  if (event === undefined) {
    return line;
  }
  return event.diagnostic === undefined ? event["@message"] : formatDiagnostic(event.diagnostic);
}

/** A diagnostic in full, with the construct that it is about where that is known. */
export function formatDiagnostic(diagnostic: Diagnostic, configuration?: Configuration): string {
  const place = placeOf(diagnostic, configuration);
  const title = `${diagnostic.severity === "error" ? "Error" : "Warning"}: ${diagnostic.summary.trim()}`;
  const detail = (diagnostic.detail ?? "").trim();
  return [title, place === "" ? "" : `  at ${place}`, detail === "" ? "" : indent(detail)]
    .filter(Boolean)
    .join("\n");
}

function placeOf(diagnostic: Diagnostic, configuration: Configuration | undefined): string {
  const address = diagnostic.address ?? diagnostic.snippet?.context ?? "";
  const path = configuration === undefined ? undefined : constructPathOf(configuration, address);
  return path === undefined ? address : `${path} (${address.replace(/^resource\./, "")})`;
}

/** Indents every line by two spaces. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** Collects a stream of events into what the runner needs of it. */
export class EventCollector {
  public readonly changes: PlannedChange[] = [];
  public readonly diagnostics: Diagnostic[] = [];
  public readonly failed: string[] = [];
  public counts: ChangeCounts = noChanges;
  /** What an apply has really done so far; a plan's own counts say what is to be done. */
  public applied: ChangeCounts = noChanges;
  public done = 0;

  /** Takes one line; gives the event back when it was one. */
  public add(line: string): TerraformEvent | undefined {
    const event = parseEvent(line);
    if (event !== undefined) {
      this.addChange(event);
      this.addResult(event);
    }
    return event;
  }

  private addChange({ type, change, changes }: TerraformEvent): void {
    if (type === "planned_change" && change !== undefined) {
      this.changes.push({
        address: change.resource.addr,
        action: change.action as PlannedChange["action"],
      });
    } else if (type === "change_summary") {
      this.counts = { ...noChanges, ...changes };
    }
  }

  private addResult({ type, hook, diagnostic }: TerraformEvent): void {
    if (type === "apply_complete" && !isDataSource(hook)) {
      this.done += 1;
      this.addApplied(hook?.action);
    } else if (type === "apply_errored" && hook !== undefined) {
      this.failed.push(hook.resource.addr);
    } else if (diagnostic !== undefined) {
      this.diagnostics.push(diagnostic);
    }
  }

  /** A replacement is told as a deletion and a creation, and counts as both, as in Terraform's own summary. */
  private addApplied(action = ""): void {
    const figure = Object.hasOwn(figures, action) ? figures[action as keyof typeof figures] : undefined;
    if (figure !== undefined) {
      this.applied = { ...this.applied, [figure]: this.applied[figure] + 1 };
    }
  }
}
