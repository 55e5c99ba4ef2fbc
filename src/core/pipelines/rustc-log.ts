/**
 * rustc's own log of LTO: the messages of `rustc_codegen_llvm::back::lto` and `rustc_codegen_ssa::back::lto` at level info.
 *
 * Source of the messages: `prepare_lto`, `thin_lto` in `compiler/rustc_codegen_llvm/src/back/lto.rs`, and `exported_symbols_for_lto` in
 * `compiler/rustc_codegen_ssa/src/back/lto.rs` (1.95 to 1.97).
 */
import type { RustcDecisions } from "../../protocol/units.js";
import { dictionary } from "../base/dictionary.js";
import { rustString } from "./rust-string.js";

export interface RustcLog extends RustcDecisions {
  /** Members of rlibs, in the order in which their bitcode was added. */
  readonly addedBitcode: readonly string[];
  /** Fat LTO: the base module, then the modules that were linked into it. */
  readonly linked: readonly string[];
}

const PREFIX = /^\s*(?:TRACE|DEBUG|INFO|WARN|ERROR)\s+rustc_codegen_(?:llvm|ssa)::back::lto\s+/;

class Reader {
  preservedSymbols: number | null = null;
  previousKeys: Record<string, string> | null = null;
  currentKeys = dictionary<string>();
  readonly verdicts = dictionary<"re-used" | "re-compiled">();
  readonly localModules: string[] = [];
  readonly upstreamOrCachedModules: string[] = [];
  readonly addedBitcode: string[] = [];
  readonly linked: string[] = [];
  messages = 0;
  #map: Record<string, string> | undefined;

  line(line: string): void {
    if (!PREFIX.test(line)) this.#mapLine(line);
    else this.#message(line.replace(PREFIX, ""));
  }

  #message(message: string): void {
    this.#map = undefined;
    this.messages += 1;
    const [, count] = /^(\d+) symbols to preserve in this crate/.exec(message) ?? [];
    if (count !== undefined) this.preservedSymbols = Number(count);
    const [, added] = /^adding bitcode from (.*)$/.exec(message) ?? [];
    if (added !== undefined) this.addedBitcode.push(added);
    const [, local] = /^local module: \d+ - (.*)$/.exec(message) ?? [];
    if (local !== undefined) this.localModules.push(local);
    // "or cached" up to 1.95; later rustcs count cached modules among the local ones.
    const [, cached] = /^upstream (?:or cached )?module (".*")$/.exec(message) ?? [];
    if (cached !== undefined) this.upstreamOrCachedModules.push(rustString(cached));
    const [, linked] = /^(?:using|linking) (".*?")(?: as a base module)?$/.exec(message) ?? [];
    if (linked !== undefined) this.linked.push(rustString(linked));
    const [, module, verdict] = /^ ?- (.*): (re-used|re-compiled)$/.exec(message) ?? [];
    if (module !== undefined) this.verdicts[module] = verdict === "re-used" ? "re-used" : "re-compiled";
    this.#mapBegins(message);
  }

  #mapBegins(message: string): void {
    if (message.startsWith("curr_key_map:")) this.#map = this.currentKeys = dictionary();
    else if (message.startsWith("prev_key_map: Some")) this.#map = this.previousKeys = dictionary();
  }

  #mapLine(line: string): void {
    const match = /^\s*("(?:[^"\\]|\\.)*"): "([^"]*)",?$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined && this.#map !== undefined) this.#map[rustString(match[1])] = match[2];
  }
}

/** @returns null if the text has no messages of LTO (rustc did none, or logs nothing). */
export function parseRustcLog(text: string): RustcLog | null {
  const reader = new Reader();
  for (const line of text.split("\n")) reader.line(line.replace(/\r$/, ""));
  const { preservedSymbols, previousKeys, currentKeys, verdicts, localModules, upstreamOrCachedModules, addedBitcode, linked } = reader;
  if (reader.messages === 0) return null;
  return { preservedSymbols, previousKeys, currentKeys, verdicts, localModules, upstreamOrCachedModules, addedBitcode, linked };
}
