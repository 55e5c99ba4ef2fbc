/** A dashboard from a trusted time, in a window that is not trusted any more: its page says that it is ready, and nothing may start. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { plantProgram, whatRan } from "../support/attempts.js";
import { windowTest } from "../support/vscode/e2e.js";
import { buildAndInspect, HELLO, RUN_MILLIS } from "../support/vscode/hello.js";

windowTest(
  "a restored dashboard starts nothing in Restricted Mode, and fills when the folder is trusted",
  { workspace: HELLO, askTrust: true, timeoutSeconds: 840 },
  async ({ window, server, sandbox }, step) => {
    const title = "hello (bin)";

    await step("trusted: a run, and its dashboard", async () => {
      await window.openContainer("LTO Inspector");
      await window.trust();
      await buildAndInspect(window);
      await window.whenStatusBar(/LTO \d+ re-used · \d+ re-compiled/, RUN_MILLIS);
      await window.command("LTO: Open Dashboard");
      await window.editors.webview().getByText(title).first().waitFor({ timeout: 60_000 });
    });

    await step("no longer trusted, and with a toolchain of the workspace's own: nothing starts or runs", async () => {
      fs.writeFileSync(path.join(sandbox.workspace, "rust-toolchain.toml"), `[toolchain]\npath = "${sandbox.workspace}/tc"\n`);
      for (const name of ["cargo", "rustc"]) await plantProgram(path.join(sandbox.workspace, "tc", "bin", name));
      await window.distrust();
      await window.reload();
      await window.statusBarItem("Restricted Mode").waitFor({ timeout: 60_000 });
      await window.page.getByRole("tab", { name: "LTO Dashboard" }).click();
      await window.editors.webview().getByText("No run").first().waitFor({ timeout: 60_000 });
      await window.page.waitForTimeout(2000);
      assert.deepEqual(
        server.processes().filter(({ command }) => /dist\/(server|cli|engine-host)\.js/.test(command)),
        [],
      );
      assert.deepEqual(await whatRan(sandbox.workspace), []);
    });

    await step("trusted again: the dashboard and the views fill themselves", async () => {
      fs.rmSync(path.join(sandbox.workspace, "rust-toolchain.toml"));
      await window.trust();
      await window.page.getByRole("tab", { name: "LTO Dashboard" }).click();
      await window.editors.webview().getByText(title).first().waitFor({ timeout: 60_000 });
      await window.tree("Codegen Units").whenRows("groups", ([row]) => row?.label === "Re-compiled", 60_000);
    });
  },
);
