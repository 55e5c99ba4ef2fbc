/** What a window asks about explained calls, over the server's protocol: lenses and hovers of the workspace's files, and rows of the Calls view. */
import fs from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CALL_GROUPS, type CallParent } from "../../src/protocol/call-tree.js";
import { TestServer } from "../../test/support/server.js";
import { BenchFailure } from "../lib/failure.js";

export interface WindowFigures {
  /** All that the lenses and hovers of a file need, ms for each file. */
  readonly files: readonly number[];
  /** Functions with a lens, in all files. */
  readonly functions: number;
  /** The first page of rows, ms: of groups, of each group's crates, of the largest crate's functions, and for each text in the filter. */
  readonly rows: readonly number[];
  readonly decisions: number;
}

/** What a user types into the filter: many decisions, few and none. */
const TYPED = ["a", "al", "alloc", "alloc::vec", "nothing at all"];

/** @param unit a captured unit of the store, whose decisions are kept there */
export async function askedByWindow(store: string, workspace: string, unit: string): Promise<WindowFigures> {
  const server = await TestServer.start({ store, folders: [workspace] });
  try {
    const { run } = await server.ask("beginRun", { unit });
    if (run === null) throw new BenchFailure(`No run of ${unit} began.`, "Look at the server's log.");
    await server.ask("explainCalls", { run: run.id });
    const files: number[] = [];
    let functions = 0;
    for (const file of await rustFilesIn(workspace)) {
      const text = await fs.readFile(file, "utf8");
      const uri = pathToFileURL(file).href;
      const begun = performance.now();
      const calls = await server.ask("sourceCalls", { run: run.id, uri, text });
      files.push(performance.now() - begun);
      functions += calls?.functions.length ?? 0;
    }
    return { files, functions, ...(await viewRows(server, run.id)) };
  } finally {
    await server.stop();
  }
}

async function viewRows(server: TestServer, run: string): Promise<Pick<WindowFigures, "rows" | "decisions">> {
  const rows: number[] = [];
  const page = async (parent: CallParent, text = "") => {
    const begun = performance.now();
    const found = await server.ask("callRows", { run, by: "callee", text, parent, offset: 0, limit: 500 });
    rows.push(performance.now() - begun);
    return found?.rows ?? [];
  };
  const groups = await page({});
  for (const group of CALL_GROUPS) {
    const crates = await page({ group });
    const largest = crates.toSorted((left, right) => right.count - left.count)[0];
    if (largest?.below != null) await page(largest.below);
  }
  for (const text of TYPED) await page({}, text);
  return { rows, decisions: groups.reduce((sum, { count }) => sum + count, 0) };
}

async function rustFilesIn(folder: string): Promise<string[]> {
  const names = await fs.readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".rs") && !name.split(path.sep).includes("target")).map((name) => path.join(folder, name));
}
