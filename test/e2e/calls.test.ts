/** The Calls view, and lenses and hovers in a Rust file: what became of functions and calls. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { eventually } from "../support/vscode/dom.js";
import { windowTest } from "../support/vscode/e2e.js";
import type { TreeRow } from "../support/vscode/tree.js";

windowTest(
  "calls: a view and lenses above functions say what was imported and inlined, and why not",
  { workspace: inRoot("examples", "rust"), size: { width: 1280, height: 720 } },
  async ({ window, sandbox }, step) => {
    await step("a build and a run", async () => {
      await window.openContainer("LTO Inspector");
      await window.tree("Codegen Units").press("Run Thin LTO");
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.notification(/textstats \(bin\): .*verified/);
    });

    const calls = window.tree("Calls");
    let first: TreeRow | undefined;
    await step("the Calls view has one button, which explains calls", async () => {
      await calls.pane.locator(".pane-header").click();
      assert.match(await calls.welcome(), /Explain Calls/);
      assert.equal(await calls.pane.locator(".welcome-view-content .monaco-button").count(), 1);
      await window.clearNotifications();
      await calls.press("Explain Calls");
      await window.notification(/textstats \(bin\): .* imports, .* refused; .* calls inlined, .* not\./);
      const groups = await calls.whenRows("groups", (rows) => rows.length > 3);
      const [group, crate] = groups;
      assert.ok(group !== undefined);
      first = group;
      assert.equal(first.label, "Not inlined");
      assert.match(first.ariaLabel, /^Not inlined, [\d,]+ calls of [\d,]+ functions\. /);
      assert.match(crate?.ariaLabel ?? "", /^crate of the workspace /);
    });

    await step("it lists crates, functions and what each decision missed", async () => {
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      await calls.press("Filter Calls");
      // What is typed before the box is shown goes elsewhere.
      await (await window.quickInput.shown()).widget.locator("input").fill("textstats::bars::bar cost");
      await calls.whenRows(
        "the filtered groups",
        ([filtered]) => filtered?.label === first?.label && filtered?.description !== first?.description,
      );
      await window.page.keyboard.press("Enter");
      const [, crate] = await calls.whenRows("a crate", (found) => found[1]?.level === 2);
      await calls.expand(crate?.label ?? "");
      const functions = await calls.whenRows("functions", (found) => found.some(({ level }) => level === 3));
      await calls.expand(functions.find(({ level }) => level === 3)?.label ?? "");
      const rows = await calls.whenRows("decisions", (found) => found.some(({ level }) => level === 4));
      const decision = rows.find(({ level }) => level === 4);
      assert.ok(decision !== undefined);
      assert.match(decision.label, /^cost [\d,]+ > \d+/);
      assert.match(decision.ariaLabel, /^Not inlined, cost [\d,]+ > \d+, in /);
      await window.threePictures("calls-view");
      await window.page.setViewportSize({ width: 700, height: 720 });
      await window.threePictures("calls-view-narrow");
      await window.page.setViewportSize({ width: 1280, height: 720 });
    });

    await step("a Rust file has lenses", async () => {
      await window.page.keyboard.press("Control+P");
      await (await window.quickInput.shown()).widget.locator("input").fill("bars.rs");
      await window.quickInput.widget.getByText("bars.rs").first().waitFor();
      await window.page.keyboard.press("Enter");
      await window.editors.whenActive("bars.rs");
      const lens = window.page.locator(".codelens-decoration a", { hasText: "99 of 100 instructions of the import limit" });
      await lens.first().waitFor();
      await window.clearNotifications();
      await window.threePictures("calls-lenses");
      // The lenses are drawn again after the theme has changed; a click meanwhile is lost.
      await window.page.waitForTimeout(1000);
      await lens.first().click();
    });

    await step("a lens lists the decisions, with what would change them", async () => {
      const list = window.page.locator(".quick-input-list");
      await list
        .getByText(/^not inlined in .*: cost/)
        .first()
        .waitFor();
      await window.threePictures("calls-decisions");
      await list
        .getByText(/^not inlined in /)
        .first()
        .click();
      const title = await window.editors.whenActive(/Import/);
      assert.match(title, /Import/);
    });

    await step("the palette says which references keep a function", async () => {
      await window.command("LTO: Why Is It Kept?");
      const { widget } = await window.quickInput.shown();
      await widget.locator("input").fill("textstats::bars::bar");
      await window.page.keyboard.press("Enter");
      const list = window.page.locator(".quick-input-list");
      await list.getByText("main is kept: the entry of the program").waitFor();
      await window.threePictures("why-kept");
      await list
        .getByText(/^\s*calls textstats::bars::bar in /)
        .first()
        .click();
      assert.match(await window.editors.whenActive(/textstats::bars::bar/), /Optimize/);
    });

    await step("a function of the view has a page", async () => {
      const [name = ""] = (await calls.rows()).filter(({ level }) => level === 3).map(({ label }) => label);
      await calls.action(name, "Show Function");
      const page = window.editors.webview();
      await page.locator("h1", { hasText: name }).waitFor();
      await page.locator(".life-cell-defined").first().waitFor();
      await window.threePictures("function-page");
      // What other passes say is looked for on demand.
      await page.getByRole("button", { name: "Look for Remarks" }).click();
      await page.locator(".remark").first().waitFor();
      await page
        .getByRole("button", { name: /^Show Passes in / })
        .first()
        .click();
    });

    await step(
      "the passes on a copy have a page, the diff editor shows what one of them changed, and a decision opens the IR",
      async () => {
        await window.editors.whenActive(/^Passes: /);
        const page = window.editors.webview();
        await page.locator(".line-added, .line-removed").first().waitFor();
        await page.getByRole("slider", { name: "Run that changed it" }).press("ArrowRight");
        await page.locator(".step-name", { hasText: /^2 of / }).waitFor();
        await window.threePictures("passes");
        await page.getByRole("button", { name: "Open in Diff Editor" }).click();
        await window.editors.whenActive(/Pass \([\d,]+\)/);
        const decision = (await calls.rows()).find(({ level }) => level === 4);
        await calls.select(decision?.label ?? "");
        await window.editors.whenActive(/Import/);
      },
    );

    await step("the palette writes the decisions as SARIF", async () => {
      await window.command("LTO: Export Calls as SARIF");
      const { widget } = await window.quickInput.shown();
      // The dialog begins with the folder.
      await eventually(
        "a file to write",
        () => widget.locator("input").first().inputValue(),
        (file) => file.endsWith("/calls.sarif"),
      );
      await window.page.keyboard.press("Enter");
      await window.notification(/results were written to calls\.sarif/);
      const log: unknown = JSON.parse(readFileSync(path.join(sandbox.workspace, "calls.sarif"), "utf8"));
      assert.ok(typeof log === "object" && log !== null && "version" in log && log.version === "2.1.0");
    });
  },
);
