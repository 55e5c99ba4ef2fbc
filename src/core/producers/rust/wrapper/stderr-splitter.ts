/**
 * Splits rustc's stderr: lines of its log about LTO go one way, everything else (JSON diagnostics, output of a linker or a macro) the other.
 *
 * Log lines begin with the level and the target (" INFO rustc_codegen_llvm::back::lto …"). Key maps are printed over several lines, from one that
 * ends in "{" or "Some(" to " }" or " )".
 */

const LOG_LINE = /^\s*(?:TRACE|DEBUG|INFO|WARN|ERROR)\s+rustc_codegen_(?:llvm|ssa)::back::lto\b/;
const NEWLINE = 10;

export class StderrSplitter {
  readonly #log: (bytes: Buffer) => void;
  readonly #rest: (bytes: Buffer) => void;
  #pending: Buffer[] = [];
  #inMap = false;

  constructor(log: (bytes: Buffer) => void, rest: (bytes: Buffer) => void) {
    this.#log = log;
    this.#rest = rest;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#pending.push(chunk.subarray(start, end + 1));
      this.#flush();
      start = end + 1;
    }
    if (start < chunk.length) this.#pending.push(chunk.subarray(start));
  }

  /** Passes on a last line that has no line break. */
  end(): void {
    if (this.#pending.length > 0) this.#flush();
  }

  #flush(): void {
    const line = Buffer.concat(this.#pending);
    this.#pending = [];
    if (this.#belongsToLog(line)) this.#log(line);
    else this.#rest(line);
  }

  #belongsToLog(line: Buffer): boolean {
    // A diagnostic can come between the lines of a map: JSON always begins in the first column, a map's lines never do.
    if (line[0] === "{".charCodeAt(0)) return false;
    const text = line.toString("utf8").trimEnd();
    if (LOG_LINE.test(text)) {
      this.#inMap = /[{(]$/.test(text);
      return true;
    }
    if (!this.#inMap) return false;
    if (/^ ?[})]$/.test(text)) this.#inMap = false;
    return true;
  }
}
