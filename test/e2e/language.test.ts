/** VS Code in a made-up display language: commands, views, messages, rows of the server and a page have their translations. */
import assert from "node:assert/strict";
import { pseudoLanguage, pseudoManifestTexts } from "../support/pseudo-language.js";
import { windowTest } from "../support/vscode/e2e.js";
import { HELLO } from "../support/vscode/hello.js";

const display = pseudoLanguage();
const manifest = pseudoManifestTexts();

function translated(text: string, ...values: readonly string[]): string {
  const found = display.texts[text] ?? assert.fail(`l10n/bundle.l10n.json has no “${text}”`);
  return found.replaceAll(/\{(\d+)\}/g, (place, index: string) => values[Number(index)] ?? place);
}

function manifestText(key: string): string {
  return manifest[key] ?? assert.fail(`package.nls.json has no ${key}`);
}

const command = (name: string): string => `${manifestText("command.category")}: ${manifestText(`command.${name}`)}`;

/** The labels of buttons in a text of package.json. */
const buttonIn = (key: string): string => /^\[(.*)\]\(.*\)$/m.exec(manifestText(key))?.[1] ?? assert.fail(key);

windowTest(
  "another display language, from the empty view to the dashboard",
  { workspace: HELLO, language: { manifest, display }, size: { width: 1280, height: 720 } },
  async ({ window }, step) => {
    const tree = window.tree(manifestText("view.cgus"));

    await step("views and commands have the texts of package.json", async () => {
      await window.openContainer(manifestText("container.lto"));
      await tree.pane.getByRole("button", { name: buttonIn("empty.cgus.noRun") }).waitFor();
      assert.deepEqual(await window.emptyButtons(), [buttonIn("empty.cgus.noRun")]);
      await window.command(command("runThin"));
    });

    await step("a question and a message have the client's texts", async () => {
      await window.dialog.waitFor();
      const question = await window.dialog.innerText();
      for (const text of ["Build once for LTO Inspector?", "No differences from your own build."]) {
        assert.ok(question.includes(translated(text)), question);
      }
      await window.picture("question");
      await window.dialog.getByRole("button", { name: translated("Build and Inspect") }).click();
      const { buttons } = await window.notification(new RegExp(`${translated("verified")}\\.$`));
      assert.deepEqual(buttons, [translated("Open Dashboard")]);
      await window.clearNotifications();
    });

    await step("rows have the server's texts, and verdicts are rustc's", async () => {
      const [group] = await tree.whenRows("group", (rows) => rows.length > 0);
      assert.equal(group?.label, translated("Not Incremental"));
      assert.ok(group.ariaLabel.includes(translated("The build is not incremental: rustc has no cache to re-use anything from.")));
      await window.picture("tree");
    });

    await step("the dashboard has its texts", async () => {
      await window.command(command("openDashboard"));
      const page = window.editors.webview();
      await page.getByRole("heading", { name: translated("Decisions") }).waitFor();
      await page.getByText(translated("Copy CLI Command")).first().waitFor();
      await window.picture("dashboard");
    });
  },
);
