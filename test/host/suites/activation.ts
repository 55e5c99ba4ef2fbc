import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as vscode from "vscode";
import { describe, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

/** The size of the code that activation loads, including the shared tables of stages and errors; bench/extension measures its time. */
const MOST_BYTES = 100_000;

/** The extension's bundles that this host has loaded, relative to its folder; all of them are in dist. */
function loaded(): string[] {
  const folder = fs.realpathSync(extension().extensionPath);
  // This suite may be anywhere: all modules share one cache. VS Code itself may be in the same folder, and finds packages of the repository.
  const files = Object.keys(createRequire(__filename).cache).map((file) => path.relative(folder, file));
  return files.filter((file) => file.startsWith(`dist${path.sep}`));
}

describe("activation", () => {
  it("is not active without a reason", () => {
    assert.equal(extension().isActive, false, "in a folder without Cargo.toml");
    assert.deepEqual(loaded(), []);
  });

  it("loads one small file, without the language client, and starts nothing", async () => {
    await extension().activate();
    assert.deepEqual(servers(), []);
    assert.deepEqual(loaded(), ["dist/extension.js"]);
    const { size } = fs.statSync(path.join(extension().extensionPath, "dist", "extension.js"));
    assert.ok(size < MOST_BYTES, `${size} bytes`);
  });

  it("registers every command", async () => {
    const all = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(COMMANDS).filter((command) => !all.has(command)),
      [],
    );
  });

  it("loads the language client with the first request", async () => {
    await vscode.commands.executeCommand(COMMANDS.refresh);
    assert.equal(servers().length, 1);
    assert.deepEqual(loaded(), ["dist/extension.js", "dist/session.js"]);
  });
});
