/** Audits the store: checks every content against its name or digest and each of our files against its format, and finds stray files. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { formatCaptureRef } from "../../protocol/refs.js";
import type { StoreCheck, StoreProblem } from "../../protocol/reports.js";
import { loadUnit } from "./captures.js";
import { damageOf } from "./seal.js";
import { messageOf, throwIfCancelled } from "../base/errors.js";
import { readJsonFile } from "../base/parse.js";
import { runManifest } from "./run-manifest.js";
import { runReport } from "./run-report.js";
import { parseStageRecord } from "./stage-record.js";
import { LIMITS, readTextFile } from "../base/read-file.js";
import { SEALED } from "../base/sealed-file.js";
import { inputFiles, linkFiles, objectFiles } from "./module-files.js";
import { MANIFEST, REPORT } from "./run-folder.js";
import { runSummaryFile } from "./run-summary-format.js";
import { SUMMARY } from "./run-summary.js";
import type { DigestFiles } from "./content-check.js";
import { removeUnused } from "./in-use.js";
import { filesIn, foldersIn, look, StoreRemoval } from "./store-files.js";
import { blobFile, blobOf, recordKeyOf, type StoreLayout } from "./store-layout.js";

/** How many contents to check at once. */
const BATCH = 256;

/** Files that are being written or removed. */
const PASSING = /\.(?:tmp|gone)$/;

export interface CheckOptions {
  /** Remove damaged stages and records, which are then made again. */
  readonly repair: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (what: string) => void;
}

/**
 * Checks everything in the store except Cargo's target folders, which Cargo checks itself. Changes nothing unless `repair` is set.
 *
 * @throws Cancelled, and what starting an engine can throw
 */
export async function checkStore(layout: StoreLayout, digests: DigestFiles, options: CheckOptions): Promise<StoreCheck> {
  return new Check(layout, digests, options).run();
}

class Check {
  readonly #layout: StoreLayout;
  readonly #digests: DigestFiles;
  readonly #options: CheckOptions;
  readonly #problems: StoreProblem[] = [];

  constructor(layout: StoreLayout, digests: DigestFiles, options: CheckOptions) {
    this.#layout = layout;
    this.#digests = digests;
    this.#options = options;
  }

  async run(): Promise<StoreCheck> {
    const blobs = await this.#blobs();
    const named = new Set<string>();
    const records = await this.#records(named);
    const captures = await this.#captures();
    const runs = await this.#runs();
    const verified = await this.#marks();
    for (const part of ["blobs", "stages", "captures", "runs", "verified"] as const) await this.#strays(part, this.#layout[part]);
    const unnamedBlobs = blobs.filter((id) => !named.has(id)).length;
    const problems = this.#problems.sort((left, right) => (left.file < right.file ? -1 : 1));
    return { checked: { blobs: blobs.length, records, captures, runs, verified }, problems, unnamedBlobs };
  }

  async #blobs(): Promise<string[]> {
    const found: string[] = [];
    for (const { file } of await filesIn(this.#layout.blobs)) {
      const id = blobOf(this.#layout, file);
      if (id !== undefined) found.push(id);
      else if (!PASSING.test(file)) this.#note("stray", "blobs", file, "its name is not a blob's");
    }
    for (let first = 0; first < found.length; first += BATCH) {
      this.#step(`contents of ${found.length} blobs`);
      const ids = found.slice(first, first + BATCH);
      const files = ids.map((id) => blobFile(this.#layout, id));
      const digests = await this.#digests(files, this.#options.signal);
      for (const [index, file] of files.entries()) {
        if (digests[index] === ids[index] || (await look(file)) === undefined) continue;
        await this.#remake(
          "blobs",
          file,
          digests[index] === null ? "it cannot be read" : `its content has the digest ${digests[index] ?? ""}`,
        );
      }
    }
    return found;
  }

  async #records(named: Set<string>): Promise<number> {
    this.#step("records");
    let count = 0;
    for (const { file } of await filesIn(this.#layout.stages)) {
      const key = recordKeyOf(this.#layout, file);
      if (key === undefined) {
        if (!PASSING.test(file)) this.#note("stray", "stages", file, "its name is not a record's");
        continue;
      }
      count += 1;
      try {
        const { stages } = parseStageRecord(await readTextFile(file, LIMITS.json), key, file);
        for (const { blob } of stages) named.add(blob);
        const gone = await this.#firstMissing(stages.map(({ blob }) => blobFile(this.#layout, blob)));
        if (gone !== undefined) await this.#remake("stages", file, `it names ${gone}, which is missing`, "missing");
      } catch (error) {
        if ((await look(file)) !== undefined) await this.#remake("stages", file, messageOf(error));
      }
    }
    return count;
  }

  async #firstMissing(files: readonly string[]): Promise<string | undefined> {
    for (const file of files) if ((await look(file)) === undefined) return file;
    return undefined;
  }

  async #captures(): Promise<number> {
    let count = 0;
    for (const unit of await foldersIn(this.#layout.captures)) {
      for (const number of await foldersIn(join(this.#layout.captures, unit))) {
        if (!/^[1-9]\d*$/.test(number)) continue;
        count += 1;
        this.#step(`capture ${formatCaptureRef({ id: unit, capture: Number(number) })}`);
        await this.#capture(join(this.#layout.captures, unit, number));
      }
    }
    return count;
  }

  async #capture(folder: string): Promise<void> {
    try {
      const unit = await loadUnit(this.#layout.root, folder);
      const rustcs = [
        ...Object.values(unit.rustcStages).flatMap((stages) => Object.values(stages)),
        ...objectFiles(unit),
        ...linkFiles(unit),
      ];
      const outside = (unit.outsideLto ?? []).map(({ file }) => file);
      const all = [...inputFiles(unit), ...outside, ...(unit.currentKeysFile === null ? [] : [unit.currentKeysFile]), ...rustcs];
      for (const file of new Set(all)) {
        const found = await look(file);
        if (found === undefined) this.#note("missing", "captures", file, `${join(folder, "manifest.json")} names it`);
      }
    } catch (error) {
      this.#note("damaged", "captures", join(folder, "manifest.json"), messageOf(error));
    }
    try {
      const damage = await damageOf(folder);
      for (const file of damage?.damaged ?? []) this.#note("damaged", "captures", file, "its content is not what was captured");
      for (const file of damage?.missing ?? []) this.#note("missing", "captures", file, "it was captured");
    } catch (error) {
      this.#note("damaged", "captures", folder, messageOf(error));
    }
  }

  async #runs(): Promise<number> {
    this.#step("runs");
    let count = 0;
    for (const id of await foldersIn(this.#layout.runs)) {
      if (id.startsWith(".")) continue;
      count += 1;
      const folder = join(this.#layout.runs, id);
      for (const [name, schema] of [
        [MANIFEST, runManifest],
        [SUMMARY, runSummaryFile],
        [REPORT, runReport],
      ] as const) {
        const file = join(folder, name);
        if ((await look(file)) === undefined) continue;
        await readJsonFile(schema, { what: "A file of a run", file, help: "Remove the run." }).catch((error: unknown) => {
          this.#note("damaged", "runs", file, messageOf(error));
        });
      }
    }
    return count;
  }

  async #marks(): Promise<number> {
    this.#step("verifications");
    const files = (await filesIn(this.#layout.verified)).filter(({ file }) => file.endsWith(".json"));
    for (const { file } of files) {
      try {
        await readJsonFile(SEALED, { what: "A mark of a verification", file, help: "Verify again." });
      } catch (error) {
        this.#note("damaged", "verified", file, messageOf(error));
      }
    }
    return files.length;
  }

  /** Reports links, devices and the like. None of our files is one, and nothing behind them is read or removed. */
  async #strays(part: StoreProblem["part"], folder: string): Promise<void> {
    const found = await look(folder);
    if (found === undefined) return;
    if (!found.isDirectory()) {
      this.#note("stray", part, folder, found.isSymbolicLink() ? "it is a link" : "it is no folder");
      return;
    }
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      this.#note("damaged", part, folder, messageOf(error));
      return [];
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.#strays(part, path);
      else if (!entry.isFile()) this.#note("stray", part, path, entry.isSymbolicLink() ? "it is a link" : "it is no regular file");
    }
  }

  #note(kind: StoreProblem["kind"], part: StoreProblem["part"], file: string, why: string, repaired = false): void {
    this.#problems.push({ kind, part, file, why, repaired });
  }

  /** Files that are made again on request can be removed. */
  async #remake(part: "blobs" | "stages", file: string, why: string, kind: StoreProblem["kind"] = "damaged"): Promise<void> {
    const removed = this.#options.repair
      ? await removeUnused(this.#layout, () => new StoreRemoval(this.#layout.root).removeFile(file))
      : undefined;
    this.#note(kind, part, file, why, removed === "removed");
  }

  #step(what: string): void {
    throwIfCancelled(this.#options.signal, "Checking the store");
    this.#options.progress?.(`checking ${what}`);
  }
}
