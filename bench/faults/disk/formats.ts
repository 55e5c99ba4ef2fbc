/** The disk formats, and how the product uses each. */
import fs from "node:fs/promises";
import path from "node:path";
import { captureOf, OUTPUT_FILE } from "../../../src/core/producers/rust/capture/fresh.js";
import { listUnits, loadUnit } from "../../../src/core/store/captures.js";
import { withTargetLock } from "../../../src/core/store/target-lock.js";
import { parseMessage } from "../../../src/core/producers/rust/capture/record-channel.js";
import { recordOf } from "../../../src/core/producers/rust/capture/records.js";
import { RustcArguments } from "../../../src/core/pipelines/rustc-args.js";
import { parseRustcLog } from "../../../src/core/pipelines/rustc-log.js";
import { settingsOf } from "../../../src/core/producers/rust/capture/settings.js";
import { sourcesOf } from "../../../src/core/producers/rust/capture/sources.js";
import type { CoreContext } from "../../../src/core/engine/core-context.js";
import { readJournal } from "../../../src/core/engine/journal.js";
import { compareBuilds, symbolDifferences } from "../../../src/core/explain/rebuild/compare.js";
import { KeyIndex } from "../../../src/core/explain/rebuild/key-index.js";
import { sourceEdits } from "../../../src/core/explain/rebuild/source-edits.js";
import { keptLlvm, KEYS_COMPONENTS, readKeys } from "../../../src/core/replay/unit-keys.js";
import { RunHistory } from "../../../src/core/store/history.js";
import { readKeysFile } from "../../../src/core/pipelines/keys-file.js";
import { crateRows, filterRows, groupRows, rowsOfReport, sortRows } from "../../../src/core/views/module-rows.js";
import { unitOfSession } from "../../../src/core/producers/rust/session-unit.js";
import { stageTotals } from "../../../src/core/views/stage-totals.js";
import { timelineOf } from "../../../src/core/views/timeline.js";
import { rowsOfUnit } from "../../../src/core/views/unit-rows.js";
import type { DigestFiles } from "../../../src/core/store/content-check.js";
import { prune } from "../../../src/core/store/prune.js";
import { inventory } from "../../../src/core/store/store-inventory.js";
import type { StageKey } from "../../../src/core/store/store.js";
import { sessionUnit } from "../../../src/core/producers/rust/workspace/leftover-sessions.js";
import { describeSession } from "../../../src/core/pipelines/sessions.js";
import { UnitCatalog } from "../../../src/core/views/unit-catalog.js";
import { unitReport } from "../../../src/cli/capture.js";
import type { Corpus } from "./corpus.js";
import type { FileKind } from "./mutate.js";

/** One use of the file by the product; a failure does not hide other uses. */
export type Use = () => unknown;

export interface Format {
  readonly name: string;
  readonly kind: FileKind;
  /** The files of the corpus that have this format. */
  readonly files: (corpus: Corpus, core: CoreContext) => readonly string[] | Promise<readonly string[]>;
  readonly uses: (corpus: Corpus, core: CoreContext, file: string) => readonly Use[];
  /** The file is one of many, and errors need not name it. */
  readonly anonymous?: boolean;
}

function catalogOf(core: CoreContext): UnitCatalog {
  return new UnitCatalog(core.layout, new RunHistory(core.layout), () => undefined);
}

/** Every listing reads the file, whatever was requested. */
function lists(core: CoreContext): Use[] {
  return [
    () => listUnits(core.layout.root),
    () => catalogOf(core).list(true),
    () => new RunHistory(core.layout).list(),
    () => inventory(core.layout, 1e12),
    () => prune(core.layout, 1e12),
  ];
}

function runUses({ run }: Corpus, core: CoreContext): Use[] {
  const report = () => new RunHistory(core.layout).report(run);
  return [
    ...lists(core),
    () => new RunHistory(core.layout).view(run),
    () => new RunHistory(core.layout).origin(run),
    async () => timelineOf((await report()).timings, { bars: 100 }),
    async () => stageTotals(await report()),
    async () => {
      const rows = rowsOfReport(await report());
      return [
        groupRows(rows),
        crateRows(rows),
        filterRows(rows, { text: "core" }),
        sortRows(rows, "name"),
        sortRows(rows, undefined, true),
      ];
    },
  ];
}

/** Contents are intact here; another part damages them. */
const namesAreDigests: DigestFiles = (files) =>
  Promise.resolve(files.map((file) => `${path.basename(path.dirname(file))}${path.basename(file, ".bc")}`));

/** A stage record that the store finds by this key. */
const KEY: StageKey = {
  engine: { version: "22", revision: "r", library: "l", addon: "a" },
  settings: "s",
  moduleKey: "K",
  module: "faults",
};

export const FORMATS: readonly Format[] = [
  {
    name: "capture manifest",
    kind: "json",
    files: ({ capture }) => [path.join(capture, "manifest.json")],
    uses: ({ unit, capture }, core) => [
      ...lists(core),
      () => loadUnit(core.layout.root, capture),
      () => catalogOf(core).view(unit),
      async () => unitReport(await loadUnit(core.layout.root, unit)),
      async () => rowsOfUnit(await loadUnit(core.layout.root, unit), [], new Map()),
    ],
  },
  {
    name: "output.json",
    kind: "json",
    anonymous: true,
    files: ({ capture }) => [path.join(capture, OUTPUT_FILE)],
    uses: ({ unit, executable }, core) => [() => captureOf(core.layout.root, unit, artifactOf(executable))],
  },
  {
    name: "key components",
    kind: "gzipped json",
    files: ({ capture, store, run }) => [path.join(capture, KEYS_COMPONENTS), path.join(store, "runs", run, KEYS_COMPONENTS)],
    uses: ({ capture }, _, file) => [
      () => keptLlvm(path.dirname(file)),
      async () => {
        const [before, after] = [await readKeys(path.join(path.dirname(capture), "1")), await readKeys(path.dirname(file))];
        if (before === undefined || after === undefined) return undefined;
        const comparison = compareBuilds(new KeyIndex(before), new KeyIndex(after));
        return [...comparison.pairs.values()].map((pair) => symbolDifferences(comparison, pair));
      },
    ],
  },
  {
    name: "kept sources",
    kind: "gzipped json",
    // They improve explanations, but are not needed.
    anonymous: true,
    files: ({ capture }) => [path.join(capture, "sources.json.gz")],
    uses: ({ capture }) => [
      async () => {
        const [before, after] = [await sourcesOf(path.join(path.dirname(capture), "1")), await sourcesOf(capture)];
        return sourceEdits(before, after);
      },
    ],
  },
  {
    name: "key map",
    kind: "text",
    files: ({ capture }) => [path.join(capture, "current-keys.bin"), path.join(capture, "previous-keys.bin")],
    uses: (_, __, file) => [() => readKeysFile(file)],
  },
  {
    name: "session's key map",
    kind: "text",
    anonymous: true,
    files: ({ session }) => [path.join(session, "thin-lto-past-keys.bin")],
    uses: ({ session }) => [() => unitOfSession(session), () => describedSession(session)],
  },
  {
    name: "rustc's log",
    kind: "text",
    anonymous: true,
    files: ({ capture }) => [path.join(capture, "rustc.log")],
    uses: (_, __, file) => [async () => parseRustcLog(await readText(file))],
  },
  { name: "run report", kind: "json", files: ({ store, run }) => [path.join(store, "runs", run, "report.json")], uses: runUses },
  { name: "run summary", kind: "json", files: ({ store, run }) => [path.join(store, "runs", run, "summary.json")], uses: runUses },
  {
    name: "run manifest",
    kind: "json",
    files: async ({ store, run }) => {
      // Without a summary, the manifest is read.
      await fs.rm(path.join(store, "runs", run, "summary.json"), { force: true });
      return [path.join(store, "runs", run, "manifest.json")];
    },
    uses: runUses,
  },
  {
    name: "stage record",
    kind: "json",
    anonymous: true,
    files: async ({ store }, core) => {
      const file = await core.store.record(KEY, [
        {
          stage: "thin-lto-after-pm",
          blob: await someBlob(store),
          bytes: 1,
          instructions: 1,
          functions: 1,
          millis: 1,
          sameAsPrevious: false,
        },
      ]);
      return [file];
    },
    uses: (_, core) => [
      () => core.store.find(KEY, ["thin-lto-after-pm"], namesAreDigests),
      () => inventory(core.layout, 1e12),
      () => prune(core.layout, 1e12),
    ],
  },
  {
    name: "verified mark",
    kind: "json",
    anonymous: true,
    files: ({ store }) => filesIn(path.join(store, "verified")),
    uses: ({ unit }, core) => [() => catalogOf(core).list(true), () => catalogOf(core).view(unit), () => inventory(core.layout, 1e12)],
  },
  {
    name: "wrapper record",
    kind: "json",
    files: async ({ records }) => (await filesIn(records)).filter((file) => file.endsWith(".json")),
    uses: ({ records, executable }, _, file) => [
      async () => {
        const { folder, record } = parseMessage(await readText(file), file);
        const args = new RustcArguments(record.args);
        settingsOf(args, { host: "x86_64-unknown-linux-gnu", release: "1.96.0" });
        return recordOf(artifactOf(executable), [{ folder: path.join(records, folder), record, args }]);
      },
    ],
  },
  {
    name: "target lock",
    kind: "text",
    anonymous: true,
    files: async ({ records }) => {
      const file = path.join(path.dirname(records), "locked", "lock");
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(file, "12345");
      return [file];
    },
    uses: (_, __, file) => [() => withTargetLock(path.dirname(file), undefined, () => Promise.resolve())],
  },
  {
    name: "crash journal",
    kind: "text",
    anonymous: true,
    files: async ({ records }) => {
      const file = path.join(path.dirname(records), "journal");
      await fs.writeFile(file, Buffer.from("!11\nmodule\nstage\n".padEnd(1024, "\0").repeat(4)));
      return [file];
    },
    uses: (_, __, file) => [() => readJournal(file)],
  },
];

function artifactOf(executable: string): Parameters<typeof recordOf>[0] {
  const name = path.basename(executable);
  return {
    ...{ packageId: name, name, kind: ["bin"], crateTypes: ["bin"], srcPath: `crates/${name}/src/main.rs` },
    ...{ test: false, filenames: [executable], executable, fresh: true },
  };
}

function describedSession(folder: string): Promise<unknown> | undefined {
  const session = describeSession(folder);
  return session === undefined ? undefined : sessionUnit(session);
}

async function readText(file: string): Promise<string> {
  const { readTextFile } = await import("../../../src/core/base/read-file.js");
  return readTextFile(file);
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

async function someBlob(store: string): Promise<string> {
  const [file = ""] = await filesIn(path.join(store, "blobs"));
  return `${path.basename(path.dirname(file))}${path.basename(file, ".bc")}`;
}
