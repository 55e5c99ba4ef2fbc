/** Compares one of our stages with rustc's own file: byte for byte, and if bytes differ, as LLVM IR text. */
import type { FunctionsResult, PrintResult } from "../../protocol/engine/ir.js";
import { EngineDied } from "../engine/process.js";
import type { EngineClient } from "../engine/client.js";
import { endsTheRun, isLtoError, messageOf, systemCode } from "../base/errors.js";
import { digestIfEqual } from "../base/file-digest.js";
import { openRegularFile } from "../base/read-file.js";

export type StageVerdict =
  | { readonly kind: "identical" }
  | { readonly kind: "sameText" }
  | { readonly kind: "different"; readonly why: string }
  /** One of the two is missing or unreadable, so they cannot be compared. */
  | { readonly kind: "damaged"; readonly why: string };

/** The result of comparing bytes. `other`: LLVM has to find the difference. */
export type BytesVerdict =
  /** @param digest SHA-256 of the content */
  | { readonly kind: "identical"; readonly digest: string }
  | { readonly kind: "other" }
  /** The file does not exist. */
  | { readonly kind: "absent"; readonly why: string }
  /** It is not a bitcode file. */
  | { readonly kind: "damaged"; readonly why: string };

/** Characters of text in which the first difference is looked for; digests decide whether texts are equal. */
const TEXT_LIMIT = 32 * 1024 * 1024;

/** The maximum number of functions to compare one by one. */
const MOST_FUNCTIONS = 20;

/** The first word of a bitcode file: LLVM's own magic, or that of the wrapper around it. */
const MAGICS: readonly number[] = [0xdec04342, 0x0b17c0de];

/**
 * Compares one of our stages with rustc's file; damage to that file is a finding, never an error.
 *
 * @throws LtoError Cancelled; the system's error where our own stage cannot be read
 */
export async function compareStage(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<StageVerdict> {
  const bytes = await compareBytes(ours, rustcs);
  if (bytes.kind === "identical") return { kind: "identical" };
  if (bytes.kind !== "other") return { kind: "damaged", why: bytes.why };
  return compareTexts(ours, rustcs, engine, signal);
}

/** Compares byte for byte, and checks the kind of rustc's file. @throws the system's error where ours cannot be read */
export async function compareBytes(ours: string, rustcs: string): Promise<BytesVerdict> {
  const found = await kindOf(rustcs);
  if (found !== undefined) return found;
  const digest = await digestIfEqual(ours, rustcs);
  return digest === undefined ? { kind: "other" } : { kind: "identical", digest };
}

async function kindOf(file: string): Promise<BytesVerdict | undefined> {
  try {
    const { handle, size } = await openRegularFile(file);
    try {
      if (size === 0) return { kind: "damaged", why: `rustc's file is empty (${file})` };
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      if (bytesRead === 4 && MAGICS.includes(buffer.readUInt32LE(0))) return undefined;
      return { kind: "damaged", why: `rustc's file is not bitcode (${file})` };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { kind: "absent", why: `rustc compiled this module, but its file is missing (${file})` };
    return { kind: "damaged", why: `rustc's file cannot be read: ${withFile(messageOf(error), file)}` };
  }
}

/**
 * Whether two files whose bytes differ have the same LLVM IR text; usable while other requests are active in the same engine.
 *
 * @returns undefined where LLVM cannot read one of them, or ended while it read
 * @throws LtoError Cancelled
 */
export async function haveSameText(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<boolean | undefined> {
  try {
    const print = (file: string): Promise<PrintResult> => engine.attempt("print", { file, limit: 0 }, signal);
    const [mine, theirs] = [await print(ours), await print(rustcs)];
    return mine.digest === theirs.digest;
  } catch (error) {
    if (isOver(error)) throw error;
    return undefined;
  }
}

/**
 * Finds the differences in two files whose bytes differ. Nothing else should be active in the engine, so that a crash can be attributed to these
 * files; a crash is a finding like any other.
 *
 * @throws LtoError Cancelled; the reason if an engine cannot start
 */
export async function compareTexts(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<StageVerdict> {
  const print = (file: string, limit: number): Promise<PrintResult> => engine.request("print", { file, limit }, signal);
  let reading = "our stage";
  try {
    const mine = await print(ours, 0);
    reading = "rustc's file";
    const theirs = await print(rustcs, 0);
    if (mine.digest === theirs.digest) return { kind: "sameText" };
    const [left, right] = [await print(ours, TEXT_LIMIT), await print(rustcs, TEXT_LIMIT)];
    const texts = [withoutModuleId(left.text), withoutModuleId(right.text)] as const;
    const phis = await phisAlone(ours, rustcs, engine, signal);
    return { kind: "different", why: whereDifferent(...texts) + phis };
  } catch (error) {
    if (isOver(error)) throw error;
    return { kind: "damaged", why: `${reading} cannot be read: ${withFile(messageOf(error), reading === "our stage" ? ours : rustcs)}` };
  }
}

/** The reason, with the file unless it is already named. */
export function withFile(why: string, file: string): string {
  return why.includes(file) ? why : `${why} (${file})`;
}

/** Whether nothing more can be compared. */
function isOver(error: unknown): boolean {
  if (error instanceof EngineDied) return false;
  return endsTheRun(error) && !isLtoError(error, "FilesChanged");
}

/** A description if only a few functions differ, and only in the order of phi operands; otherwise undefined. */
async function phisAlone(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<string> {
  const functions = async (file: string): Promise<FunctionsResult["functions"]> =>
    (await engine.request("functions", { file }, signal)).functions;
  const [left, right] = await Promise.all([functions(ours), functions(rustcs)]);
  if (left.length !== right.length) return "";
  const differing = left.filter(({ name, textHash }, at) => {
    const other = right[at];
    return other?.name !== name || other.textHash !== textHash;
  });
  if (differing.length === 0 || differing.length > MOST_FUNCTIONS) return "";
  let phis = 0;
  for (const { name } of differing) {
    const print = (file: string): Promise<PrintResult> => engine.request("print", { file, function: name, limit: TEXT_LIMIT }, signal);
    const [mine, theirs] = await Promise.all([print(ours), print(rustcs)]);
    const found =
      mine.truncated || theirs.truncated ? undefined : phisInOtherOrder(withoutModuleId(mine.text), withoutModuleId(theirs.text));
    if (found === undefined) return "";
    phis += found;
  }
  const names = differing.map(({ demangled, name }) => demangled || name).join(", ");
  return `; of the functions only ${shortened(names)} differ, and there only the operands of ${phis} phi instructions are in another order`;
}

/** The text of a module begins with the path that was read, that of a function with its readable name and the file. */
function withoutModuleId(text: string): string {
  return text.replace(/^(?:; .*\n)?; (?:ModuleID =|in module) .*\n/, "");
}

/**
 * The number of phi instructions whose operands are in another order, if nothing else differs. That order follows from the order of uses of a value,
 * which bitcode does not record. undefined: something else differs too.
 */
export function phisInOtherOrder(ours: string, rustcs: string): number | undefined {
  const [left, right] = [ours.split("\n"), rustcs.split("\n")];
  if (left.length !== right.length) return undefined;
  const differing = left.flatMap((line, at) => (line === right[at] ? [] : [[line, right[at] ?? ""] as const]));
  return differing.every(([mine, theirs]) => sortedPhi(mine) !== undefined && sortedPhi(mine) === sortedPhi(theirs))
    ? differing.length
    : undefined;
}

function sortedPhi(line: string): string | undefined {
  const [, head, operands, tail] = /^(\s+\S+ = phi [^[]*)(\[.*\])(.*)$/.exec(line) ?? [];
  if (head === undefined || operands === undefined) return undefined;
  return [
    head,
    ...operands
      .split("], ")
      .map((operand) => operand.replace(/\]$/, ""))
      .sort(),
    tail,
  ].join("\n");
}

/** "line 12 of the text: ours `…`, rustc's `…`". */
export function whereDifferent(ours: string, rustcs: string): string {
  const [left, right] = [ours.split("\n"), rustcs.split("\n")];
  const index = left.findIndex((line, at) => line !== right[at]);
  const at = index < 0 ? left.length : index;
  return `line ${at + 1} of the text: ours \`${shortened(left[at])}\`, rustc's \`${shortened(right[at])}\``;
}

function shortened(line: string | undefined): string {
  if (line === undefined) return "(end)";
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
