/** Holding one stage of ours against rustc's own file: byte for byte, and where bytes differ, as LLVM IR text. */
import { readFile, stat } from "node:fs/promises";
import type { FunctionsResult, PrintResult } from "../../protocol/engine.js";
import type { EngineClient } from "../engine/client.js";

export type StageVerdict =
  { readonly kind: "identical" } | { readonly kind: "sameText" } | { readonly kind: "different"; readonly why: string };

/** Characters of text in which the first difference is looked for; whether texts are equal is told by their digests. */
const TEXT_LIMIT = 32 * 1024 * 1024;

/** More functions than that are not looked into one by one. */
const MOST_FUNCTIONS = 20;

export async function compareStage(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<StageVerdict> {
  if (await sameBytes(ours, rustcs)) return { kind: "identical" };
  const print = (file: string, limit: number): Promise<PrintResult> => engine.request("print", { file, limit }, signal);
  const [mine, theirs] = await Promise.all([print(ours, 0), print(rustcs, 0)]);
  if (mine.digest === theirs.digest) return { kind: "sameText" };
  const [left, right] = await Promise.all([print(ours, TEXT_LIMIT), print(rustcs, TEXT_LIMIT)]);
  const texts = [withoutModuleId(left.text), withoutModuleId(right.text)] as const;
  const phis = await phisAlone(ours, rustcs, engine, signal);
  return { kind: "different", why: whereDifferent(...texts) + phis };
}

/** Where a few functions differ, and these only in the order of the operands of phi instructions: that, in words; else nothing. */
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
  return `; of the functions only ${shortened(names)} differ, and there only the operands of ${phis} phi instructions stand in another order`;
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  const sizes = await Promise.all([stat(left), stat(right)]);
  if (sizes[0].size !== sizes[1].size) return false;
  const contents = await Promise.all([readFile(left), readFile(right)]);
  return contents[0].equals(contents[1]);
}

/** The printed text begins with the path that was read, that of a function with its readable name and the file. */
function withoutModuleId(text: string): string {
  return text.replace(/^(?:; .*\n)?; (?:ModuleID =|in module) .*\n/, "");
}

/**
 * How many phi instructions have their operands in another order, where nothing else differs: what follows from the order in which values are used, which
 * bitcode does not keep. undefined: something else differs too.
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
