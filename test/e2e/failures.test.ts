/** What a person sees when something goes wrong: what was being done, to what, and what to do now; and that the next run works. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { signalProcess } from "../../scripts/lib/processes.mjs";
import type { Process } from "../../scripts/lib/processes.mjs";
import type { VscodeServer } from "../../scripts/lib/vscode-server.mjs";
import { eventually } from "../support/vscode/dom.js";
import { windowTest } from "../support/vscode/e2e.js";
import type { Workbench } from "../support/vscode/workbench.js";

const RUN_MILLIS = 240_000;

const MANIFEST = `[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n\n[profile.release]\nlto = "thin"\n`;
const HELLO = `fn main() {\n    println!("hello");\n}\n`;

function running(server: VscodeServer, program: string): Process[] {
  return server.processes().filter(({ command }) => command.includes(`dist/${program}.js`));
}

async function whenRunning(server: VscodeServer, program: string): Promise<Process> {
  const [found] = await eventually(
    program,
    () => Promise.resolve(running(server, program)),
    (all) => all.length > 0,
    RUN_MILLIS,
  );
  assert.ok(found !== undefined);
  return found;
}

async function build(window: Workbench): Promise<void> {
  await window.command("LTO: Run Thin LTO");
  await window.dialog.getByRole("button", { name: "Build and Inspect" }).click({ timeout: 60_000 });
}

windowTest(
  "Restricted Mode: views explain themselves, and nothing is executed",
  { workspace: { "Cargo.toml": MANIFEST, "src/main.rs": HELLO }, askTrust: true },
  async ({ window, server }) => {
    await window.openContainer("LTO Inspector");
    for (const title of ["Units", "Codegen Units"]) {
      const [row] = await window.tree(title).whenRows("explanation", (rows) => rows.length === 1, 60_000);
      assert.match(row?.label ?? "", /^Restricted Mode: nothing is built or run here/);
    }
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
    await window.page.getByText("Nothing to inspect yet").waitFor({ timeout: 60_000 });
  },
);

windowTest(
  "a folder with nothing to inspect, a corrupt file, and no libLLVM",
  { workspace: { "broken.rlib": "this is no archive" } },
  async ({ window }) => {
    await window.openContainer("LTO Inspector");
    await window.command("LTO: Run Thin LTO");
    const nothing = await window.notification(/Cargo/, 60_000);
    assert.equal(nothing.severity, "error");
    await window.clearNotifications();

    await window.openContainer("Explorer");
    const file = window.page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: "broken.rlib" });
    await file.click({ button: "right" });
    await window.page.locator(".context-view .action-menu-item").filter({ hasText: "Run Thin LTO on This File or Folder" }).click();
    const corrupt = await window.notification(/broken\.rlib/, 60_000);
    assert.equal(corrupt.severity, "error");
    assert.ok(corrupt.buttons.length > 0);
    await window.clearNotifications();

    window.configure({ "lto.libLLVM": "/no/such/libLLVM.so" });
    await window.page.waitForTimeout(1000);
    await file.click({ button: "right" });
    await window.page.locator(".context-view .action-menu-item").filter({ hasText: "Run Thin LTO on This File or Folder" }).click();
    const without = await window.notification(/libLLVM/, 60_000);
    assert.equal(without.severity, "error");
    assert.deepEqual(without.buttons, ["Select LLVM", "Show Log"]);
    await window.threePictures("no-libllvm");
  },
);

windowTest(
  "a build that fails, a run that is cancelled, an engine and a server that are killed: each is told, and the next run works",
  { workspace: { "Cargo.toml": MANIFEST, "src/main.rs": "fn main() { nonsense }\n" }, timeoutSeconds: 840 },
  async ({ window, server, sandbox }, t) => {
    const main = path.join(sandbox.workspace, "src/main.rs");
    await window.openContainer("LTO Inspector");

    await t.test("a build that fails", async () => {
      await build(window);
      const { message, severity } = await window.notification(/build/i, RUN_MILLIS);
      assert.equal(severity, "error", message);
      fs.writeFileSync(main, HELLO);
      await window.whenTerminal(/could not compile `hello`/);
      await window.clearNotifications();
    });

    await t.test("cancel", async () => {
      await build(window);
      await whenRunning(server, "engine-host");
      await window.answer(/Running Thin LTO/, "Cancel", RUN_MILLIS);
      await window.page
        .locator(".notifications-toasts")
        .getByText(/Running Thin LTO/)
        .waitFor({ state: "hidden", timeout: 10_000 });
      assert.equal(await window.page.locator(".notification-list-item-icon.codicon-error").count(), 0, "a cancellation is no error");
    });

    await t.test("an engine that is killed fails its run, and nothing else", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.page
        .locator(".notifications-toasts")
        .getByText(/Running Thin LTO/)
        .waitFor({ timeout: RUN_MILLIS });
      const engine = await whenRunning(server, "engine-host");
      await window.page.waitForTimeout(1000);
      signalProcess(engine.pid, "SIGKILL");
      // Either the run fails, or the modules that the engine was in do.
      const told = await window.notification(/engine|failed/i, RUN_MILLIS);
      assert.notEqual(told.severity, "info", told.message);
      assert.equal(running(server, "server").length, 1);
      await window.clearNotifications();
    });

    await t.test("a server that is killed is started again, and the views recover", async () => {
      const before = await whenRunning(server, "server");
      signalProcess(before.pid, "SIGKILL");
      const after = await eventually(
        "another server",
        () => Promise.resolve(running(server, "server")),
        (all) => all.some(({ pid }) => pid !== before.pid),
        60_000,
      );
      assert.equal(after.length, 1);
      await window.tree("Units").whenRows("unit", (rows) => rows.some(({ label }) => label === "hello (bin)"), 60_000);
    });

    await t.test("the next run works", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.notification(/\d+ re-compiled, same LLVM/, RUN_MILLIS);
      await window.whenStatusBar(/LTO \d+ re-used · \d+ re-compiled/);
    });
  },
);
