/** Failures as the user sees them: what failed, on what, and what to do; and the next run works. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { signalProcess } from "../../scripts/lib/processes.mjs";
import type { Process } from "../../scripts/lib/processes.mjs";
import type { VscodeServer } from "../../scripts/lib/vscode-server.mjs";
import { tryLock } from "../../src/core/base/file-lock.js";
import { eventually } from "../support/vscode/dom.js";
import { windowTest } from "../support/vscode/e2e.js";
import { chooseFromMenu } from "../support/vscode/tree.js";
import type { WorkspaceFiles } from "../support/vscode/sandbox.js";
import { buildAndInspect, HELLO, MAIN, MANIFEST } from "../support/vscode/hello.js";

function running(server: VscodeServer, program: string): Process[] {
  return server.processes().filter(({ command }) => command.includes(`dist/${program}.js`));
}

async function whenRunning(server: VscodeServer, program: string): Promise<Process> {
  const [found] = await eventually(
    program,
    () => Promise.resolve(running(server, program)),
    (all) => all.length > 0,
  );
  assert.ok(found !== undefined);
  return found;
}

windowTest(
  "Restricted Mode: views explain themselves, and nothing is executed",
  { workspace: HELLO, askTrust: true },
  async ({ window, server }) => {
    await window.openContainer("LTO Inspector");
    assert.match(await window.tree("Codegen Units").welcome(), /^Nothing is built or run in Restricted Mode/);
    assert.match(await window.tree("Units").welcome(), /^In Restricted Mode, nothing is read here/);
    assert.deepEqual(await window.emptyButtons(), ["Manage Workspace Trust"]);
    await window.threePictures("restricted");
    await window.command("LTO: Run Thin LTO");
    const { message, buttons } = await window.notification(/not trusted/);
    assert.match(message, /builds and runs nothing in Restricted Mode/);
    assert.deepEqual(buttons, ["Manage Workspace Trust"]);
    assert.deepEqual(
      ["server", "cli", "engine-host"].flatMap((program) => running(server, program)),
      [],
    );
    await window.trust();
    await window.page.getByText("Nothing to inspect yet").waitFor();
    assert.deepEqual(await window.emptyButtons(), ["Run Thin LTO"]);
  },
);

windowTest(
  "a folder with nothing to inspect, a corrupt file, and no libLLVM",
  { workspace: { "broken.rlib": "this is no archive" } },
  async ({ window }) => {
    await window.openContainer("LTO Inspector");
    await window.page.getByText("There is no Cargo.toml here").waitFor();
    assert.equal(await window.tree("Codegen Units").welcome(), "No run is shown.");
    assert.deepEqual(await window.emptyButtons(), ["Open Folder"]);
    for (const command of ["LTO: Run Thin LTO", "LTO: Capture Build"]) {
      await window.command(command);
      const nothing = await window.notification(/Cargo/);
      assert.equal(nothing.severity, "error");
      assert.deepEqual(nothing.buttons, ["Open Folder", "Show Log"], "no button repeats the same failure");
      await window.clearNotifications();
    }

    await window.openContainer("Explorer");
    const file = window.page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: "broken.rlib" });
    await file.click({ button: "right" });
    await chooseFromMenu(window.page, "Run Thin LTO Here");
    const corrupt = await window.notification(/broken\.rlib/);
    assert.equal(corrupt.severity, "error");
    assert.ok(corrupt.buttons.length > 0);
    await window.clearNotifications();

    await window.configure({ "lto.libLLVM": "/no/such/libLLVM.so" });
    await file.click({ button: "right" });
    await chooseFromMenu(window.page, "Run Thin LTO Here");
    const without = await window.notification(/libLLVM/);
    assert.equal(without.severity, "error");
    assert.deepEqual(without.buttons, ["Select LLVM", "Show Log"]);
    await window.threePictures("no-libllvm");
  },
);

windowTest(
  "a build that fails, a run that is cancelled, an engine and a server that are killed: each is reported, and the next run works",
  { workspace: { "Cargo.toml": MANIFEST, "src/main.rs": "fn main() { nonsense }\n" } },
  async ({ window, server, sandbox }, step) => {
    const main = path.join(sandbox.workspace, "src/main.rs");
    await window.openContainer("LTO Inspector");

    await step("a failed build", async () => {
      await buildAndInspect(window);
      const { message, severity, buttons } = await window.notification(/^The build failed/);
      assert.equal(severity, "error", message);
      assert.match(message, /^The build failed: 1 error\. Fix what Cargo reports, then run LTO again\.$/);
      assert.deepEqual(buttons, ["Show Problems", "Show Terminal"]);
      await window.whenTerminal(/could not compile `hello`/);
      await window.answer(/The build failed/, "Show Problems");
      const problem = window.page.locator(".markers-panel .monaco-list-row").filter({ hasText: "cannot find value `nonsense`" });
      await problem.waitFor();
      assert.match((await problem.textContent()) ?? "", /cargo \(LTO Inspector\).*E0425.*Ln 1, Col 13/);
      await window.threePictures("build-failed");
      fs.writeFileSync(main, MAIN);
      await window.clearNotifications();
    });

    await step("cancel", async () => {
      await buildAndInspect(window);
      await whenRunning(server, "engine-host");
      await window.answer(/Verifying hello/, "Cancel");
      await window.page
        .locator(".notifications-toasts")
        .getByText(/Verifying hello/)
        .waitFor({ state: "hidden" });
      assert.equal(await window.page.locator(".notification-list-item-icon.codicon-error").count(), 0, "a cancellation is not an error");
    });

    await step("an engine that is killed repeatedly only fails its active modules", async () => {
      // The cancelled run's stages would leave little to do. Its engine may still write its last stage, so the folder may not be empty at once.
      const again = { maxRetries: 10, retryDelay: 100 };
      for (const folder of ["stages", "blobs"]) fs.rmSync(path.join(sandbox.store, folder), { recursive: true, force: true, ...again });
      await window.command("LTO: Run Thin LTO");
      const killing = setInterval(() => {
        for (const { pid } of running(server, "engine-host")) signalProcess(pid, "SIGKILL");
      }, 200);
      try {
        // Either the analysis and so the run fails, or the engine's active modules.
        const told = await window.notification(/engine|failed/i);
        assert.notEqual(told.severity, "info", told.message);
      } finally {
        clearInterval(killing);
      }
      assert.equal(running(server, "server").length, 1);
      await window.clearNotifications();
    });

    await step("a killed server is restarted, and the views recover", async () => {
      const before = await whenRunning(server, "server");
      signalProcess(before.pid, "SIGKILL");
      const after = await eventually(
        "another server",
        () => Promise.resolve(running(server, "server")),
        (all) => all.some(({ pid }) => pid !== before.pid),
      );
      assert.equal(after.length, 1);
      await window.tree("Units").whenRows("unit", (rows) => rows.some(({ label }) => label === "hello (bin)"));
    });

    await step("the next run works", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.notification(/\d+ CGUs, not incremental, verified/);
      await window.whenStatusBar(/LTO \d+ CGUs, not incremental/);
      await window.clearNotifications();
    });

    await step("a build of the same workspace that is in progress elsewhere", async () => {
      const targets = path.join(sandbox.store, "targets");
      const locks = await Promise.all(fs.readdirSync(targets).map((name) => tryLock(path.join(targets, name, "lock"))));
      await window.command("LTO: Run Thin LTO");
      const { message, severity } = await window.notification(/another|under way/i);
      assert.equal(severity, "error", message);
      for (const lock of locks) await lock?.release();
      await window.clearNotifications();
    });

    await step("a store that cannot be written", async () => {
      // Not even root can create a folder below a file.
      await window.configure({ "lto.store.path": path.join(main, "store") });
      await window.command("LTO: Run Thin LTO");
      const { message, severity } = await window.notification(/main\.rs\/store/);
      assert.equal(severity, "error", message);
      await window.configure({ "lto.store.path": "" });
      await window.clearNotifications();
    });

    await step("a disk that is too small", async () => {
      const disk = path.join(sandbox.folder, "disk");
      fs.mkdirSync(disk);
      // Only root can mount; the command line's tests check the same errors without a window.
      if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]).status !== 0) return;
      try {
        await window.configure({ "lto.store.path": path.join(disk, "store") });
        await buildAndInspect(window);
        const { message, severity, buttons } = await window.notification(/MB/);
        assert.equal(severity, "error", message);
        assert.ok(buttons.includes("Clear Store"), buttons.join(", "));
      } finally {
        await window.configure({ "lto.store.path": "" });
        spawnSync("umount", [disk]);
      }
      await window.clearNotifications();
    });

    await step("an LLVM that did not write the bitcode", async () => {
      await window.configure({ "lto.libLLVM": "system" });
      await window.command("LTO: Run Thin LTO");
      const { message, severity } = await window.notification(/CGUs.*LLVM|libLLVM/);
      // Debian's library may be the one that its rustc used.
      if (!message.includes("same LLVM")) assert.equal(severity, "warning", message);
    });
  },
);

/** The reference from a crate outside LTO does not count: fat LTO internalises the function, and the linker misses it. */
const NOT_LINKED: WorkspaceFiles = {
  "Cargo.toml": `[workspace]\nmembers = ["app", "nb", "gen"]\nresolver = "2"\n\n[profile.release]\nlto = "fat"\n`,
  "app/Cargo.toml": `${crateManifest("app")}\n[dependencies]\nnb = { path = "../nb" }\n`,
  "app/src/main.rs": `fn main() {\n    println!("{}", nb::total(&[1, 2]));\n}\n`,
  "nb/Cargo.toml": `${crateManifest("nb")}\n[dependencies]\ngen = { path = "../gen" }\n`,
  "nb/src/lib.rs": `#![no_builtins]\npub fn total(v: &[u32]) -> u32 {\n    v.iter().fold(0, |sum, &one| gen::plus(sum, one))\n}\n`,
  "gen/Cargo.toml": crateManifest("gen"),
  "gen/src/lib.rs": `#[inline(never)]\npub fn plus(a: u32, b: u32) -> u32 {\n    a.wrapping_add(b).rotate_left(1)\n}\n`,
};

function crateManifest(name: string): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`;
}

windowTest(
  "a build that fails when it is linked: its stages are shown, and come back in a dashboard when the folder is trusted again",
  { workspace: NOT_LINKED, askTrust: true, size: { width: 1280, height: 1100 } },
  async ({ window }, step) => {
    const failed = /app \(bin\) was not linked/;
    const dashboard = window.editors.webview();

    await step("the unit is kept and marked as not linked, and its stages can be shown", async () => {
      await window.trust();
      await window.editors.closeAll();
      await window.openContainer("LTO Inspector");
      await window.command("LTO: Run Fat LTO");
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      const { message, severity, buttons } = await window.notification(/build failed/i);
      assert.equal(severity, "error", message);
      assert.match(
        message,
        /^The build failed: 1 error\. The stages of app \(bin\) were kept\. Fix what Cargo reports, then run LTO again\.$/,
      );
      assert.deepEqual(buttons, ["Show Problems", "Show Stages", "Show Terminal"]);
      await window
        .tree("Units")
        .whenRows("unit", (rows) => rows.some(({ label, description }) => label === "app (bin)" && description.includes("not linked")));
      await window.answer(/build failed/i, "Show Stages");
      await window.whenStatusBar(/Fat LTO \d+ linked/);
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      await window.tree("Codegen Units").whenRows("note", (rows) => rows.some(({ label }) => label.startsWith("Outside LTO: nb")));
      await window.threePictures("not-linked");
    });

    await step("the dashboard says so, and lists the crates outside LTO", async () => {
      await window.command("LTO: Open Dashboard");
      await dashboard.getByText(failed).first().waitFor();
      await dashboard.getByText(/^nb, .*: linked as they are$/).waitFor();
      await window.threePictures("not-linked-dashboard");
    });

    await step("in Restricted Mode it shows nothing, and when trust is granted it shows the run again", async () => {
      const tab = window.page.getByRole("tab", { name: /^LTO Dashboard/ });
      await window.distrust();
      await tab.click();
      await dashboard.getByRole("heading", { name: "Restricted Mode" }).waitFor();
      await window.threePictures("restricted-dashboard");
      await window.trust();
      await tab.click();
      await dashboard.getByText(failed).first().waitFor();
    });
  },
);

interface RunRecord {
  id: string;
  state: string;
}

/** The recorded runs, in any state. */
function runRecords(store: string): RunRecord[] {
  const runs = path.join(store, "runs");
  if (!fs.existsSync(runs)) return [];
  return fs.readdirSync(runs).flatMap((name) => {
    const file = path.join(runs, name, "manifest.json");
    return fs.existsSync(file) ? [JSON.parse(fs.readFileSync(file, "utf8")) as RunRecord] : [];
  });
}

/** Stops the engine of the latest run with SIGSTOP; returns the run, or nothing if it ended first. */
async function holdRun(server: VscodeServer, store: string, known: ReadonlySet<string>): Promise<RunRecord | undefined> {
  const begun = (): RunRecord | undefined => runRecords(store).find(({ id }) => !known.has(id));
  while (begun() === undefined) await delay(5);
  for (const { pid } of running(server, "engine-host")) signalProcess(pid, "SIGSTOP");
  // The engine's earlier answers are still being written.
  await delay(1000);
  const run = begun();
  return run === undefined || run.state === "done" ? undefined : run;
}

windowTest("a window that is closed in the middle of a run leaves no process, and what was saved", { workspace: HELLO }, async (vscode) => {
  const { window, server, sandbox } = vscode;
  await window.openContainer("LTO Inspector");
  const known = new Set<string>();
  await buildAndInspect(window);
  let held = await holdRun(server, sandbox.store, known);
  while (held === undefined) {
    for (const { pid } of running(server, "engine-host")) signalProcess(pid, "SIGCONT");
    await eventually(
      "the run's end",
      () => Promise.resolve(runRecords(sandbox.store)),
      (runs) => runs.every(({ state }) => state === "done"),
    );
    for (const { id } of runRecords(sandbox.store)) known.add(id);
    await window.command("LTO: Run Thin LTO");
    held = await holdRun(server, sandbox.store, known);
  }
  // The stopped engine cannot exit, so its parent ends it.
  assert.deepEqual(await vscode.close(), []);
  const { id } = held;
  const kept = runRecords(sandbox.store).find((run) => run.id === id);
  assert.ok(kept !== undefined && kept.state !== "done", JSON.stringify(kept));
});
