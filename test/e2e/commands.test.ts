/** Everything that the user can do with a run, through the real buttons, menus and keys. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { signalProcess } from "../../scripts/lib/processes.mjs";
import { until } from "../support/patience.js";
import { eventually, type PageElement } from "../support/vscode/dom.js";
import { windowTest } from "../support/vscode/e2e.js";
import { chooseFromMenu } from "../support/vscode/tree.js";
import { buildAndInspect, HELLO } from "../support/vscode/hello.js";
import type { Workbench } from "../support/vscode/workbench.js";

/** Pixels. */
const SIDE_BAR = 420;

const INTERNALIZED = /Resolve ↔ Internalize$/;

/** Waits until something new was copied. */
async function copied(window: Workbench, copy: () => Promise<void>): Promise<string> {
  await window.page.evaluate("navigator.clipboard.writeText('nothing yet')");
  await copy();
  return eventually(
    "text in the clipboard",
    () => window.clipboard(),
    (text) => text !== "nothing yet",
  );
}

/** The CGUs of the crate `hello`, which this expands. */
async function cgusOfHello(window: Workbench): Promise<string[]> {
  const tree = window.tree("Codegen Units");
  await tree.expand("hello");
  const rows = await tree.rows();
  const at = rows.findIndex(({ label }) => label === "hello");
  const after = rows.slice(at + 1);
  const end = after.findIndex(({ level }) => level <= (rows[at]?.level ?? 0));
  return (end < 0 ? after : after.slice(0, end)).filter(({ level }) => level === 3).map(({ label }) => label);
}

windowTest(
  "what can be done with a run",
  { workspace: HELLO, size: { width: 1440, height: 1100 } },
  async ({ window, server, sandbox }, step) => {
    const tree = window.tree("Codegen Units");
    let cgu = "";

    await step("a first run", async () => {
      await window.openContainer("LTO Inspector");
      await buildAndInspect(window);
      await window.whenStatusBar(/LTO \d+ CGUs, not incremental/);
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      [cgu = ""] = await cgusOfHello(window);
      assert.notEqual(cgu, "");
    });

    await step("Verify Against rustc: uses the shown run, and does not change it", async () => {
      const runs = (): readonly string[] => fs.readdirSync(`${sandbox.store}/runs`);
      const before = runs();
      await window.command("LTO: Verify Against rustc");
      const { message, severity } = await window.notification(/keys and .* decisions equal/);
      assert.equal(severity, "info", message);
      const [, identical, files] = /^Verified: (\d+) of (\d+) stage files identical/.exec(message) ?? [];
      assert.ok(Number(identical) > 0 && identical === files, message);
      await window.tree("Units").whenRows("verified unit", ([row]) => row?.description.startsWith("verified") === true);
      await window.page.locator('.statusbar-item[aria-label$=", verified"]').first().waitFor();
      assert.deepEqual(runs(), before, "the verification starts no run");
      await window.command("LTO: Open Dashboard");
      await window.editors.webview().locator(".fidelity-good").first().waitFor();
      await window.editors.closeAll();
      await window.clearNotifications();
    });

    await step("Find Symbol", async () => {
      await window.command("LTO: Find Symbol");
      await window.quickInput.type("hello::main");
      await window.quickInput.accept();
      await window.quickInput.choose("Input");
      await eventually(
        "places, or the only one",
        async () =>
          (await window.editors.active()) !== "" ||
          ((await window.quickInput.isOpen()) && (await window.quickInput.placeholder()).includes("place")),
        (seen) => seen,
      );
      if (await window.quickInput.isOpen()) {
        const [first] = await window.quickInput.items();
        assert.match(first?.label ?? "", /hello::main/);
        await window.quickInput.accept();
      }
      await eventually(
        "definition",
        () => window.editors.lines(),
        (lines) => lines.some((line) => /^define .*hello::main/.test(line)),
      );
    });

    await step("a stage folds, function by function", async () => {
      await window.command("Fold All");
      const folded = await eventually(
        "folded function",
        () => window.editors.lines(),
        (lines) => lines.some((line) => line.startsWith("define ")) && !lines.some((line) => line.includes("  ret void")),
      );
      assert.ok(folded.length > 1);
      await window.editors.closeAll();
    });

    await step("by keyboard alone: from the view to a diff", async () => {
      await window.command("LTO Inspector: Focus on Codegen Units View");
      await tree.select(cgu);
      await tree.whenRows("stages", (rows) => rows.some(({ label }) => label === "Optimize (pm)"));
      await eventually(
        "row of Optimize",
        async () => {
          await window.page.keyboard.press("ArrowDown");
          return (await tree.pane.locator(".monaco-list-row.focused").textContent()) ?? "";
        },
        (focused) => focused.includes("Optimize (pm)"),
      );
      await window.page.keyboard.press("Enter");
      await window.editors.whenActive(/Import ↔ Optimize \(pm\)/);
      await window.editors.closeAll();
    });

    await step("a diff of all functions that differ steps and filters as a whole", async () => {
      await tree.select("Optimize (pm)");
      // The title comes before the text, and steps start from a diff that is complete.
      const opened = async (title: RegExp): Promise<void> => {
        await window.editors.whenActive(title);
        await eventually(
          `text of ${title.source}`,
          () => window.editors.lines(),
          (lines) => lines.some((line) => line.startsWith("define ")),
        );
      };
      await opened(/Import ↔ Optimize \(pm\)/);
      await window.editors.press("Previous Stage");
      await window.editors.whenActive(/(?:Input|Rename|Resolve|Internalize) ↔ (?:Rename|Resolve|Internalize|Import)/);
      await window.editors.press("Next Stage");
      await opened(/Import ↔ Optimize \(pm\)/);
      const mangled = (lines: readonly string[]): boolean => lines.some((line) => /@_(R|ZN)\w+/.test(line));
      await window.command("LTO: Toggle Demangled Names");
      await eventually("symbols", () => window.editors.lines(), mangled);
      await window.command("LTO: Toggle Demangled Names");
      await eventually(
        "readable names",
        () => window.editors.lines(),
        (lines) => lines.some((line) => line.startsWith("define ")) && !mangled(lines),
      );
      assert.equal((await window.editors.tabs()).length, 1);
      await window.threePictures("function-diffs");
      await window.editors.closeAll();
    });

    await step("Copy Key, Reveal Stage File, Copy CLI Command", async () => {
      const key = await copied(window, () => tree.contextMenu(cgu, "Copy Key"));
      assert.match(key, /^[0-9A-F]{40}/i);

      await tree.contextMenu("Optimize (pm)", "Reveal Stage File");
      const { message, buttons } = await window.notification(/\((from the store|rustc's own file)\)$/);
      assert.ok(fs.existsSync(message.replace(/ \([^(]*\)$/, "")), message);
      assert.ok(buttons.includes("Copy Path"));
      await window.clearNotifications();

      const line = await copied(window, () => tree.contextMenu("Optimize (pm)", "Copy CLI Command"));
      const env = { ...process.env, LTO_INSPECTOR_STORE: sandbox.store, NO_COLOR: "1" };
      const { stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8", cwd: sandbox.workspace, env });
      assert.match(stdout, /^hello \(bin\).*import → pm/, stderr);
    });

    await step("the filters of new documents follow the settings", async () => {
      await window.configure({ "lto.filters.demangle": false });
      await tree.contextMenu("Input", "Open Stage");
      await window.quickInput.choose("hello::main");
      await eventually(
        "symbols",
        () => window.editors.lines(),
        (lines) => lines.some((line) => /@_(R|ZN)\w+/.test(line)),
      );
      await window.configure({ "lto.filters.demangle": true });
      await window.editors.closeAll();
    });

    await step("the document of a module that is too large says what was left out", async () => {
      await tree.expand("core");
      await tree.contextMenu("core-cgu.0", "Open Stage");
      await window.quickInput.choose("Input");
      await eventually(
        "choice of functions",
        async () => (await window.quickInput.isOpen()) && (await window.quickInput.placeholder()) === "Which function?",
        (open) => open,
      );
      await window.quickInput.type("The whole module");
      await window.quickInput.accept();
      await eventually(
        "bounded view",
        () => window.editors.lines(),
        (lines) => lines.some((line) => line.startsWith("; Left out: the text of its")),
      );
      await window.editors.closeAll();
    });

    await step("filter, sort and group", async () => {
      await tree.press("Filter Codegen Units");
      const onlyHello = (): Promise<unknown> =>
        tree.whenRows("only hello", (rows) => rows.some(({ label }) => label === "hello") && !rows.some(({ label }) => label === "core"));
      await window.quickInput.type("hello");
      await onlyHello();
      await window.page.keyboard.press("Escape");
      await tree.whenRows("as before", (rows) => rows.some(({ label }) => label === "core"));
      await tree.press("Filter Codegen Units");
      await window.quickInput.type("hello");
      await window.quickInput.accept();
      await onlyHello();
      await tree.press("Clear Codegen Unit Filter");
      await tree.whenRows("all crates", (rows) => rows.some(({ label }) => label === "core"));

      const names = await copied(window, () => tree.contextMenu("core", "Copy Module Names"));
      assert.match(names, /^core-[0-9a-f]+\.core\.[^\n]+$/);
      await tree.contextMenu("core", "Show Only This");
      await tree.whenRows(
        "only core",
        (rows) => rows.some(({ label }) => label === "core") && !rows.some(({ label }) => label === "hello"),
      );
      await tree.press("Clear Codegen Unit Filter");
      await tree.whenRows("all crates again", (rows) => rows.some(({ label }) => label === "hello"));

      await window.command("LTO: Group Codegen Units");
      await window.quickInput.choose("No groups");
      await tree.whenRows("list", (rows) => rows.some(({ label, level }) => label === "core-cgu.0" && level === 1));
      await window.command("LTO: Sort Codegen Units");
      await window.quickInput.choose("Size");
      await tree.whenRows("largest first", ([row]) => /^(std|core)-cgu\.0$/.test(row?.label ?? ""));
      await window.command("LTO: Group Codegen Units");
      await window.quickInput.choose("What happened, then crate");
      await tree.whenRows("groups", ([row]) => row?.label === "Not Incremental");
    });

    await step("the run, open stages and the dashboard are restored when the window is reopened", async () => {
      await tree.expand("hello");
      await tree.contextMenu(cgu, "Open Stage");
      await window.quickInput.choose("Input");
      await window.quickInput.type("The whole module");
      await window.quickInput.accept();
      const title = await window.editors.whenActive(/ · Input\.ll$/);
      await window.command("View: Keep Editor");
      await window.command("LTO: Open Dashboard");
      await window.editors.webview().getByText("hello (bin)").first().waitFor();
      await window.reload();
      await window.whenStatusBar(/LTO \d+ CGUs, not incremental/);
      await tree.whenRows("groups", ([row]) => row?.label === "Not Incremental");
      await window.editors.webview().getByText("hello (bin)").first().waitFor();
      assert.ok((await window.editors.tabs()).includes(title), (await window.editors.tabs()).join());
      await window.command("View: Open Previous Editor");
      await window.editors.whenActive(title);
      await eventually(
        "the stage's text",
        () => window.editors.lines(),
        (lines) => lines.some((line) => line.startsWith("; ModuleID")),
      );
      await window.editors.closeAll();
    });

    await step("a stage that is opened without a running server", async () => {
      await tree.expand("hello");
      await tree.expand(cgu);
      await tree.expand("Internalize");
      const rows = await tree.rows();
      const changed = rows.find(({ level, description }) => level === 5 && description.startsWith("changed"));
      assert.ok(changed !== undefined, JSON.stringify(rows));
      for (const { pid } of server.processes().filter(({ command }) => command.includes("dist/server.js"))) signalProcess(pid, "SIGKILL");
      await tree.select(changed.label);
      await window.editors.whenActive(INTERNALIZED);
      await window.editors.whenDiff("both sides", ({ original, modified }) => original.length > 1 && modified.length > 1);
      await window.editors.closeAll();
    });

    await step("a failed verification removes the badge, and names the file", async () => {
      const folder = fs.readdirSync(`${sandbox.store}/captures`).map((unit) => `${sandbox.store}/captures/${unit}/1/rustc`)[0] ?? "";
      const [file = ""] = fs.readdirSync(folder).filter((name) => name.endsWith(".thin-lto-after-pm.bc"));
      const content = fs.readFileSync(`${folder}/${file}`);
      fs.truncateSync(`${folder}/${file}`, 100);
      await window.command("LTO: Verify Against rustc");
      const { severity } = await window.notification(/^Not equal to rustc: /);
      assert.equal(severity, "warning");
      await window.page.locator('.statusbar-item[aria-label$=", same LLVM, not verified"]').first().waitFor();
      fs.writeFileSync(`${folder}/${file}`, content);
      await window.clearNotifications();
    });

    await step("runs are opened, named, pinned and deleted", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.notification(/\d+ CGUs, not incremental, verified/);
      await window.clearNotifications();
      await window.command("View: Hide Panel");
      await window.command("LTO Inspector: Focus on Runs View");
      const runs = window.tree("Runs");
      const [, earlier] = await runs.whenRows(
        "two runs",
        (rows) => rows.length === 2 && rows[0]?.label === "first build" && rows[0].description.startsWith("shown"),
      );
      await runs.pane.locator(".monaco-list-row").nth(1).click();
      await runs.whenRows("the earlier one shown", (rows) => rows[1]?.description.startsWith("shown") === true);
      assert.match(earlier?.ariaLabel ?? "", /^first build, run of hello/);
      await window.page.keyboard.press("F2");
      await window.quickInput.type("before the fix");
      await window.quickInput.accept();
      await runs.whenRows("the user's name", (rows) => rows[1]?.label === "before the fix");
      await runs.pane.locator(".monaco-list-row").nth(1).hover();
      await runs.pane.locator(".monaco-list-row").nth(1).getByRole("button", { name: "Pin Run" }).click();
      await runs.whenRows(
        "the pinned run first",
        (rows) => rows[0]?.label === "before the fix" && rows[0].description.includes(" pinned "),
      );
      await window.threePictures("runs");
      await window.sideBarWidth(300);
      await window.threePictures("runs-narrow");
      await window.sideBarWidth(SIDE_BAR);
      const [first, second] = [runs.pane.locator(".monaco-list-row").nth(0), runs.pane.locator(".monaco-list-row").nth(1)];
      await first.click();
      await second.click({ modifiers: ["Control"] });
      await second.click({ button: "right" });
      await chooseFromMenu(window.page, "Compare Runs");
      const comparison = window.editors.webview();
      await comparison.getByText(/^\d+ CGUs: no difference in verdict, size or imports\.$/).waitFor();
      await comparison.getByText("before the fix").first().waitFor();
      await window.picture("compare-runs");
      await window.editors.closeAll();
      await runs.pane.locator(".monaco-list-row").nth(0).click();
      await window.page.keyboard.press("Delete");
      await runs.whenRows("one run", (rows) => rows.length === 1);
      assert.match(await tree.welcome(), /No run is shown/);
      await window.notification(/^Deleted “before the fix”/);
      await window.page.getByRole("button", { name: "Undo" }).click();
      await runs.whenRows(
        "the restored run, shown again",
        (rows) => rows.length === 2 && rows[0]?.description.startsWith("shown") === true,
      );
      await runs.pane.locator(".monaco-list-row").nth(0).hover();
      await runs.pane.locator(".monaco-list-row").nth(0).getByRole("button", { name: "Delete Run" }).click();
      await runs.whenRows("one run again", (rows) => rows.length === 1);
      await window.clearNotifications();
      await runs.pane.locator(".monaco-list-row").nth(0).click();
      await window.whenStatusBar(/LTO \d+ CGUs, not incremental/);
      await runs.pane.locator(".monaco-list-row").nth(0).hover();
      await runs.pane.locator(".monaco-list-row").nth(0).getByRole("button", { name: "Delete Run" }).click();
      await window.page.getByText("No runs yet.").waitFor();
      await window.clearNotifications();
    });

    await step("a click on a unit without a run runs it", async () => {
      await window.tree("Units").select("hello (bin)");
      await window.notification(/\d+ CGUs, not incremental, verified/);
      await window.clearNotifications();
      await window.whenStatusBar(/LTO \d+ CGUs, not incremental/);
    });

    await step("Compare Settings: ticked and typed ones, after one question, on a page that is saved", async () => {
      const units = window.tree("Units");
      await (await units.reveal("hello (bin)")).click({ button: "right" });
      await chooseFromMenu(window.page, "Compare Settings");
      const { quickInput } = window;
      await eventually(
        "settings",
        () => quickInput.items().catch(() => []),
        (items) => items.some(({ label }) => label === "lto=fat"),
      );
      await window.picture("compare-settings-pick");
      // Replays are enough here.
      for (const built of ["lto=off", "lto=thin-local", "lto=fat", "codegen-units=1", "opt-level=s"]) await quickInput.choose(built);
      await quickInput.choose("Other setting…");
      await quickInput.accept();
      await eventually(
        "box for a setting",
        () => quickInput.placeholder(),
        (text) => text === "lto=fat,codegen-units=1",
      );
      await quickInput.type("lto=thick");
      await eventually(
        "reason",
        () => quickInput.message(),
        (text) => text.includes("`lto=thick` is not understood: its value is none of off"),
      );
      await quickInput.type("inline-threshold=1");
      await quickInput.accept();
      await eventually(
        "list with the typed setting",
        () => quickInput.items().catch(() => []),
        (items) => items.some(({ label }) => label === "inline-threshold=1"),
      );
      await quickInput.accept();
      await eventually(
        "box for a command",
        () => quickInput.placeholder(),
        (text) => text.includes("input.txt"),
      );
      await quickInput.type("{} && test -f Cargo.toml");
      await quickInput.accept();
      const question = await window.dialog.innerText();
      assert.match(question, /Replayed from the capture: as built, inline-threshold=1, import-instr-limit=10/);
      assert.match(question, /Takes about .* estimated from the latest run\.[\s\S]*each program 16 times/);
      assert.doesNotMatch(question, /Cargo builds/);
      await window.picture("compare-settings-question");
      await window.dialog.getByRole("button", { name: "Compare", exact: true }).click();
      const page = window.editors.webview();
      await page.locator(".advice tbody tr").nth(2).waitFor();
      assert.deepEqual(await page.locator(".advice tbody th").allTextContents(), [
        "as built",
        "inline-threshold=1",
        "import-instr-limit=10",
      ]);
      await window.threePictures("compare-settings");
      await page.getByRole("button", { name: "Copy the lines for import-instr-limit=10" }).click();
      await eventually(
        "lines",
        () => window.clipboard(),
        (text) => text.includes('rustflags = ["-Cllvm-args=-import-instr-limit=10"]'),
      );
      await window.editors.closeAll();
      await window.command("LTO: Open Settings Comparison");
      await quickInput.choose("hello (bin)");
      await page.locator(".advice tbody tr").nth(2).waitFor();
      await page.getByRole("button", { name: /^Delete the comparison of/ }).click();
      await window.dialog.getByRole("button", { name: "Delete", exact: true }).click();
      await eventually(
        "closed page",
        () => window.editors.tabs(),
        (tabs) => tabs.length === 0,
      );
    });

    await step("Compare Captures says that there is only one", async () => {
      const units = window.tree("Units");
      await (await units.reveal("hello (bin)")).click({ button: "right" });
      await chooseFromMenu(window.page, "Compare Captures");
      await window.notification(/^hello \(bin\) was captured once/);
      await window.clearNotifications();
    });

    await step("Select LLVM lists the libraries of this machine", async () => {
      await window.command("LTO: Select LLVM");
      await eventually(
        "candidates",
        () => window.quickInput.items().catch(() => []),
        (found) => found.some(({ label }) => label.includes("Choose a file")),
      );
      const items = await window.quickInput.items();
      assert.ok(
        items.some(({ description }) => /22\.1.*used in this workspace/.test(description)),
        JSON.stringify(items),
      );
      await window.quickInput.cancel();
    });

    await step("Clear Store: cleared stages are made again when they are opened", async () => {
      await window.command("LTO: Clear Store");
      assert.match(await window.dialog.innerText(), /captures?, \d+ runs?, and stages/);
      await window.dialog.getByRole("button", { name: "Clear Stages" }).click();
      await window.notification(/freed\.$/);
      await window.clearNotifications();
      await tree.expand("hello");
      await tree.expand(cgu);
      await tree.select("Optimize (pm)");
      await window.editors.whenActive(/Import ↔ Optimize \(pm\)/);
      await window.editors.closeAll();
    });

    await step("the walkthrough: steps that were done before it was first opened are completed", async () => {
      await until("the list of walkthroughs", async () => {
        await window.command("Welcome: Open Walkthrough...");
        return window.quickInput.comes();
      });
      await window.quickInput.type("rustc's link-time");
      await window.quickInput.accept();
      await window.page.getByText("Re-used or re-compiled, and why").first().waitFor();
      const ticks = window.page.locator('.getting-started-step [role="checkbox"]');
      await eventually(
        "tick at each step",
        () => ticks.evaluateAll((boxes: PageElement[]) => boxes.map((box) => box.getAttribute("aria-checked"))),
        (checked) => checked.join() === "true,true,true,true",
      );
      await window.threePictures("walkthrough");
      await window.editors.closeAll();
    });

    await step("a new server, and the log", async () => {
      await window.command("LTO: Restart Server");
      await tree.whenRows("groups", (rows) => rows.length > 1);
      await window.command("LTO: Show Log");
      await window.page.locator(".part.panel .view-line").first().waitFor();
    });
  },
);
