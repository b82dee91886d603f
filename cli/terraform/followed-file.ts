import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const chunkBytes = 1 << 16;

/**
 * The lines of a file that another process writes. A program that writes into a file, and not into a pipe,
 * does not end with its reader.
 */
export class FollowedFile {
  private readonly decoder = new StringDecoder("utf8");
  private readonly buffer = Buffer.alloc(chunkBytes);
  private rest = "";

  /**
   * @param file - exists already.
   * @param offset - the first byte that counts.
   */
  public constructor(
    private readonly file: string,
    private offset: number,
    private readonly onLine: (line: string) => void,
  ) {}

  /** Reads what was written since the last time. */
  public read(): void {
    const descriptor = openSync(this.file, "r");
    try {
      while (this.offset < fstatSync(descriptor).size) {
        const count = readSync(descriptor, this.buffer, 0, chunkBytes, this.offset);
        if (count === 0) {
          return;
        }
        this.offset += count;
        this.take(this.decoder.write(this.buffer.subarray(0, count)));
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** Reads the rest, the last line too if nothing ends it. */
  public finish(): void {
    this.read();
    this.take(this.decoder.end());
    if (this.rest !== "") {
      this.onLine(this.rest);
      this.rest = "";
    }
  }

  private take(text: string): void {
    const lines = `${this.rest}${text}`.split("\n");
    this.rest = lines.pop() ?? "";
    lines.forEach((line) => {
      this.onLine(line.replace(/\r$/, ""));
    });
  }
}
