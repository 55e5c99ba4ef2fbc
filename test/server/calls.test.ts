/** Calls at the lines of source files, over the wire: by name without line tables, by line with them. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { FunctionCalls, SourceCalls } from "../../src/protocol/requests/calls.js";
import { runTask } from "../support/captured.js";
import { skipWithoutRust } from "../support/cli.js";
import { repository } from "../support/repository.js";
import { TestServer } from "../support/server.js";

async function explained(t: TestContext, environment: Readonly<Record<string, string>>) {
  const scratch = await mkdtemp(join(tmpdir(), "lto-server-calls-"));
  const workspace = join(scratch, "workspace");
  await cp(join(repository, "examples", "rust"), workspace, { recursive: true, filter: (file) => basename(file) !== "target" });
  const server = await TestServer.start({ store: join(scratch, "store"), folders: [workspace] });
  t.after(async () => {
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
  return { server, run: run.id, of, totals };
}

function named({ functions }: SourceCalls, name: string): FunctionCalls {
  return (
    functions.find((one) => one.name === `textstats::bars::${name}`) ??
    assert.fail(`${name} is not among ${functions.map((one) => one.name).join(", ")}`)
  );
}

describe("calls of source files", { skip: skipWithoutRust }, () => {
  it("are known by name for functions, once calls were explained", async (t) => {
    const { server, run, of, totals } = await explained(t, {});
    assert.ok(totals.imported > 0 && totals.refused > 0 && totals.inlined > 0 && totals.notInlined > 0);
    assert.deepEqual([totals.checked.importLists.different, totals.checked.code.different, totals.notAvailable], [0, 0, []]);
    const calls = (await of("crates/textstats/src/bars.rs")) ?? assert.fail("nothing is known");
    const bar = named(calls, "bar");
    assert.equal(bar.foundBy, "name");
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
    // A decision leads to the function that has the call.
    const [{ module, function: symbol } = assert.fail("no decision")] = bar.decisions;
    const { uri } = await server.ask("stageUri", {
      ...{ subject: { run }, module, stage: "thin-lto-after-import", function: symbol },
      filters: { hideDebugInfo: true, hideGuids: true, hideAttributes: true, demangle: false, stableNumbering: false },
    });
    assert.match(await server.text(uri), /^define /m);
  });

  it("are known by line for functions and calls, if the build has line tables", async (t) => {
    const { of } = await explained(t, { CARGO_PROFILE_RELEASE_DEBUG: "line-tables-only" });
    const calls = (await of("crates/textstats/src/bars.rs")) ?? assert.fail("nothing is known");
    assert.equal(named(calls, "bar").foundBy, "lines");
    assert.ok(calls.lines.length > 0);
    for (const { line, decisions } of calls.lines) {
      assert.ok(
        decisions.every(({ text }) => text.includes(`bars.rs:${line + 1}`)),
        JSON.stringify(decisions),
      );
    }
  });
});
