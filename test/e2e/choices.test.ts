/** What to build, by pick lists: a package without a program, its test in a profile of the workspace, and the same again without picking. */
import assert from "node:assert/strict";
import { windowTest } from "../support/vscode/e2e.js";

const BUTTON = "Change Profile or Target…";

windowTest(
  "a library whose test is chosen, with a profile",
  {
    workspace: {
      "Cargo.toml": `[package]\nname = "only-a-library"\nversion = "0.1.0"\nedition = "2021"\n\n[profile.tuned]\ninherits = "release"\nlto = "thin"\n`,
      "src/lib.rs": "pub fn one() -> u32 {\n    1\n}\n",
      "tests/one.rs": "#[test]\nfn one() {\n    assert_eq!(only_a_library::one(), 1);\n}\n",
      "benches/speed.rs": "fn main() {\n    only_a_library::one();\n}\n",
    },
    size: { width: 1280, height: 720 },
  },
  async ({ window }, step) => {
    const question = async (): Promise<string> => {
      await window.dialog.waitFor();
      return window.dialog.innerText();
    };
    /** Types a label: one with an icon is not found by its text. */
    const pick = async (label: string): Promise<void> => {
      await window.quickInput.type(label);
      await window.quickInput.accept();
    };
    /** Waits for a list with this choice: the one before it stays on the screen for a moment. */
    const listed = async (label: string): Promise<void> => {
      await window.quickInput.widget.getByText(label, { exact: true }).first().waitFor();
    };
    const labels = async (): Promise<string[]> => (await window.quickInput.items()).map(({ label }) => label);

    await step("where Cargo builds nothing to link, Run Thin LTO offers tests and benches", async () => {
      await window.openContainer("LTO Inspector");
      await window.command("LTO: Run Thin LTO");
      await window.quickInput.shown();
      assert.match(await window.quickInput.placeholder(), /^Cargo builds no program/);
      assert.deepEqual(await labels(), ["one", "speed"]);
      await window.threePictures("needed-target");
      await window.quickInput.choose("one");
      assert.match(await question(), /one \(test\), LTO thin-local/);
      await window.threePictures("question");
    });

    await step("the question leads to the lists, which say what each profile does", async () => {
      await window.dialog.getByRole("button", { name: BUTTON }).click();
      await window.quickInput.shown();
      assert.deepEqual(await labels(), ["Build with these", "Profile: release", "Package: only-a-library", "Target: one"]);
      await window.threePictures("choice");
      await pick("Profile: release");
      await listed("tuned");
      const profiles = await window.quickInput.items();
      assert.deepEqual(
        profiles.map(({ label, description }) => [label, description]),
        [
          ["release", "LTO thin-local, opt-level 3"],
          ["dev", "no LTO, opt-level 0, incremental"],
          ["bench", "LTO thin-local, opt-level 3"],
          ["test", "no LTO, opt-level 0, incremental"],
          ["tuned", "LTO thin, opt-level 3, inherits release"],
        ],
      );
      await window.threePictures("profiles");
      await window.quickInput.choose("tuned");
      await listed("Profile: tuned");
      await pick("Build with these");
      const asked = await question();
      assert.match(asked, /one \(test\), LTO thin\b/);
      assert.match(asked, /Profile tuned/);
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.notification(/^only-a-library::one \(test\)|^one \(test\)/);
      await window.clearNotifications();
      const [row] = await window.tree("Units").whenRows("the test's unit", (rows) => rows.length > 0);
      assert.match(row?.description ?? "", /tuned · thin/);
    });

    await step("the next capture of the folder asks about the same build", async () => {
      await window.command("LTO: Capture Build");
      const asked = await question();
      assert.match(asked, /one \(test\), LTO thin\b/);
      assert.match(asked, /Profile tuned/);
    });

    await step("line tables are a difference that the question lists", async () => {
      const add = window.dialog.getByRole("button", { name: "Add Line Tables" });
      await add.click();
      await window.dialog.getByText(/debug: none in your build, line-tables-only here/).waitFor();
      await add.waitFor({ state: "hidden" });
      await window.page.keyboard.press("Escape");
      await window.dialog.waitFor({ state: "hidden" });
    });
  },
);
