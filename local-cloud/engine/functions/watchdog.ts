import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/** `$0` is the folder of the functions. At the end of input, which is also the end of the gateway, all go. */
const script = `
pids=" "
while read -r action pid; do
  case "$action" in
    start) pids="$pids$pid " ;;
    end) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "-$pid" 2>/dev/null; done
rm -rf "$0"
`;

/**
 * Ends the processes of functions with this one, even when it is killed: a shell that does nothing else reads
 * which there are, and its input ends with this process.
 */
export class Watchdog {
  private standardInput?: Writable;

  /** With the folder that goes with the processes. */
  constructor(private readonly folder: string) {}

  /** Watches a process group. */
  started(pid: number): void {
    this.input().write(`start ${pid}\n`);
  }

  /** Forgets a process group that has ended: its number may belong to another one soon. */
  ended(pid: number): void {
    this.input().write(`end ${pid}\n`);
  }

  private input(): Writable {
    return (this.standardInput ??= this.start());
  }

  private start(): Writable {
    // In a group of its own, so that no signal for the gateway reaches it.
    const shell = spawn("/bin/sh", ["-c", script, this.folder], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: { PATH: "/usr/bin:/bin" },
    });
    shell.stdin.on("error", () => undefined);
    (shell.stdin as unknown as { unref?(): void }).unref?.();
    shell.unref();
    return shell.stdin;
  }
}
