/** A run of 10,000 codegen units, requested from the server as the tree does. */
import fs from "node:fs/promises";
import path from "node:path";
import { MANIFEST, REPORT } from "../../src/core/store/run-folder.js";
import { SUMMARY, summaryOf } from "../../src/core/store/run-summary.js";
import { storeLayout } from "../../src/core/store/store-layout.js";
import type { Subject } from "../../src/protocol/uris.js";
import { MOST_ROWS } from "../../src/protocol/views.js";
import { TestServer } from "../../test/support/server.js";
import { fakeRun } from "../../test/webview/support/fake-run.js";
import { BenchFailure } from "../lib/failure.js";

export interface ManyModulesFigures {
  /** The first groups of a run that the server has not read yet, ms; the tree shows these first. */
  readonly firstPaint: number;
  /** The codegen units of the largest group, ms. */
  readonly expand: number;
  readonly shown: number;
  /** The groups, a group's crates and its codegen units for each of some texts in the filter, ms: what the tree requests for a letter. */
  readonly filtered: readonly number[];
}

/** What a user types: few, many and no codegen units match. */
const TYPED = ["c", "co", "cor", "core", "core::", "nothing"];

export async function manyModules(work: string, modules: number): Promise<ManyModulesFigures> {
  const store = path.join(work, "store");
  await fs.rm(store, { recursive: true, force: true });
  const { manifest, report } = fakeRun({ modules });
  const folder = path.join(storeLayout(store).runs, manifest.id);
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, REPORT), JSON.stringify(report));
  await fs.writeFile(path.join(folder, MANIFEST), JSON.stringify(manifest));
  await fs.writeFile(path.join(folder, SUMMARY), JSON.stringify(summaryOf(manifest, report)));
  const server = await TestServer.start({ store });
  try {
    await server.ask("runs", { offset: 0, limit: 1 });
    const subject = { run: manifest.id };
    const opened = performance.now();
    const { groups } = await server.ask("groups", { subject });
    const firstPaint = performance.now() - opened;
    const largest = [...groups].sort((left, right) => right.modules - left.modules)[0];
    if (largest === undefined) throw new BenchFailure("The run of the bench has no groups.", "Check bench/extension/many-modules.ts.");
    const expanded = performance.now();
    const filter = { groups: [largest.group] };
    await server.ask("crates", { subject, filter, offset: 0, limit: MOST_ROWS });
    const { rows } = await server.ask("modules", { subject, filter, offset: 0, limit: MOST_ROWS });
    const expand = performance.now() - expanded;
    const filtered: number[] = [];
    for (const text of TYPED) filtered.push(await filtering(server, subject, text));
    return { firstPaint, expand, shown: rows.length, filtered };
  } finally {
    await server.stop();
  }
}

async function filtering(server: TestServer, subject: Subject, text: string): Promise<number> {
  const from = performance.now();
  const { groups } = await server.ask("groups", { subject, filter: { text } });
  for (const { group } of groups) {
    const filter = { text, groups: [group] };
    await server.ask("crates", { subject, filter, offset: 0, limit: MOST_ROWS });
    await server.ask("modules", { subject, filter, offset: 0, limit: MOST_ROWS });
  }
  return performance.now() - from;
}
