/**
 * A newcomer's way from a folder to "which of my functions caused this re-compilation, and why": four clicks, no question that the workspace answers,
 * and no hash on the screen.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { windowTest } from "../support/vscode/e2e.js";
import type { Workbench } from "../support/vscode/workbench.js";

/** rustc's hashes: of codegen units (25 digits in base 36, also cut to 12), stable crate ids (16 hexadecimal digits), and of modules (32). */
const HASH = /\b(?=[a-z]*\d)(?=\d*[a-z])(?:[0-9a-z]{20,26}|[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-z]{12})\b/g;

/** All text of the window, with the page of an explanation; without the terminal, where Cargo and the tool name a unit for the command line. */
async function textOf(window: Workbench): Promise<string> {
  const parts = [".sidebar", ".editor", ".statusbar", ".notifications-toasts"];
  const texts = await Promise.all(parts.map((part) => window.page.locator(part).allInnerTexts()));
  return texts.flat().join("\n");
}

async function noHash(window: Workbench): Promise<void> {
  const text = `${await textOf(window)}\n${await window.editors.webview().locator("body").innerText()}`;
  assert.deepEqual(
    [...text.matchAll(HASH)].map(([hash]) => hash),
    [],
  );
}

windowTest(
  "a newcomer: from a folder to the edited function that caused a re-compilation",
  { workspace: inRoot("examples", "rust"), size: { width: 1280, height: 720 } },
  async ({ window, sandbox }, step) => {
    const tree = window.tree("Codegen Units");
    let clicks = 0;
    const click = async (work: () => Promise<void>): Promise<void> => {
      clicks += 1;
      await work();
    };

    await step("the first build: one button, one consent", async () => {
      await window.openContainer("LTO Inspector");
      await click(() => tree.press("Run Thin LTO"));
      await window.dialog.waitFor();
      await click(() => window.dialog.getByRole("button", { name: "Build and Inspect" }).click());
      await window.notification(/textstats \(bin\): .*verified/);
    });

    await step("after an edit: one button, and the cause of a re-compiled unit is one click away", async () => {
      execFileSync(process.execPath, ["edit.mjs", "--apply", "."], { cwd: sandbox.workspace });
      await click(() => window.tree("Units").press("Run Thin LTO"));
      const rows = await tree.whenRows("the edited module first", (found) => found.some(({ label }) => label === "textstats::bars"));
      const own = rows.find(({ level, label }) => level === 3 && label.startsWith("textstats"));
      assert.ok(own !== undefined, JSON.stringify(rows));
      await click(() => tree.action("textstats::bars", "Explain Decision"));
      assert.equal(await window.dialog.isVisible(), false, "nothing is asked");
      const page = window.editors.webview();
      await page
        .locator(".fact")
        .filter({ hasText: /textstats::bars::bar (?:grew|shrank) from \d+ to \d+ instructions/ })
        .waitFor();
      assert.match((await page.locator(".node-cause").textContent()) ?? "", /bars\.rs was edited/);
      assert.equal(clicks, 4);
    });

    await step("no hash is on the screen, at any width", async () => {
      await window.page.locator('.statusbar-item[aria-label$=", verified"]').first().waitFor();
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      await noHash(window);
      await window.threePictures("newcomer");
      await window.page.setViewportSize({ width: 700, height: 720 });
      await noHash(window);
      await window.threePictures("newcomer-narrow");
    });
  },
);
