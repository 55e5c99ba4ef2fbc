/** One function of a run between the passes, over the server's protocol. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FunctionPasses, PassStep, PassStepRow } from "../../src/protocol/pass-page.js";
import type { PassFunction } from "../../src/protocol/requests/passes.js";
import { NO_FILTERS } from "../../src/protocol/uris.js";
import { skipWithoutRust } from "../support/cli.js";
import { TestServer } from "../support/server.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

const FILTERS = { ...NO_FILTERS, hideDebugInfo: true, stableNumbering: true };

describe("a function between the passes", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let server: TestServer;
  let entry: PassFunction;
  let view: FunctionPasses;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-server-passes-"));
    const store = join(scratch, "store");
    const { unit, workspace } = await copyCaptures(BARE_THIN, store);
    server = await TestServer.start({ store, folders: [workspace] });
    const run = (await server.with(() => server.ask("thin", { source: { unit } }))).id;
    const found = await server.ask("find", {
      ...{ subject: { run }, symbol: "demo_entry", stage: "thin-lto-after-import", limit: 20, filters: NO_FILTERS },
    });
    const { module, symbol } = found.hits.find(({ role }) => role === "defined") ?? assert.fail("demo_entry is not defined");
    entry = { run, module, symbol };
    view = await server.ask("functionPasses", entry);
  });
  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const step = (at: number, more: object = {}): Promise<PassStep> =>
    server.ask("passStep", { ...entry, at, against: "previous", filters: FILTERS, whole: false, ...more });
  const textOf = (rows: readonly PassStepRow[], ...kinds: readonly PassStepRow["kind"][]): string =>
    rows.flatMap((row) => (row.kind !== "fold" && kinds.includes(row.kind) ? [row.text] : [])).join("\n");
  const changes = (): readonly number[] => view.changes.shown.map(({ run }) => run);

  it("has the runs that changed it, in order, with what they changed", () => {
    assert.equal(view.name, "demo_entry");
    assert.ok(view.changes.total > 1, JSON.stringify(view));
    assert.ok(view.runs > view.changes.total);
    assert.deepEqual(
      changes(),
      changes().toSorted((left, right) => left - right),
    );
    for (const { changed } of view.changes.shown) assert.notDeepEqual(changed, []);
  });

  it("lists all runs by range, and those of a pass and kind", async () => {
    const all = { ...entry, text: "", kind: null, changed: false };
    const page = await server.ask("passRuns", { ...all, offset: 1, limit: 5 });
    assert.deepEqual([page.total, page.offset, page.rows.length], [view.runs, 1, 5]);
    const changed = await server.ask("passRuns", { ...all, changed: true, offset: 0, limit: 200 });
    assert.deepEqual(changed.rows, view.changes.shown);
    const named = await server.ask("passRuns", { ...all, text: "simplifycfg", kind: "function", offset: 0, limit: 200 });
    assert.ok(named.total > 0);
    for (const { pass, subject } of named.rows) assert.deepEqual([pass, subject], ["SimplifyCFGPass", "function"]);
  });

  it("shows what a run changed, with the rest folded", async () => {
    for (const run of changes()) {
      const [folded, whole] = [await step(run), await step(run, { whole: true })];
      assert.deepEqual([folded.added, folded.removed], [whole.added, whole.removed]);
      assert.ok(whole.rows.shown.every(({ kind }) => kind !== "fold"));
      const lines = folded.rows.shown.reduce((sum, row) => sum + (row.kind === "fold" ? row.lines : 1), 0);
      assert.equal(lines, whole.rows.total);
    }
  });

  it("compares with the beginning and with any other step", async () => {
    const [first = assert.fail(), ...others] = changes();
    const last = others.at(-1) ?? assert.fail();
    const before = textOf((await step(first, { whole: true })).rows.shown, "same", "removed");
    assert.equal(textOf((await step(last, { against: "start", whole: true })).rows.shown, "same", "removed"), before);
    const same = await step(last, { against: last });
    assert.deepEqual([same.added, same.removed], [0, 0]);
    const { before: left, after: right } = await server.ask("passTexts", { ...entry, at: last, against: "start", filters: FILTERS });
    assert.match(left, /^define .*@demo_entry\(/m);
    assert.match(right, /^define .*@demo_entry\(/m);
    assert.notEqual(left, right);
  });

  it("names the run that made a line", async () => {
    const linesOf = async (at: number, kind: "same" | "added"): Promise<readonly number[]> =>
      (await step(at, { whole: true })).rows.shown.flatMap((row) => (row.kind === kind && row.line !== null ? [row.line] : []));
    const makerOf = async (at: number, line: number): Promise<number | null> =>
      (await server.ask("passMaker", { ...entry, at, line, filters: FILTERS })).run;
    const adding: { readonly at: number; readonly line: number }[] = [];
    for (const at of changes()) {
      const [line] = await linesOf(at, "added");
      if (line !== undefined) adding.push({ at, line });
    }
    const { at, line } = adding.at(-1) ?? assert.fail("no run added a line");
    assert.equal(await makerOf(at, line), at);
    const last = changes().at(-1) ?? assert.fail();
    const makers = new Set<number | null>();
    for (const same of await linesOf(last, "same")) makers.add(await makerOf(last, same));
    assert.ok([...makers].some((run) => run !== null));
    for (const run of makers) assert.ok(run === null || changes().includes(run));
  });

  it("prints the command line of a step", async () => {
    const at = changes()[0] ?? assert.fail();
    const choice = { command: "passes", subject: { run: entry.run }, module: entry.module, function: entry.symbol, at } as const;
    const { line } = await server.ask("cliCommand", choice);
    assert.match(line, new RegExp(` passes \\S+ ${entry.module} --function demo_entry --at ${at}$`));
  });

  it("says which run did change it, and which functions there are", async () => {
    const idle = (await server.ask("passRuns", { ...entry, text: "", kind: null, changed: false, offset: 0, limit: 200 })).rows.find(
      ({ changed }) => changed.length === 0,
    );
    const failed = await server.failure("passStep", { ...entry, at: idle?.run ?? -1, against: "previous", filters: FILTERS, whole: false });
    assert.match(`${failed.message} ${failed.help}`, /did not change demo_entry\. The nearest runs that changed it: /);
    const unknown = await server.failure("functionPasses", { ...entry, symbol: "no_such_function" });
    assert.equal(unknown.name, "UnknownFunction");
  });
});
