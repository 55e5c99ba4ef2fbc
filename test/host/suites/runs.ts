import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { before, describe, eventually, it } from "../../support/vscode/in-host.js";
import { COMMANDS } from "../../../src/client/ids.js";
import { readNotes } from "../../../src/core/store/run-notes.js";
import { SUMMARY, summaryOf } from "../../../src/core/store/run-summary.js";
import { storeLayout } from "../../../src/core/store/store-layout.js";
import type { RunManifest } from "../../../src/protocol/runs.js";
import type { RunView } from "../../../src/protocol/views.js";

const layout = storeLayout();
const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";

let made = 0;

/** A run that was cancelled: all that the list needs. The lock of a run's folder needs an addon, which this bundle does not find. */
function madeRun(name: string, built: string): string {
  made += 1;
  const id = `20260101T00000${made}-0123456${made}`;
  const unit = { id: `${name}-bin-01234567`, name: `${name} (bin)`, crateTypes: ["bin"], profile: "release", mode: "thin" } as const;
  const manifest: RunManifest = {
    ...{ schema: 1, id, unit, state: "cancelled", pid: process.pid, saved: {} },
    ...{ startedAt: `2026-01-01T00:00:0${made}Z`, finishedAt: `2026-01-01T00:00:0${made}Z` },
    origin: { source: { unit: `${unit.id}@1` }, workspace: built, llvm: "auto", overrides: {}, outputBytes: null },
  };
  const folder = path.join(layout.runs, id);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, SUMMARY), JSON.stringify(summaryOf(manifest, null)));
  return id;
}

function node(id: string): { readonly kind: "run"; readonly row: Pick<RunView, "id" | "what" | "name" | "unit"> } {
  const unit = { id: "u", name: "demo (bin)", crateTypes: [], profile: "release", mode: "thin" } as const;
  return { kind: "run", row: { id, what: "", name: null, unit } };
}

const folders = (): readonly string[] => (fs.existsSync(layout.runs) ? fs.readdirSync(layout.runs) : []);
const isThere = (id: string): boolean => folders().includes(id);
const isAside = (id: string): boolean => folders().some((name) => name.startsWith(`.${id}.`) && name.endsWith(".deleted"));

describe("the commands of the Runs view", () => {
  let [first, second, third] = ["", "", ""];

  before(async () => {
    first = madeRun("demo", workspace);
    second = madeRun("demo", workspace);
    third = madeRun("other", path.join(workspace, "..", "another workspace"));
    await vscode.commands.executeCommand("lto.runs.focus");
  });

  it("pin and unpin what is selected", async () => {
    const both = [node(first), node(second)];
    await vscode.commands.executeCommand(COMMANDS.pinRun, both[0], both);
    assert.deepEqual(await Promise.all([first, second].map(async (id) => (await readNotes(path.join(layout.runs, id))).pinned)), [
      true,
      true,
    ]);
    await vscode.commands.executeCommand(COMMANDS.unpinRun, both[0], both);
    assert.equal((await readNotes(path.join(layout.runs, first))).pinned, false);
  });

  it("copy the ids", async () => {
    await vscode.commands.executeCommand(COMMANDS.copyRunId, node(first), [node(first), node(second)]);
    assert.equal(await vscode.env.clipboard.readText(), `${first}\n${second}`);
  });

  it("delete at once, and keep the files until the notification is gone", async () => {
    const all = [node(first), node(third)];
    await vscode.commands.executeCommand(COMMANDS.removeRun, all[0], all);
    assert.deepEqual([first, second, third].map(isThere), [false, true, false]);
    assert.deepEqual([first, third].map(isAside), [true, true]);
    await vscode.commands.executeCommand("notifications.clearAll");
    await eventually("files are gone", () => !isAside(first) && !isAside(third));
  });

  it("are about the focused row when they come from the keyboard, whatever was selected", async () => {
    const [later, latest] = [madeRun("demo", workspace), madeRun("demo", workspace)];
    await vscode.commands.executeCommand(COMMANDS.refresh);
    await vscode.commands.executeCommand("lto.runs.focus");
    const focus = async (steps: number): Promise<void> => {
      // Whatever else opens may take the focus.
      await vscode.commands.executeCommand("lto.runs.focus");
      await vscode.commands.executeCommand("list.focusFirst");
      for (let step = 0; step < steps; step++) await vscode.commands.executeCommand("list.focusDown");
    };
    const copied = async (row: number): Promise<string> => {
      await focus(row);
      await vscode.commands.executeCommand(COMMANDS.copyRunId);
      return vscode.env.clipboard.readText();
    };
    await eventually("the ids in the order of the list", async () => (await copied(0)) === latest && (await copied(2)) === second);
    // While the view is filled again, nothing is focused.
    await eventually("the focused run is deleted", async () => {
      if ((await copied(2)) === second) await vscode.commands.executeCommand(COMMANDS.removeRun);
      return !isThere(second);
    });
    assert.deepEqual([isThere(later), isThere(latest)], [true, true]);
    await eventually("the view without it", async () => (await copied(0)) === latest && (await copied(2)) === later);
    const left = (): readonly string[] => [later, latest].filter(isThere);
    await eventually("selected rows are deleted together", async () => {
      await focus(0);
      await vscode.commands.executeCommand("list.toggleSelection");
      await vscode.commands.executeCommand("list.expandSelectionDown");
      await vscode.commands.executeCommand(COMMANDS.copyRunId);
      const ids = await vscode.env.clipboard.readText();
      // The view may be filled again at any moment.
      if (left().every((id) => ids.includes(id))) await vscode.commands.executeCommand(COMMANDS.removeRun);
      else await vscode.commands.executeCommand("list.clear");
      return left().length === 0;
    });
    await vscode.commands.executeCommand("notifications.clearAll");
    await eventually("no run is left", () => folders().length === 0);
  });
});
