/** The assembly of a module in the store, of which only the functions that are asked for are read. */
import type { FileHandle } from "node:fs/promises";
import * as z from "zod/mini";
import type { FunctionText, ModuleAssembly } from "../../protocol/engine/assembly.js";
import { parseJson, unreadable, type ParseSubject } from "../base/parse.js";
import { LIMITS, openRegularFile } from "../base/read-file.js";
import { count, digest256, formatOf } from "../base/values.js";

/** Raise it when the assembly has other content for equal settings, here, in src/protocol/engine/assembly.ts and in the addon. */
export const ASSEMBLY_SCHEMA = 3;

const functionText = formatOf<FunctionText>()(() =>
  z.object({
    symbol: z.string(),
    text: z.string(),
    code: z.nullable(z.object({ bytes: count, digest: digest256 })),
    stackBytes: z.nullable(count),
    spills: count,
    reloads: count,
    spillBytes: count,
    instructions: z.nullable(count),
    mix: z.array(z.tuple([z.string(), count])),
  }),
);

const moduleAssembly = formatOf<ModuleAssembly>()(() =>
  z.object({
    schema: z.literal(ASSEMBLY_SCHEMA),
    module: z.string(),
    comment: z.string(),
    files: z.array(z.string()),
    functions: z.array(z.tuple([z.string(), count])),
    symbols: z.array(z.string()),
    notAssembled: z.nullable(z.string()),
  }),
);

/** Bytes of the first line to read at once; few have more. */
const STEP = 256 * 1024;

export class KeptAssembly {
  readonly #subject: ParseSubject;
  readonly #head: ModuleAssembly;
  /** Where the lines of functions begin, in bytes. */
  readonly #begin: number;

  private constructor(subject: ParseSubject, head: ModuleAssembly, begin: number) {
    this.#subject = subject;
    this.#head = head;
    this.#begin = begin;
  }

  /** @throws LtoError UnreadableFile; the system's error if the file cannot be opened */
  static async open(subject: ParseSubject): Promise<KeptAssembly> {
    const { handle } = await openRegularFile(subject.file);
    try {
      const line = await firstLine(handle, subject);
      return new KeptAssembly(subject, parseJson(moduleAssembly, line.toString("utf8"), subject), line.length + 1);
    } finally {
      await handle.close();
    }
  }

  get comment(): string {
    return this.#head.comment;
  }

  /** `.file` directives. */
  get files(): readonly string[] {
    return this.#head.files;
  }

  get notAssembled(): string | null {
    return this.#head.notAssembled;
  }

  /** Of all functions of the module, in its order, with or without text here. */
  get symbols(): readonly string[] {
    return this.#head.symbols;
  }

  /** Whether it has the text of every function of the module. */
  get whole(): boolean {
    return this.#head.functions.length === this.#head.symbols.length;
  }

  /** Whether it has the text of a function. */
  has(symbol: string): boolean {
    return this.#head.functions.some(([one]) => one === symbol);
  }

  /** Some functions, in the order of the module. @throws as {@link KeptAssembly.open} */
  async functions(wanted: ReadonlySet<string>): Promise<FunctionText[]> {
    const { handle } = await openRegularFile(this.#subject.file);
    try {
      const functions: FunctionText[] = [];
      let position = this.#begin;
      for (const [symbol, bytes] of this.#head.functions) {
        if (wanted.has(symbol)) {
          const line = await bytesAt(handle, position, bytes, this.#subject);
          functions.push(parseJson(functionText, line.toString("utf8"), this.#subject));
        }
        position += bytes;
      }
      return functions;
    } finally {
      await handle.close();
    }
  }
}

/** Without the line break. */
async function firstLine(handle: FileHandle, subject: ParseSubject): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let position = 0; position < LIMITS.text; position += STEP) {
    const part = Buffer.allocUnsafe(STEP);
    const { bytesRead } = await handle.read(part, 0, STEP, position);
    const end = part.subarray(0, bytesRead).indexOf("\n");
    parts.push(part.subarray(0, end === -1 ? bytesRead : end));
    if (end !== -1) return Buffer.concat(parts);
    if (bytesRead < STEP) break;
  }
  throw unreadable(subject, "its first line does not end");
}

async function bytesAt(handle: FileHandle, position: number, bytes: number, subject: ParseSubject): Promise<Buffer> {
  if (bytes > LIMITS.text) throw unreadable(subject, `a function has ${bytes} bytes`);
  const line = Buffer.allocUnsafe(bytes);
  const { bytesRead } = await handle.read(line, 0, bytes, position);
  if (bytesRead < bytes) throw unreadable(subject, "it ends early");
  return line;
}
