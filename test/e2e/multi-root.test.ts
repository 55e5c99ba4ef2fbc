/** Two Cargo folders in one window: each is captured separately, and both folders' units are listed. */
import assert from "node:assert/strict";
import { windowTest } from "../support/vscode/e2e.js";
import { MAIN, MANIFEST } from "../support/vscode/hello.js";

windowTest(
  "a workspace of two Cargo folders",
  {
    workspace: {
      "two.code-workspace": JSON.stringify({ folders: [{ path: "one" }, { path: "other" }] }),
      "one/Cargo.toml": MANIFEST,
      "one/src/main.rs": MAIN,
      "other/Cargo.toml": MANIFEST.replace(`"hello"`, `"goodbye"`),
      "other/src/main.rs": MAIN,
    },
    open: "two.code-workspace",
  },
  async ({ window }, step) => {
    const units = window.tree("Units");

    await step("asks which folder, and captures that one", async () => {
      await window.openContainer("LTO Inspector");
      await window.page.getByText("Nothing to inspect yet").waitFor();
      await window.command("LTO: Run Thin LTO");
      await window.quickInput.choose("other");
      await window.dialog.waitFor();
      assert.match(await window.dialog.innerText(), /goodbye \(bin\)/);
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.notification(/^goodbye \(bin\): \d+ CGUs, not incremental/);
      await window.clearNotifications();
      const rows = await units.whenRows("the other folder's unit", ([row]) => row?.label === "goodbye (bin)");
      assert.match(rows[0]?.description ?? "", /^verified · other · release · thin/);
    });

    await step("Capture Build captures the first folder, and both are listed", async () => {
      await window.command("LTO: Capture Build");
      await window.quickInput.choose("one");
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.notification(/^hello \(bin\): \d+ CGUs, not incremental/);
      await window.clearNotifications();
      const rows = await units.whenRows("both units", (found) => found.length === 2);
      assert.deepEqual(rows.map(({ label }) => label).sort(), ["goodbye (bin)", "hello (bin)"]);
      await window.picture("units");
    });

    await step("Run Thin LTO asks which unit, and builds it where it belongs", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.quickInput.choose("goodbye (bin)");
      await window.notification(/^goodbye \(bin\): \d+ CGUs, not incremental/);
      assert.equal(await window.dialog.isVisible(), false);
    });
  },
);
