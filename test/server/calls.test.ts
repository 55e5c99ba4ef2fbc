/** Calls at the lines of source files, over the wire: by name without line tables, by line with them. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { CallParent, CallTreeRow } from "../../src/protocol/call-tree.js";
import type { CallDirection, CallRowsChoice, FunctionCalls, HierarchyCall, SourceCalls } from "../../src/protocol/requests/calls.js";
import type { Page, Range } from "../../src/protocol/views.js";
import { NO_FILTERS } from "../../src/protocol/uris.js";
import { runTask } from "../support/captured.js";
import { skipWithoutRust } from "../support/cli.js";
import { repository } from "../support/repository.js";
import { TestServer } from "../support/server.js";

type After = (work: () => Promise<void>) => unknown;

async function explained(after: After, environment: Readonly<Record<string, string>>) {
  const scratch = await mkdtemp(join(tmpdir(), "lto-server-calls-"));
  const workspace = join(scratch, "workspace");
  await cp(join(repository, "examples", "rust"), workspace, { recursive: true, filter: (file) => basename(file) !== "target" });
  const server = await TestServer.start({ store: join(scratch, "store"), folders: [workspace] });
  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });
  const { command, reportFile } = await server.ask("captureCommand", { folder: pathToFileURL(workspace).href, packages: ["textstats"] });
  const { code, output } = await runTask({ ...command, env: { ...command.env, ...environment } });
  assert.equal(code, 0, output);
  const { primary } = await server.ask("captureResult", { reportFile, exitCode: code });
  const { run } = await server.ask("beginRun", { unit: primary });
  assert.ok(run !== null);
  const of = async (file: string): Promise<SourceCalls | null> => {
    const path = join(workspace, file);
    return server.ask("sourceCalls", { run: run.id, uri: pathToFileURL(path).href, text: await readFile(path, "utf8") });
  };
  assert.equal(await of("crates/textstats/src/bars.rs"), null);
  const totals = await server.ask("explainCalls", { run: run.id });
  /** The function at the first place of a text in a file. */
  const item = async (file: string, at: string) => {
    const path = join(workspace, file);
    const text = await readFile(path, "utf8");
    const before = text.slice(0, text.indexOf(at)).split("\n");
    const place = { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
    return server.ask("hierarchyItem", { run: run.id, uri: pathToFileURL(path).href, text, ...place });
  };
  const callsOf = async (key: string, direction: CallDirection): Promise<readonly HierarchyCall[]> =>
    (await server.ask("hierarchyCalls", { run: run.id, key, direction })) ?? assert.fail(`${key} is not known`);
  return { server, run: run.id, of, item, callsOf, totals, folder: scratch };
}

function named({ functions }: SourceCalls, name: string): FunctionCalls {
  return (
    functions.find((one) => one.name === `textstats::bars::${name}`) ??
    assert.fail(`${name} is not among ${functions.map((one) => one.name).join(", ")}`)
  );
}

describe("calls", { skip: skipWithoutRust }, () => {
  let shared: Awaited<ReturnType<typeof explained>>;
  const cleanUp: (() => Promise<void>)[] = [];
  before(async () => {
    shared = await explained((work) => cleanUp.push(work), {});
  });
  // Declared here: one that the hook above declares would run at its end.
  after(async () => {
    for (const work of cleanUp) await work();
  });

  it("are known by name for functions of source files, once calls were explained", async () => {
    const { server, run, of, totals } = shared;
    assert.ok(totals.imported > 0 && totals.refused > 0 && totals.inlined > 0 && totals.notInlined > 0);
    assert.deepEqual([totals.checked.importLists.different, totals.checked.code.different, totals.notAvailable], [0, 0, []]);
    const calls = (await of("crates/textstats/src/bars.rs")) ?? assert.fail("nothing is known");
    const bar = named(calls, "bar");
    assert.equal(bar.foundBy, "name");
    assert.ok(!calls.functions.some(({ name }) => name.endsWith("::cells")), "nothing is claimed without line tables");
    assert.match(
      bar.title,
      /^99 of 100 instructions of the import limit · imported into \d+ CGUs · refused by \d+ CGUs · not inlined in \S+: cost \d+ > \d+/,
    );
    assert.ok(bar.decisions.some(({ text, help }) => text.includes("was not imported into") && help.length > 0));
    assert.deepEqual(calls.lines, []);
    const kept = await server.ask("whyKept", { run, symbol: bar.symbols[0] ?? "" });
    assert.equal(kept.name, "textstats::bars::bar");
    assert.equal(kept.sentences[0], "main is kept: the entry of the program, which the C runtime calls.");
    assert.match(kept.links.at(-1)?.text ?? "", /^calls textstats::bars::bar in /);
    assert.equal(kept.links.at(-1)?.place?.function, bar.symbols[0]);
    const assembly = await server.ask("assembly", { run, symbol: bar.symbols[0] ?? "" });
    assert.equal(assembly.name, "textstats::bars::bar");
    assert.match(
      assembly.lines.join("\n"),
      /^# textstats::bars::bar in .*\n# \d+ bytes of code.*\n.*\n# The same machine code as in rustc's object\.\n/,
    );
    assert.deepEqual(assembly.places, [], "no place is claimed without line tables");
    // A decision leads to the function that has the call.
    const [{ module, function: symbol } = assert.fail("no decision")] = bar.decisions;
    const { uri } = await server.ask("stageUri", {
      ...{ subject: { run }, module, stage: "thin-lto-after-import", function: symbol },
      filters: { hideDebugInfo: true, hideGuids: true, hideAttributes: true, demangle: false, stableNumbering: false },
    });
    assert.match(await server.text(uri), /^define /m);
  });

  it("are rows of the Calls view: by verdict, crate and function, filtered and in pages", async () => {
    const { server, run, totals, folder } = shared;
    const range = { offset: 0, limit: 500 };
    const rows = async (
      parent: CallParent,
      { text = "", by = "callee", ...rest }: Partial<CallRowsChoice & Range> = {},
    ): Promise<Page<CallTreeRow>> =>
      (await server.ask("callRows", { run, by, text, parent, ...range, ...rest })) ?? assert.fail("the calls are not known");
    assert.equal(await server.ask("callRows", { run: "another", by: "callee", text: "", parent: {}, ...range }), null);

    const groups = await rows({});
    assert.deepEqual(
      groups.rows.map(({ label }) => label),
      ["Not inlined", "Not imported", "Imported in vain", "Inlined"],
    );
    const [notInlined, notImported] = groups.rows;
    assert.match(notInlined?.line.description ?? "", new RegExp(`^${totals.notInlined.toLocaleString("en")} calls of `));
    assert.match(notImported?.line.description ?? "", new RegExp(`^${totals.refused} imports of `));

    // The workspace's crates come first, and the misses that are nearest to the limit.
    const crates = await rows({ group: "not-imported" });
    assert.ok(["textstats", "text_core", "text_report"].includes(crates.rows[0]?.key ?? ""), JSON.stringify(crates.rows[0]));
    assert.match(crates.rows[0]?.line.words ?? "", /^crate of the workspace /);
    const functions = await rows({ group: "not-imported", crate: "textstats" });
    const misses = functions.rows.flatMap(({ line }) => {
      const [, size, limit] = /^(\d+) of (\d+) instructions/.exec(line.description) ?? [];
      return size === undefined || limit === undefined ? [] : [Number(size) - Number(limit)];
    });
    assert.ok(misses.length > 0);
    assert.deepEqual(
      misses,
      [...misses].sort((left, right) => left - right),
    );

    // Every decision below every row is there exactly once, whatever the size of the pages.
    let decisions = 0;
    for (const { key } of crates.rows) {
      for (const { below, count } of (await rows({ group: "not-imported", crate: key })).rows) {
        const all = await rows(below ?? {});
        assert.equal(all.total, count);
        const second = await rows(below ?? {}, { offset: 1, limit: 1 });
        assert.deepEqual(second.rows, all.rows.slice(1, 2));
        decisions += all.total;
      }
    }
    assert.equal(decisions, totals.refused);

    // A decision says what differs, and opens what shows it.
    for (const group of ["not-inlined", "not-imported", "in-vain", "inlined"] as const) {
      const [crate] = (await rows({ group })).rows;
      const [function_] = (await rows(crate?.below ?? {})).rows;
      const [decision] = (await rows(function_?.below ?? {})).rows;
      assert.ok(decision?.shown !== null && decision?.shown !== undefined, group);
      assert.notEqual(decision.label, "");
      const { uri } = await server.ask("stageUri", {
        ...{ subject: { run }, module: decision.shown.module, stage: "thin-lto-after-import", function: decision.shown.function },
        filters: { hideDebugInfo: true, hideGuids: true, hideAttributes: true, demangle: false, stableNumbering: false },
      });
      assert.match(await server.text(uri), /^(?:define|declare) /m, group);
    }

    // All words of a filter have to match.
    const found = await rows({}, { text: "bars bar COST" });
    assert.ok(found.rows.length > 0 && (found.rows[0]?.count ?? 0) < (notInlined?.count ?? 0));
    assert.equal((await rows({}, { text: "no such function" })).total, 0);

    // The file has the same decisions.
    const file = join(folder, "calls.sarif");
    const uri = pathToFileURL(file).href;
    assert.equal(await server.ask("exportCalls", { run: "another", uri }), null);
    const exported = (await server.ask("exportCalls", { run, uri })) ?? assert.fail("the calls are not known");
    const log: unknown = JSON.parse(await readFile(file, "utf8"));
    assert.ok(typeof log === "object" && log !== null && "version" in log && log.version === "2.1.0");
    assert.ok(exported.results >= totals.refused);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes("sarif")),
      ["calls.sarif"],
    );

    // By caller, the rows below a function are what it calls.
    const [crate] = (await rows({ group: "not-inlined" }, { by: "caller" })).rows;
    const [caller] = (await rows(crate?.below ?? {}, { by: "caller" })).rows;
    const called = await rows(caller?.below ?? {}, { by: "caller" });
    assert.ok(called.rows.every(({ text }) => text.startsWith(`In \`${caller?.label ?? ""}\``)));
  });

  it("are part of a function's page, which says the same as the stages", async () => {
    const { server, run } = shared;
    assert.equal(await server.ask("functionView", { run: "another", symbol: "main" }), null);
    const names = (await server.ask("functionNames", { run, text: "BARS bar" })) ?? assert.fail("the calls are not known");
    const { symbol } = names.shown.find(({ name }) => name === "textstats::bars::bar") ?? assert.fail(JSON.stringify(names.shown));
    const view = (await server.ask("functionView", { run, symbol })) ?? assert.fail("the calls are not known");
    assert.equal(view.name, "textstats::bars::bar");
    assert.match(view.headline, /^Defined in \S+; imported into \d+ CGUs?, refused by \d+; \d+ calls? of it inlined, \d+ not\.$/);
    assert.ok(view.imports.total > 0 && view.incoming.total > 0 && view.outgoing.total > 0);
    const verdicts = view.incoming.shown.map(({ verdict }) => verdict);
    assert.deepEqual(verdicts, [...verdicts].sort().reverse());
    assert.equal(view.copies.shown[0]?.copy, "own");
    for (const { module, symbol: of, copy, fate } of view.copies.shown) {
      const { cells } = await server.ask("functionStages", { subject: { run }, module, symbol: of });
      const [input, imported, optimized] = [cells[0], cells.at(-2), cells.at(-1)];
      assert.equal(input?.state === "defined", copy !== "imported", module);
      assert.ok(imported?.state === "defined" && imported.instructions > 0, module);
      const isKept = fate.startsWith("kept") || fate === "new-signature";
      assert.equal(optimized?.state === "defined", isKept, `${module}: ${fate}`);
    }
    // A diff has both sides, even where only one stage has the function.
    const { module } = view.copies.shown.find(({ copy }) => copy === "imported") ?? assert.fail("nothing imported it");
    const [pair] = (
      await server.ask("compare", {
        ...{ subject: { run }, module, function: symbol, from: "thin-lto-input", to: "thin-lto-after-import", filters: NO_FILTERS },
        ...{ offset: 0, limit: 1 },
      })
    ).rows;
    assert.equal(pair?.change, "added");
    assert.match(await server.text(pair.right ?? ""), /^define /m);
    assert.doesNotMatch(await server.text(pair.left ?? ""), /^define /m);
    // What other passes say comes from the same replay; a function that none of them mentions has no remarks.
    const { remarks, missing } = await server.ask("functionRemarks", { run, name: view.name });
    assert.ok(remarks.total > 0 && remarks.shown.every(({ pass, text }) => pass !== "inline" && text !== ""));
    assert.deepEqual(missing, []);
    for (const other of ["no::such::function", view.name.slice(0, -1)]) {
      assert.equal((await server.ask("functionRemarks", { run, name: other })).remarks.total, 0, other);
    }
    await assert.rejects(server.ask("functionView", { run, symbol: "no_such_function" }), /LTO decided about no function/);
  });

  it("are a hierarchy, whose functions are found by their paths", async () => {
    const { server, item, callsOf } = shared;
    assert.equal(await server.ask("hierarchyCalls", { run: "another", key: "main", direction: "incoming" }), null);
    assert.equal(await item("crates/textstats/src/bars.rs", "WIDTH: usize"), null);
    const bar = (await item("crates/textstats/src/bars.rs", "bar(share: f64)")) ?? assert.fail("nothing is known");
    assert.deepEqual([bar.key, bar.name], ["textstats::bars::bar", "bars::bar"]);
    assert.match(bar.detail, /^99 of 100 instructions .*\. · |· Found in the build by its path, as the build has no line tables for it\.$/);
    // Inside of a function, the name of one that it calls means that one, and anything else the function itself.
    assert.equal((await item("crates/textstats/src/bars.rs", "let mut text"))?.key, bar.key);

    const incoming = await callsOf(bar.key, "incoming");
    assert.ok(incoming.length > 0);
    for (const { item: caller, at } of incoming) {
      assert.match(caller.detail, /^(?:inlined \d+×|not inlined: cost [\d,]+ [>=] \d+|imported into|not imported: )/, caller.key);
      assert.deepEqual(at, []);
      // The edge is the same from its other end.
      const back = (await callsOf(caller.key, "outgoing")).find(({ item: { key } }) => key === bar.key);
      if (back !== undefined) assert.equal(back.item.detail, caller.detail);
    }
    assert.ok(incoming.some(({ item: { detail } }) => /not inlined: cost [\d,]+ > \d+/.test(detail)));
    const back = (await callsOf(incoming[0]?.item.key ?? "", "outgoing")).find(({ item: { key } }) => key === bar.key);
    assert.deepEqual(back?.item.source, bar.source);
    const { file, line, column, endColumn } = bar.source ?? assert.fail("no source");
    assert.equal((await readFile(file, "utf8")).split("\n")[line]?.slice(column, endColumn), "bar");
  });

  it("are known by line for functions and calls of source files, if the build has line tables", async (t) => {
    const { of, item, callsOf } = await explained((work) => t.after(work), { CARGO_PROFILE_RELEASE_DEBUG: "line-tables-only" });
    const calls = (await of("crates/textstats/src/bars.rs")) ?? assert.fail("nothing is known");
    assert.equal(named(calls, "bar").foundBy, "lines");
    // Too small to be in the bitcode still.
    const cells = named(calls, "cells");
    assert.match(cells.title, /^inlined before LTO into bars::bar/);
    assert.deepEqual([cells.foundBy, cells.symbols], ["lines", []]);
    assert.match(cells.decisions[0]?.text ?? "", /^The compiler inlined `\S*cells` into `textstats::bars::bar` before LTO/);
    assert.ok(calls.lines.length > 0);
    for (const { line, decisions } of calls.lines) {
      assert.ok(
        decisions.every(({ text }) => text.includes(`bars.rs:${line + 1}`)),
        JSON.stringify(decisions),
      );
    }
    const bar = (await item("crates/textstats/src/bars.rs", "bar(share: f64)")) ?? assert.fail("nothing is known");
    assert.match(bar.detail, /· Found in the build by the lines of debug info\.$/);
    let placed = 0;
    for (const { item: caller, at } of await callsOf(bar.key, "incoming")) {
      // Functions of the standard library have no source here, but the calls in them do, which were written in closures.
      const { file } = caller.source ?? assert.fail(`${caller.key} has no source`);
      const lines = (await readFile(file, "utf8")).split("\n");
      for (const { line, column } of at) assert.match(lines[line]?.slice(column) ?? "", /^(?:bars::)?bar\(/);
      placed += at.length;
    }
    assert.ok(placed > 0);
  });
});
