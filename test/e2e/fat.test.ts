/** Fat LTO in a window: a separate capture if the profile has thin LTO, one base module with three stages, and its verification. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { learnNamesOf, shortModuleName } from "../../src/protocol/module-names.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { TestCli } from "../support/cli.js";
import { scrollTo } from "../support/vscode/dom.js";
import { windowTest } from "../support/vscode/e2e.js";

windowTest(
  "Run Fat LTO: one module that all others are linked into",
  { workspace: inRoot("examples", "rust"), size: { width: 1440, height: 1500 } },
  async ({ window, sandbox }, step) => {
    const tree = window.tree("Codegen Units");
    let modules = 0;
    let base = "";
    let crate = "";

    await step("asks once, and says that the build differs from the profile", async () => {
      await window.openContainer("LTO Inspector");
      await window.command("LTO: Run Fat LTO");
      await window.dialog.waitFor();
      const question = await window.dialog.innerText();
      for (const wanted of [/textstats \(bin\), LTO fat/, /lto: thin in your build, fat here/]) assert.match(question, wanted);
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.whenStatusBar(/Fat LTO \d+ linked/);
      await window.notification(/textstats \(bin\): Fat LTO, \d+ linked, verified/);
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      const [unit = ""] = fs.readdirSync(path.join(sandbox.store, "captures"));
      const report = await new TestCli(sandbox.store).report<RunReport>(["fat", unit, "--analyze"]);
      learnNamesOf(report.modules);
      modules = report.modules.length;
      const found = report.modules.find(({ reason }) => reason.kind === "base-module") ?? assert.fail("there is no base module");
      [base, crate] = [shortModuleName(found.name), found.crate];
      await window.whenStatusBar(`Fat LTO ${modules} linked`);
    });

    await step("the base module has three stages in the tree, and a diff of the last stage's changes", async () => {
      const [group] = await tree.whenRows("group", (rows) => rows.length > 1);
      assert.match(`${group?.label ?? ""} ${group?.description ?? ""}`, new RegExp(`^Linked ${modules} CGUs in \\d+ crates`));
      await tree.expand(crate);
      await tree.expand(base);
      const rows = await tree.rows();
      const at = rows.findIndex(({ label }) => label === base);
      assert.deepEqual(
        rows.slice(at + 1, at + 4).map(({ label }) => label),
        ["Input", "Restriction", "Optimize (pm)"],
      );
      await window.threePictures("fat");
      await tree.expand("Optimize (pm)");
      const changed = (await tree.rows()).find(({ level, description }) => level === 5 && description.startsWith("changed"));
      await tree.select(changed?.label ?? "a changed function");
      await window.editors.whenActive(/Restriction ↔ Optimize \(pm\)$/);
      await window.editors.whenDiff("changed lines", ({ original, modified }) => [...original, ...modified].some((line) => line.changed));
      await window.command("LTO: Previous Stage");
      await window.editors.whenActive(/Input ↔ Restriction$/);
      await window.editors.closeAll();
    });

    await step("the dashboard names fat LTO, and has the three stages", async () => {
      await window.command("LTO: Open Dashboard");
      const page = window.editors.webview();
      await page.getByText("release · fat LTO · bin").first().waitFor();
      await page.getByRole("button", { name: "Run Fat LTO" }).waitFor();
      await page.getByText("Restriction").first().waitFor();
      await window.threePictures("fat-dashboard");
      await scrollTo(page.getByRole("heading", { name: "Timeline" }));
      await window.threePictures("fat-timeline");
      await window.editors.closeAll();
    });

    await step("the verification says what was linked", async () => {
      const runs = (): readonly string[] => fs.readdirSync(path.join(sandbox.store, "runs"));
      const before = runs();
      await window.command("LTO: Verify Against rustc");
      const { message } = await window.notification(/^Verified: /);
      const linked = `${modules} modules linked, as many as by rustc, into the same base module, in the same order.`;
      const code = "1 of 1 objects identical to rustc's. The output is identical to the build's.";
      assert.equal(message, `Verified: 3 of 3 stage files identical to rustc's; ${linked} ${code}`);
      await window.clearNotifications();
      await window.whenStatusBar(`Fat LTO ${modules} linked`);
      await window.page.locator('.statusbar-item[aria-label$=", verified"]').first().waitFor();
      assert.deepEqual(runs(), before, "the verification starts no run");
    });

    await step("Run Thin LTO does not use it as a capture of the profile's own LTO", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.dialog.waitFor();
      assert.match(await window.dialog.innerText(), /textstats \(bin\), LTO thin/);
      await window.page.keyboard.press("Escape");
      await window.dialog.waitFor({ state: "hidden" });
    });

    await step("running it again asks nothing, and stays fat", async () => {
      await window.command("LTO: Run Fat LTO");
      await window.notification(new RegExp(`textstats \\(bin\\): Fat LTO, ${modules} linked, verified`));
      await window.command("LTO Inspector: Focus on Runs View");
      const shown = /^shown · .* · fat LTO · \d+ linked/;
      await window.tree("Runs").whenRows("the latest run", ([row]) => row !== undefined && shown.test(row.description));
      assert.equal(await window.dialog.isVisible(), false);
    });
  },
);
