/** Assembly of runs, over the server's protocol. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { TestServer } from "../support/server.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

describe("assembly of runs", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let server: TestServer;
  let [unit, workspace, asBuilt, unoptimized] = ["", "", "", ""];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-server-assembly-"));
    const store = join(scratch, "store");
    ({ unit, workspace } = await copyCaptures(BARE_THIN, store));
    server = await TestServer.start({ store, folders: [workspace] });
    asBuilt = (await server.with(() => server.ask("thin", { source: { unit } }))).id;
    // Only the command line replays with other settings.
    const { code } = await new TestCli(store).run(["thin", unit, "--opt-level", "0", "--save-temps", "none"]);
    assert.equal(code, 0);
    const { rows } = await server.ask("runs", { offset: 0, limit: 10 });
    unoptimized = rows.find(({ id }) => id !== asBuilt)?.id ?? assert.fail("the command line's run is not listed");
  });
  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const textOf = async (run: string): Promise<string> => (await server.ask("assembly", { run, symbol: "other::twice" })).lines.join("\n");

  it("is rustc's for a run as the build was", async () => {
    assert.match(await textOf(asBuilt), /^# The same machine code as in rustc's object\.$/m);
  });

  it("has the settings of a run that overrides the build's", async () => {
    const text = await textOf(unoptimized);
    assert.match(text, /^# The same machine code as in the replay's object\.$/m);
    assert.notEqual(text, await textOf(asBuilt));
  });

  it("is compared with that of a run with other settings, the earlier one on the left", async () => {
    const choice = { run: asBuilt, symbol: "other::twice", against: { run: unoptimized } };
    const { isLater, pairs } = await server.ask("compareAssembly", choice);
    assert.equal(isLater, false);
    const [{ name, left, right } = assert.fail("nothing was compared"), ...others] = pairs;
    assert.deepEqual([name, others], ["demo::other::twice", []]);
    const [first, second] = [left, right].map((side) => side?.lines.join("\n") ?? "");
    assert.match(first ?? "", /^# demo::other::twice\n# \d+ bytes of code[^]*\n {4}retq$/m);
    assert.match(second ?? "", /^# demo::other::twice\n# \d+ bytes of code[^]*\n {4}retq$/m);
    assert.notEqual(first, second);
  });

  it("is compared with that of an earlier capture, which has other instructions or the same", async () => {
    const compared = (symbol: string) => server.ask("compareAssembly", { run: asBuilt, symbol, against: { unit: `${unit}@1` } });
    const { isLater, name, differing, pairs } = await compared("other::twice");
    assert.deepEqual([isLater, name, differing, pairs.length], [true, "demo::other::twice", 1, 1]);
    const [before, now] = pairs.flatMap(({ left, right }) => [left?.lines, right?.lines]);
    assert.ok(before !== undefined && now !== undefined);
    assert.notDeepEqual(before, now);
    assert.deepEqual(await compared("demo_entry"), { isLater: true, name: "demo_entry", differing: 0, pairs: [] });
  });

  it("has the earlier capture on the left, whenever it was run", async () => {
    const earlier = (await server.with(() => server.ask("thin", { source: { unit: `${unit}@1` } }))).id;
    const compared = (run: string, against: string) =>
      server.ask("compareAssembly", { run, symbol: "other::twice", against: { run: against } });
    const [now, then] = [await compared(asBuilt, earlier), await compared(earlier, asBuilt)];
    assert.deepEqual([now.isLater, then.isLater], [true, false]);
    assert.deepEqual(
      then.pairs.map(({ left, right }) => [left?.lines, right?.lines]),
      now.pairs.map(({ left, right }) => [left?.lines, right?.lines]),
    );
  });

  it("finds the functions of a source line", async () => {
    const file = join(workspace, "demo", "src", "other.rs");
    const text = await readFile(file, "utf8");
    const ask = (line: number) => server.ask("functionsAt", { run: asBuilt, uri: pathToFileURL(file).href, text, line });
    const line = text.split("\n").findIndex((one) => one.includes("fn twice"));
    assert.deepEqual(await ask(line), { written: "twice", names: ["demo::other::twice"] });
    assert.deepEqual(await ask(text.split("\n").length), { written: null, names: [] });
  });

  it("does not keep the store from being cleared while the rest of a module is generated", async () => {
    await server.ask("clearStore", { what: "stages" });
    const first = await textOf(asBuilt);
    await server.ask("clearStore", { what: "stages" });
    assert.equal(await textOf(asBuilt), first);
  });
});
