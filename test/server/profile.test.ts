/** Profiles of runs, over the server's protocol. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import type { ProfileReport } from "../../src/protocol/profile.js";
import type { ProfileFormat, ProfileFrame, ProfileView } from "../../src/protocol/requests/profile.js";
import { skipWithoutRust } from "../support/cli.js";
import { TestServer } from "../support/server.js";
import { BARE_THIN, copyCaptures } from "../support/shared-captures.js";

describe("profiles of runs", { skip: skipWithoutRust }, () => {
  let scratch = "";
  let server: TestServer;
  let run = "";
  let view: ProfileView;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "lto-server-profile-"));
    const store = join(scratch, "store");
    const { unit, workspace } = await copyCaptures(BARE_THIN, store);
    server = await TestServer.start({ store, folders: [workspace] });
    run = (await server.with(() => server.ask("thin", { source: { unit } }))).id;
  });
  after(async () => {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  it("can be cancelled, and continue with the traces that were made", async () => {
    const error = await server
      .askWithProgress("profile", { run }, (value, cancel) => {
        if (value.kind === "report") cancel();
      })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    // So small a build may be done before the request to stop arrives.
    if (error !== undefined) assert.equal(error instanceof ResponseError ? error.code : error, LSPErrorCodes.RequestCancelled);
    view = await server.ask("profile", { run });
    assert.deepEqual([view.module, view.notAvailable.total], [null, 0]);
  });

  const near = (left: number, right: number): boolean => Math.abs(left - right) < 1e-6 * Math.max(1, left, right);
  const sum = (list: readonly { readonly millis: number }[]): number => list.reduce((all, { millis }) => all + millis, 0);
  const frame = (is: (one: ProfileFrame) => boolean): number => view.frames.findIndex(is);

  it("have frames whose parts add up to them, from crates to functions", () => {
    const { frames, attributedMillis, crates, modules } = view;
    assert.ok(near(sum(frames.filter(({ parent }) => parent === -1)), attributedMillis));
    for (const list of [crates, modules]) assert.ok(near(sum(list.shown), attributedMillis));
    frames.forEach(({ millis }, index) => {
      const parts = frames.filter(({ parent }) => parent === index);
      assert.ok(parts.length === 0 || near(sum(parts), millis), `${index}: ${millis} and ${sum(parts)}`);
    });
    const pass = frame(({ kind, name }) => kind === "pass" && name === "InstCombinePass");
    const [fn] = frames.filter(({ parent }) => parent === pass);
    assert.equal(fn?.kind, "function");
    assert.match(fn.name, /::/);
    assert.ok(fn.key !== null && fn.key !== fn.name);
  });

  it("list crates, modules, passes and functions, with what took most of each", () => {
    const { modules, passes, functions } = view;
    const [module = assert.fail(), pass = assert.fail(), fn = assert.fail()] = [modules.shown[0], passes.shown[0], functions.shown[0]];
    assert.ok(passes.shown.some(({ name }) => name === module.most?.name));
    assert.ok(pass.runs > 0 && (pass.most?.millis ?? 0) <= pass.millis);
    assert.ok(fn.changed > 0 && fn.within !== null);
    assert.ok(modules.shown.every(({ key }) => key !== null));
  });

  it("can be of one module, whose frames alone they have", async () => {
    const module = view.modules.shown[0]?.key ?? assert.fail();
    const one = await server.ask("profile", { run, module });
    assert.deepEqual(
      one.frames.filter(({ kind }) => kind === "module").map(({ key }) => key),
      [module],
    );
  });

  it("are written for other tools", async () => {
    const written = async (as: ProfileFormat): Promise<string> => {
      const file = join(scratch, `profile.${as}`);
      await server.ask("exportProfile", { run, uri: pathToFileURL(file).href, as });
      return readFile(file, "utf8");
    };
    assert.match(await written("perfetto"), /^\{"displayTimeUnit":"ms","traceEvents":\[/);
    assert.match(await written("folded"), /;InstCombinePass;.* \d+\n/);
    const report = JSON.parse(await written("json")) as ProfileReport;
    assert.deepEqual([report.command, report.unit], ["profile", view.unit]);
  });

  it("are refused for what is no run", async () => {
    const { name } = await server.failure("profile", { run: "20200101T000000-00000000" });
    assert.equal(name, "UnknownRun");
  });
});
