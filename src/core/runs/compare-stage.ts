/** Holding one stage of ours against rustc's own file: byte for byte, and where bytes differ, as LLVM IR text. */
import { readFile, stat } from "node:fs/promises";
import type { PrintResult } from "../../protocol/engine.js";
import type { EngineClient } from "../engine/client.js";

export type StageVerdict =
  { readonly kind: "identical" } | { readonly kind: "sameText" } | { readonly kind: "different"; readonly why: string };

/** Characters of text in which the first difference is looked for; whether texts are equal is told by their digests. */
const TEXT_LIMIT = 32 * 1024 * 1024;

export async function compareStage(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<StageVerdict> {
  if (await sameBytes(ours, rustcs)) return { kind: "identical" };
  const print = (file: string, limit: number): Promise<PrintResult> => engine.request("print", { file, limit }, signal);
  const [mine, theirs] = await Promise.all([print(ours, 0), print(rustcs, 0)]);
  if (mine.digest === theirs.digest) return { kind: "sameText" };
  const [left, right] = await Promise.all([print(ours, TEXT_LIMIT), print(rustcs, TEXT_LIMIT)]);
  return { kind: "different", why: whereDifferent(withoutModuleId(left.text), withoutModuleId(right.text)) };
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  const sizes = await Promise.all([stat(left), stat(right)]);
  if (sizes[0].size !== sizes[1].size) return false;
  const contents = await Promise.all([readFile(left), readFile(right)]);
  return contents[0].equals(contents[1]);
}

/** The printed text begins with the path that was read. */
function withoutModuleId(text: string): string {
  return text.replace(/^; ModuleID = .*\n/, "");
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
