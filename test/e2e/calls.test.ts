/** Lenses and hovers in a Rust file: what became of its functions and calls. */
import assert from "node:assert/strict";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { windowTest } from "../support/vscode/e2e.js";

windowTest(
  "calls: lenses above functions say what was imported and inlined, and why not",
  { workspace: inRoot("examples", "rust"), size: { width: 1280, height: 720 } },
  async ({ window }, step) => {
    await step("a build and a run", async () => {
      await window.openContainer("LTO Inspector");
      await window.tree("Codegen Units").press("Run Thin LTO");
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.notification(/textstats \(bin\): .*verified/);
    });

    await step("calls are explained, and a Rust file has lenses", async () => {
      await window.command("LTO: Explain Calls");
      await window.notification(/textstats \(bin\): .* imports, .* refused; .* calls inlined, .* not\./);
      await window.page.keyboard.press("Control+P");
      await (await window.quickInput.shown()).widget.locator("input").fill("bars.rs");
      await window.quickInput.widget.getByText("bars.rs").first().waitFor();
      await window.page.keyboard.press("Enter");
      await window.editors.whenActive("bars.rs");
      const lens = window.page.locator(".codelens-decoration a", { hasText: "99 of 100 instructions of the import limit" });
      await lens.first().waitFor();
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      await window.threePictures("calls-lenses");
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
  },
);
