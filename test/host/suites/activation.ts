import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as vscode from "vscode";
import { describe, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { extension, servers } from "./extension.js";

/** What activation loads and runs, the tables of stages and errors included that all sides share; how long that takes is measured by bench/extension. */
const MOST_BYTES = 75_000;

/** The extension's bundles that were loaded into this host, relative to its folder; all that it ships lies in dist. */
function loaded(): string[] {
  const folder = fs.realpathSync(extension().extensionPath);
  // Where this suite lies does not matter: there is one cache for all. VS Code itself may lie in the same folder, and finds packages of the repository.
  const files = Object.keys(createRequire(__filename).cache).map((file) => path.relative(folder, file));
  return files.filter((file) => file.startsWith(`dist${path.sep}`));
}

describe("activation", () => {
  it("waits for something to do", () => {
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

  it("is followed by the language client with the first question", async () => {
    await vscode.commands.executeCommand(COMMANDS.refresh);
    assert.equal(servers().length, 1);
    assert.deepEqual(loaded(), ["dist/extension.js", "dist/session.js"]);
  });
});
