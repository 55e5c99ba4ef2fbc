/**
 * The user's functions that are not in the bitcode that LTO starts from, because the compiler had inlined them before: where, as far as line tables tell.
 * Without line tables, nothing is known of them.
 */
import type { CallsReport, SourcePlace } from "../../../protocol/calls.js";
import type { OriginsResult } from "../../../protocol/engine/origins.js";
import { endsTheRun } from "../../base/errors.js";
import { isUsers } from "../../base/source-owner.js";
import { workThrough } from "../../base/work-list.js";
import { pathOfName } from "../../language/rust-paths.js";
import type { OpenUnit } from "../../replay/open.js";
import { Names } from "../rebuild/readable.js";

/** A function that was inlined before LTO. */
export interface InlinedBefore {
  /** Readable, with generic arguments. */
  readonly name: string;
  /** Its first line. */
  readonly source: SourcePlace;
  /** The functions of the bitcode that have its code. */
  readonly into: readonly HolderFunction[];
}

export interface HolderFunction {
  readonly module: string;
  readonly symbol: string;
  /** Readable. */
  readonly name: string;
}

interface Found {
  readonly name: string;
  readonly source: SourcePlace;
  readonly into: Map<string, Omit<HolderFunction, "name">>;
  /** Some module still defines it. */
  isThere: boolean;
}

/**
 * Looks into the modules of crates whose calls have lines of the user's files.
 *
 * @throws LtoError Cancelled
 */
export async function inlinedBeforeLto(
  open: OpenUnit,
  { calls }: CallsReport,
  threads: number,
  signal?: AbortSignal,
): Promise<InlinedBefore[]> {
  const { modules } = open.analyzed.result;
  const withLines = new Set(calls.filter(({ at }) => at !== null && isUsers(at.file)).map(({ module }) => module));
  // The crates that the standard library is made of have lines of files of other machines.
  const standard = new Set(open.inputs.manifest?.upstream.filter(({ place }) => place === "std").map(({ file }) => file));
  const crates = new Set(modules.filter(({ name, file }) => withLines.has(name) && !standard.has(file)).map(({ crate }) => crate));
  const found = new Map<string, Found>();
  await workThrough(
    modules.filter(({ crate }) => crates.has(crate)),
    threads,
    async ({ name, file, member }) => {
      try {
        collect(name, await open.engine.request("origins", { file, ...(member === null ? {} : { member }) }, signal), found);
      } catch (error) {
        if (endsTheRun(error)) throw error;
        // A module that cannot be read has failed in the analysis already.
      }
    },
  );
  const gone = [...found.values()].filter(({ isThere, into }) => !isThere && into.size > 0);
  const names = new Names(open.engine, signal);
  await names.learn([...new Set(gone.flatMap(({ into }) => [...into.values()].map(({ symbol }) => symbol)))]);
  return gone.map(({ name, source, into }) => ({
    name,
    source,
    into: [...into.values()].map((holder) => ({ ...holder, name: names.of(holder.symbol) })),
  }));
}

/** Instances of a generic function have one path and one line, and count as one function. */
function collect(module: string, { written, functions }: OriginsResult, found: Map<string, Found>): void {
  const defined = new Set(functions.map(({ symbol }) => symbol));
  const byIndex = written.map(({ symbol, name, source: { file, line } }): Found | undefined => {
    if (!isUsers(file)) return undefined;
    // A closure can be in the line of its function.
    const key = `${file}:${line}:${pathOfName(name)?.join("::") ?? name}`;
    const known = found.get(key) ?? { name, source: { file, line, column: 0 }, into: new Map(), isThere: false };
    found.set(key, known);
    if (defined.has(symbol)) known.isThere = true;
    return known;
  });
  for (const { symbol, parts } of functions) {
    for (const { written: index, depth } of parts) if (depth > 0) byIndex[index]?.into.set(symbol, { module, symbol });
  }
}
