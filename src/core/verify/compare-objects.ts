/** Compares the objects of a replay with rustc's own: byte for byte, and if bytes differ, by section and symbol. */
import type { CompareObjectsResult } from "../../protocol/engine/objects.js";
import type { SavedObject } from "../../protocol/engine/stages.js";
import type { ObjectCounts } from "../../protocol/runs.js";
import type { UnitManifest } from "../../protocol/units.js";
import { endsTheRun, messageOf, systemCode } from "../base/errors.js";
import { digestIfEqual } from "../base/file-digest.js";
import type { OpenUnit } from "../replay/open.js";
import type { StageDifference } from "./verify-fat.js";

/** Sections, and symbols of each, that a report names. */
const MOST = 5;

interface Pair {
  readonly module: string;
  readonly what: "object" | "DWARF object";
  readonly ours: string;
  readonly rustcs: string;
}

/** Why the objects of a unit cannot be those of its build, and what to do; undefined: they can. */
export function whyNoObjects(
  { llvm, inputs: { objectSettings } }: OpenUnit,
  { rustcObjects, localModules }: UnitManifest,
): { readonly why: string; readonly help: string } | undefined {
  if (rustcObjects === undefined) {
    return { why: "the capture was made by an earlier version, which kept none of rustc's objects", help: "Capture the unit again." };
  }
  if (!llvm.matchesProducer) return { why: "another LLVM generates other code", help: "Leave out --llvm to use the toolchain's own." };
  const [first] = Object.keys(rustcObjects);
  const module = first ?? localModules[0]?.name ?? "";
  if (objectSettings(module) !== null) return undefined;
  return {
    why: "how rustc generates code for this build's target and options is not known here",
    help: "Capture the unit again, without the linker's own LTO.",
  };
}

export class ObjectComparison {
  readonly #open: OpenUnit;
  readonly #unit: UnitManifest;
  readonly #counts = { identical: 0, different: 0, absent: 0 };
  readonly #different: StageDifference[] = [];
  readonly #unlike: Pair[] = [];
  readonly #blobs = new Map<string, string>();
  readonly #compared = new Map<string, string>();

  constructor(open: OpenUnit, unit: UnitManifest) {
    this.#open = open;
    this.#unit = unit;
  }

  get counts(): ObjectCounts {
    return this.#counts;
  }

  get different(): readonly StageDifference[] {
    return this.#different;
  }

  /** rustc's files that are identical to ours → SHA-256 of the compared content. */
  get compared(): ReadonlyMap<string, string> {
    return this.#compared;
  }

  /** Our objects: module → blob. */
  get objects(): ReadonlyMap<string, string> {
    return this.#blobs;
  }

  /** Whether rustc left an object of a module. */
  has(module: string): boolean {
    return this.#unit.rustcObjects?.[module] !== undefined;
  }

  /** Counts the object of a module that could not be replayed. */
  lost(module: string): void {
    if (this.has(module)) this.#counts.different += 1;
  }

  /** Compares one object; what differs is examined by {@link ObjectComparison.examine}. */
  async compare(module: string, { blob, dwarf }: SavedObject): Promise<void> {
    this.#blobs.set(module, blob);
    const rustcs = this.#unit.rustcObjects?.[module];
    if (rustcs === undefined) {
      // A build that failed may not have got this far.
      if (this.#unit.notLinked !== undefined) return;
      this.#counts.absent += 1;
      this.#different.push({ module, stage: "object", why: "rustc generated code from this module, but its object is missing" });
      return;
    }
    const { store } = this.#open.maker;
    const unlike: Pair[] = [];
    const look = async (what: Pair["what"], ours: string, file: string): Promise<void> => {
      const pair = { module, what, ours: store.blobFile(ours), rustcs: file };
      if (!(await this.#areEqual(pair))) unlike.push(pair);
    };
    await look("object", blob, rustcs.file);
    if (dwarf !== null && rustcs.dwarf !== undefined) await look("DWARF object", dwarf.blob, rustcs.dwarf);
    const lacking = dwarf !== null && rustcs.dwarf === undefined;
    if (lacking) this.#different.push({ module, stage: "DWARF object", why: "rustc split this module's DWARF, but its file is missing" });
    const same = lacking ? "absent" : "identical";
    this.#counts[unlike.length === 0 ? same : "different"] += 1;
    this.#unlike.push(...unlike);
  }

  /** A file of rustc's that is missing or cannot be read is a difference. */
  async #areEqual({ ours, rustcs }: Pair): Promise<boolean> {
    const digest = await digestIfEqual(ours, rustcs).catch(() => undefined);
    if (digest !== undefined) this.#compared.set(rustcs, digest);
    return digest !== undefined;
  }

  /** Names the sections and symbols that differ, one object at a time: a damaged file can crash the engine. @throws LtoError Cancelled */
  async examine(signal?: AbortSignal): Promise<void> {
    const { engine } = this.#open;
    for (const { module, what, ours, rustcs } of this.#unlike.splice(0)) {
      try {
        const found = await engine.request("compareObjects", { ours, theirs: rustcs, most: MOST }, signal);
        this.#different.push({ module, stage: what, why: differenceOf(found) });
      } catch (error) {
        if (endsTheRun(error)) throw error;
        const missing = systemCode(error) === "ENOENT" ? `rustc's file is missing (${rustcs})` : messageOf(error);
        this.#different.push({ module, stage: what, why: `it differs from rustc's, and how cannot be told: ${missing}` });
      }
    }
  }
}

/** ".text.f: 12 bytes instead of 16 (f); .rela.text.f: …" */
export function differenceOf({ sections, more }: CompareObjectsResult): string {
  const parts = sections.map(({ section, why, symbols }) => {
    const names = symbols.length === 0 ? "" : ` (${symbols.join(", ")})`;
    return `${section === "" ? "" : `${section}: `}${why}${names}`;
  });
  return [...parts, ...(more === 0 ? [] : [`${more} more sections`])].join("; ");
}
