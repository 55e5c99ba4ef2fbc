/** Holding one stage of ours against rustc's own file: byte for byte, and where bytes differ, as LLVM IR text. */
import { readFile } from "node:fs/promises";
import type { EngineClient } from "../engine/client.js";

export type StageVerdict =
  { readonly kind: "identical" } | { readonly kind: "sameText" } | { readonly kind: "different"; readonly why: string };

/** Characters of text that are compared; what lies beyond is compared by its length alone. */
const TEXT_LIMIT = 256 * 1024 * 1024;

export async function compareStage(ours: string, rustcs: string, engine: EngineClient, signal?: AbortSignal): Promise<StageVerdict> {
  const [left, right] = await Promise.all([readFile(ours), readFile(rustcs)]);
  if (left.equals(right)) return { kind: "identical" };
  const texts = await Promise.all([ours, rustcs].map((file) => engine.request("print", { file, limit: TEXT_LIMIT }, signal)));
  const [mine, theirs] = texts.map((text) => withoutModuleId(text.text));
  if (mine !== undefined && mine === theirs && texts[0]?.totalBytes === texts[1]?.totalBytes) return { kind: "sameText" };
  return { kind: "different", why: whereDifferent(mine ?? "", theirs ?? "") };
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
