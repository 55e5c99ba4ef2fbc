/** The server's start and end, and its answers if there is nothing to inspect. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { ErrorCodes } from "vscode-languageserver/node";
import { STAGE_SCHEME } from "../../src/protocol/uris.js";
import { skipWithoutRust } from "../support/cli.js";
import { isRunning, reportIn, TestServer, until, type TestServerOptions } from "../support/server.js";

const scratch = mkdtempSync(path.join(os.tmpdir(), "lto-server-test-"));
const servers: TestServer[] = [];

after(async () => {
  for (const server of servers) server.process.kill("SIGKILL");
  await fs.rm(scratch, { recursive: true, force: true });
});

async function start(options: Partial<TestServerOptions> = {}): Promise<TestServer> {
  const server = await TestServer.start({ store: path.join(scratch, "store"), ...options });
  servers.push(server);
  return server;
}

/** Loads every libLLVM that is found in a separate engine. */
async function withEngines(): Promise<{ server: TestServer; engines: number[] }> {
  const server = await start();
  await server.ask("llvmCandidates", {});
  const engines = server.engines();
  assert.ok(engines.length > 0, "no engine was started");
  return { server, engines };
}

async function allGone(pids: readonly (number | undefined)[]): Promise<void> {
  await until(() => pids.every((pid) => pid === undefined || !isRunning(pid)), `the end of ${pids.join(", ")}`);
}

describe("start and end", () => {
  it("declares its capabilities, and exits with 0 on request", async () => {
    const server = await start();
    assert.deepEqual(server.initialized.capabilities.workspace, {
      workspaceFolders: { supported: true, changeNotifications: true },
      textDocumentContent: { schemes: [STAGE_SCHEME] },
    });
    assert.equal(await server.stop(), 0);
  });

  it("ends its engines on an orderly shutdown", async (t) => {
    if (skipWithoutRust !== false) {
      t.skip(skipWithoutRust);
      return;
    }
    const { server, engines } = await withEngines();
    await server.stop();
    await allGone(engines);
  });

  it("exits with its engines if the client disappears", async (t) => {
    if (skipWithoutRust !== false) {
      t.skip(skipWithoutRust);
      return;
    }
    const { server, engines } = await withEngines();
    const ended = once(server.process, "exit");
    server.process.disconnect();
    await ended;
    await allGone(engines);
  });

  it("leaves no engine behind if it is killed", async (t) => {
    if (skipWithoutRust !== false) {
      t.skip(skipWithoutRust);
      return;
    }
    const { server, engines } = await withEngines();
    server.process.kill("SIGKILL");
    await allGone([server.process.pid, ...engines]);
  });

  it("reads nothing before the first request", async () => {
    const store = path.join(scratch, "untouched");
    const server = await start({ store, folders: [scratch] });
    await server.connection.sendRequest("shutdown");
    assert.deepEqual(server.engines(), []);
    await assert.rejects(fs.stat(store));
    await server.stop();
  });
});

describe("nothing to inspect", () => {
  it("a folder without Cargo has no units and is not an error", async () => {
    const folder = path.join(scratch, "empty");
    await fs.mkdir(folder, { recursive: true });
    const server = await start({ folders: [folder] });
    const { total, rows, folders } = await server.ask("units", { offset: 0, limit: 10 });
    assert.deepEqual([total, rows, folders], [0, [], [{ folder: pathToFileURL(folder).href, homes: [], problem: null }]]);
    await server.stop();
  });

  it("errors name what was being done, the file and the help", async (t) => {
    if (skipWithoutRust !== false) {
      t.skip(skipWithoutRust);
      return;
    }
    const server = await start();
    const folder = path.join(scratch, "library");
    await fs.mkdir(path.join(folder, "src"), { recursive: true });
    await fs.writeFile(path.join(folder, "Cargo.toml"), '[package]\nname = "only-a-library"\nversion = "0.1.0"\nedition = "2021"\n');
    await fs.writeFile(path.join(folder, "src", "lib.rs"), "pub fn one() -> u32 { 1 }\n");
    assert.deepEqual((await server.ask("buildChoices", { folder: pathToFileURL(folder).href })).packages, []);
    const nothing = await server.failure("plan", { folder: pathToFileURL(folder).href });
    assert.equal(nothing.name, "NothingToInspect");
    assert.equal(nothing.file, folder);
    assert.match(nothing.help ?? "", /program|example/);

    const broken = path.join(scratch, "broken");
    await fs.mkdir(broken, { recursive: true });
    await fs.writeFile(path.join(broken, "Cargo.toml"), "[package\n");
    for (const request of ["plan", "buildChoices"] as const) {
      assert.equal((await server.failure(request, { folder: pathToFileURL(broken).href })).name, "NothingToInspect");
    }
    await server.setFolders([broken]);
    await until(async () => (await server.ask("units", { offset: 0, limit: 1 })).folders.length === 1, "the folder");
    const { folders } = await server.ask("units", { offset: 0, limit: 1 });
    assert.equal(folders[0]?.problem?.name, "NothingToInspect");
    assert.match(folders[0].problem.output ?? "", /Cargo\.toml/);
    await server.stop();
  });

  it("unknown objects are refused by name", async () => {
    const server = await start();
    assert.equal((await server.failure("run", { run: "20200101T000000-00000000" })).name, "UnknownRun");
    assert.equal((await server.failure("run", { run: "../../etc" })).name, "UnknownRun");
    assert.equal((await server.failure("removeRun", { run: "." })).name, "UnknownRun");
    assert.equal((await server.failure("unit", { unit: "no-such-unit" })).name, "UnknownUnit");
    assert.equal((await server.failure("thin", { source: { unit: "no-such-unit" } })).name, "UnknownUnit");
    assert.equal((await server.failure("groups", { subject: { unit: "no-such-unit" } })).name, "UnknownUnit");
    assert.equal((await server.failure("captureResult", { reportFile: "/etc/passwd" })).name, "Usage");
    const missing = path.join(scratch, "missing.bc");
    const unreadable = await server.failure("thin", { source: { files: [pathToFileURL(missing).href] } });
    assert.equal(unreadable.name, "UnreadableFile");
    assert.equal(unreadable.file, missing);
    assert.ok(unreadable.help);
    assert.equal((await server.failure("thin", { source: { files: ["untitled:Untitled-1"] } })).name, "Usage");
    assert.equal((await server.failure("thin", { source: { files: [pathToFileURL(scratch).href] } })).name, "NothingToInspect");
    await server.stop();
  });

  it("a document is refused if its URI is not that of a stage", async () => {
    const server = await start();
    for (const uri of [
      "lto-stage:/run/x",
      "lto-stage:/unit/a/b/c.ll?no-such-stage",
      "file:///tmp/a.ll",
      "lto-stage:/run/a%zz/b/c.ll?thin-lto-input",
    ]) {
      const error: unknown = await server.text(uri).then(
        () => assert.fail(uri),
        (reason: unknown) => reason,
      );
      assert.equal(reportIn(error).name, "Usage", uri);
    }
    const unknown = "lto-stage:/run/20200101T000000-00000000/module/title.ll?thin-lto-input";
    const error: unknown = await server.text(unknown).then(
      () => assert.fail(unknown),
      (reason: unknown) => reason,
    );
    assert.equal(reportIn(error).name, "UnknownRun");
    await server.stop();
  });
});

describe("settings", () => {
  it("come with initialize, and through workspace/configuration if they change", async () => {
    let configured: unknown = { store: { path: path.join(scratch, "first") }, quota: "nonsense" };
    const server = await start({ settings: { threads: 1 }, configuration: () => configured });
    await until(async () => (await server.ask("store", {})).root === path.join(scratch, "first"), "the first store");
    configured = { store: { path: path.join(scratch, "second"), quota: 3 }, threads: -4, libLLVM: 7 };
    await server.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await until(async () => (await server.ask("store", {})).root === path.join(scratch, "second"), "the second store");
    assert.equal((await server.ask("store", {})).quotaBytes, 3e9);
    await server.stop();
  });

  it("from initialize are enough if the client does not support workspace/configuration", async () => {
    const place = path.join(scratch, "given");
    const server = await start({ settings: { store: { path: place, quota: 1 } } });
    assert.equal((await server.ask("store", {})).root, place);
    const { command } = await server.ask("captureCommand", { folder: pathToFileURL(scratch).href, profile: "fast", packages: ["a b"] });
    assert.equal(command.env["LTO_INSPECTOR_STORE"], place);
    assert.deepEqual(command.args.slice(1, 7), ["capture", scratch, "--profile", "fast", "--package", "a b"]);
    const scope = {
      examples: ["e"],
      tests: ["t"],
      benches: ["b"],
      features: ["--features=x,y", "--no-default-features"],
      targets: ["i686-pc-windows-gnu"],
    };
    const again = (await server.ask("captureCommand", { folder: pathToFileURL(scratch).href, ...scope })).command.args;
    assert.deepEqual(again.slice(5, 12), ["--example", "e", "--test", "t", "--bench", "b", "--json"]);
    assert.deepEqual(again.slice(13), [
      "--progress",
      `${again[12] ?? ""}.progress`,
      "--",
      "--features=x,y",
      "--no-default-features",
      "--target=i686-pc-windows-gnu",
    ]);
    for (const wrong of [{ targets: ["own.json"] }, { targets: ["--config=x"] }]) {
      const choice = { folder: pathToFileURL(scratch).href, ...wrong };
      await assert.rejects(server.ask("captureCommand", choice), { code: ErrorCodes.InvalidParams });
    }
    const other = { folder: pathToFileURL(scratch).href, features: ["--config=build.rustc='/tmp/x'"] };
    await assert.rejects(server.ask("captureCommand", other), { code: ErrorCodes.InvalidParams });
    await server.stop();
  });
});

describe("a client that sends nonsense", () => {
  const trusted = { trusted: true };
  const cases: readonly Readonly<Record<string, unknown>>[] = [
    { capabilities: null },
    { capabilities: { workspace: 7 }, workspaceFolders: [{ uri: 7 }, null] },
    { workspaceFolders: 7, initializationOptions: { ...trusted, settings: [] } },
    { initializationOptions: { ...trusted, settings: { threads: -1, store: 7, libLLVM: {}, profile: null } } },
    { processId: "x", initializationOptions: { ...trusted, settings: { store: { path: "\u0000" } } } },
  ];
  for (const initialize of cases) {
    it(`is served with the valid parts: ${JSON.stringify(initialize)}`, async () => {
      const server = await start({ initialize });
      for (const method of ["workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders"]) {
        await server.connection.sendNotification(method, { event: null });
      }
      assert.deepEqual((await server.ask("units", { offset: 0, limit: 1 })).rows, []);
      await server.stop();
    });
  }

  it("about trust is not trusted", async () => {
    for (const options of [null, 7, "trusted", { trusted: "yes" }, { trusted: 1 }]) {
      const server = await start({ initialize: { initializationOptions: options } });
      assert.equal((await server.failure("units", { offset: 0, limit: 1 })).name, "Untrusted");
      await server.stop();
    }
  });
});

describe("a client that does not declare the workspace trusted", () => {
  it("gets no answers that need a process", async () => {
    const server = await start({ trusted: false });
    assert.equal((await server.failure("units", { offset: 0, limit: 1 })).name, "Untrusted");
    assert.equal((await server.failure("doctor", {})).name, "Untrusted");
    assert.equal((await server.failure("llvmCandidates", {})).name, "Untrusted");
    assert.deepEqual(server.engines(), []);
    assert.equal(await server.stop(), 0);
  });
});
