/**
 * The first steps of a new user: one command, the decisions in the tree, a stage diff, the dashboard; then an edit, after which exactly the codegen
 * units that the command line names are re-compiled.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import type { FindReport } from "../../src/protocol/ir.js";
import { countGroups, groupOf, headline, headlineParts } from "../../src/protocol/module-groups.js";
import { learnNamesOf, shortModuleName } from "../../src/protocol/module-names.js";
import type { GroupCounts, RunReport } from "../../src/protocol/runs.js";
import { TestCli } from "../support/cli.js";
import { eventually, scrollTo } from "../support/vscode/dom.js";
import { windowTest } from "../support/vscode/e2e.js";
import type { Diff } from "../support/vscode/editors.js";
import { chooseFromMenu } from "../support/vscode/tree.js";
import type { Workbench } from "../support/vscode/workbench.js";

/** A build and a run take long if tests share few cores. */
const HEADLINE = /^LTO (.*(?:re-used|CGUs))/;

/** The toggles except the one for names, and what each side shows when a toggle leaves its default. */
const FILTERS: readonly (readonly [title: string, sign: RegExp | null])[] = [
  ["Toggle Debug Info", /, !dbg /],
  ["Toggle Attributes", null],
  ["Toggle Aligned Numbers", null],
];

/** The headline in the status bar, which follows the shown run. */
async function shownHeadline(window: Workbench): Promise<string> {
  await window.whenStatusBar(HEADLINE);
  const texts = await window.statusBar();
  return texts.flatMap((text) => HEADLINE.exec(text)?.[1] ?? [])[0] ?? "";
}

/** The short names of all codegen units in a group of the tree, with every crate expanded. */
async function cgusIn(window: Workbench, crates: readonly string[]): Promise<string[]> {
  const tree = window.tree("Codegen Units");
  // A tree only has the rows on the screen.
  const size = window.page.viewportSize() ?? { width: 1440, height: 900 };
  await window.page.setViewportSize({ ...size, height: 4000 });
  for (const crate of crates) await tree.expand(crate);
  const rows = await tree.rows();
  await window.page.setViewportSize(size);
  return rows.filter((row) => row.level === 3).map((row) => row.label);
}

/** The command line's report on a unit's latest capture. */
async function decisions(store: string, unit: string): Promise<RunReport> {
  return new TestCli(store).report<RunReport>(["thin", unit, "--analyze"]);
}

// Debug info to hide, and source lines to open. Set for the window and the command line, which share the build.
process.env["CARGO_PROFILE_RELEASE_DEBUG"] = "line-tables-only";

windowTest(
  "from the palette to decisions, stage diffs and the dashboard; an edit re-compiles what it must",
  {
    workspace: inRoot("examples", "rust"),
    size: { width: 1440, height: 900 },
  },
  async ({ window, sandbox }, step) => {
    const tree = window.tree("Codegen Units");
    let unit = "";
    let modules = 0;
    let counted: GroupCounts = {};

    await step("empty views say what to do", async () => {
      await window.openContainer("LTO Inspector");
      await window.page.getByText("Nothing to inspect yet").waitFor();
      assert.match(await tree.welcome(), /No run is shown/);
      assert.deepEqual(await window.emptyButtons(), ["Run Thin LTO"]);
      await window.threePictures("welcome");
    });

    await step("one question, a task with Cargo's output, and the result", async () => {
      await window.command("LTO: Run Thin LTO");
      await window.dialog.waitFor();
      const question = await window.dialog.innerText();
      for (const wanted of [/textstats \(bin\), LTO thin/, /Roughly .* and .* of disk/, /No differences from your own build/]) {
        assert.match(question, wanted);
      }
      await window.dialog.getByRole("button", { name: "Build and Inspect" }).click();
      await window.whenTerminal(/Compiling text-core/);
      await window.notification(/: first build of \d+ CGUs, verified/);
      const said = await shownHeadline(window);
      unit = fs.readdirSync(path.join(sandbox.store, "captures"))[0] ?? "";
      const report = await decisions(sandbox.store, unit);
      modules = report.modules.length;
      assert.equal(said, `first build of ${modules} CGUs`);
      const [group] = await tree.whenRows("group", (rows) => rows.length > 1);
      assert.match(`${group?.label ?? ""} ${group?.description ?? ""}`, new RegExp(`^First Build ${modules} CGUs in \\d+ crates`));
      await window.clearNotifications();
      await window.command("View: Hide Panel");
    });

    await step("the dashboard has the same numbers", async () => {
      await window.command("LTO: Open Dashboard");
      const page = window.editors.webview();
      await page.getByText("textstats (bin)").first().waitFor();
      await page.getByText(`${modules} modules`).first().waitFor();
      await window.threePictures("dashboard");
      await window.editors.closeAll();
    });

    await step("after an edit, nothing is asked, and exactly the expected codegen units are re-compiled", async () => {
      execFileSync(process.execPath, ["edit.mjs", "--apply", "."], { cwd: sandbox.workspace });
      await window.command("LTO: Run Thin LTO");
      await window
        .statusBarItem(/LTO [1-9]\d* by your edit/)
        .first()
        .waitFor();
      assert.equal(await window.dialog.isVisible(), false);
      await window.clearNotifications();
      await window.command("View: Hide Panel");

      const report = await decisions(sandbox.store, unit);
      learnNamesOf(report.modules);
      const expected = report.modules.filter((module) => groupOf(module) === "changed");
      counted = countGroups(report.modules);
      assert.equal(await shownHeadline(window), headline(counted, expected.length));
      assert.ok((counted["never-cached"] ?? 0) > 0 && (counted["re-used"] ?? 0) > 0, headline(counted));
      assert.ok(expected.length > 0 && expected.length < report.modules.length, `${expected.length} changed`);
      const crates = [...new Set(expected.map(({ crate }) => crate))];
      const names = await cgusIn(window, crates);
      assert.deepEqual(names.sort(), expected.map(({ name }) => shortModuleName(name)).sort());
      await window.threePictures("decisions");

      await tree.collapse("Changed");
      await tree.expand("Re-used");
      await tree.expand("textstats");
      await window.threePictures("re-used");
      await tree.collapse("Re-used");
      await tree.expand("Changed");
    });

    await step("Explain Decision names the decisive fact, and its links lead to diff, source and stages", async () => {
      const { hits } = await new TestCli(sandbox.store).report<FindReport>(["find", unit, "textstats::bars::bar", "--stage", "pm"]);
      const name = shortModuleName(hits.find(({ role }) => role === "defined")?.module ?? "");
      const row = await tree.reveal(name);
      // The group and the icon say why it was re-compiled.
      assert.match((await row.locator(".label-description").textContent()) ?? "", /^[\d.]+ k?B · /);
      assert.equal(await row.locator(".codicon-edit").count(), 1);
      const decisive = /textstats::bars::bar (?:grew|shrank) from \d+ to \d+ instructions/;
      await tree.tooltip(
        name,
        (said) => decisive.test(said) && said.includes("bars.rs was edited: textstats::bars::bar in crate textstats changed"),
      );
      await tree.contextMenu(name, "Explain Decision");
      const title = await window.editors.whenActive(new RegExp(`^Why ${name.replaceAll(/[()]/g, "\\$&")}$`));
      const page = window.editors.webview();
      await page.locator(".fact").filter({ hasText: decisive }).waitFor();
      assert.match((await page.locator(".node-cause").textContent()) ?? "", /bars\.rs was edited/);
      await window.threePictures("explanation");

      // By keyboard: the graph is the stop after the first button, and Enter compares the function in both builds. The click gives the page the focus.
      await page.locator("h1").click();
      await window.page.keyboard.press("Tab");
      await window.page.keyboard.press("Tab");
      await page.locator(".node-cause:focus").waitFor();
      await window.page.keyboard.press("Enter");
      await window.editors.whenActive(/textstats::bars::bar · before ↔ after$/);
      // The edit only adds instructions, so the earlier build has no changed line.
      const diff = await window.editors.whenDiff("changed lines", ({ modified }) =>
        modified.some(({ changed, text }) => changed && text.trim() !== ""),
      );
      assert.ok(diff.modified.some(({ text }) => text.startsWith("define ") && text.includes("textstats::bars::bar")));
      for (const [link, target] of [
        [/^crates\/textstats\/src\/bars\.rs:\d+$/, "bars.rs"],
        ["Optimize (pm)", `${name} · Optimize (pm).ll`],
      ] as const) {
        await tree.contextMenu(name, "Explain Decision");
        await window.editors.whenActive(title);
        await window.editors.webview().getByRole("button", { name: link }).first().click();
        await window.editors.whenActive(target);
      }
      await eventually(
        "module",
        () => window.editors.lines(),
        (lines) => lines.some((line) => line.startsWith("; ModuleID")),
      );
      await window.editors.closeAll();
    });

    await step("a stage diff of the edited function shows what the command line prints", async () => {
      const cli = new TestCli(sandbox.store);
      const found = await cli.report<FindReport>(["find", unit, "textstats::bars::bar", "--stage", "pm"]);
      const hit = found.hits.find(({ role }) => role === "defined");
      assert.ok(hit !== undefined, JSON.stringify(found.hits));
      await tree.expand(shortModuleName(hit.module));
      await tree.expand("Optimize (pm)");
      await tree.select(hit.demangled);
      await window.editors.whenActive(/textstats::bars::bar.* · Import ↔ Optimize \(pm\)$/);
      const diff = await window.editors.whenDiff("changed lines", ({ original, modified }) =>
        [original, modified].every((lines) => lines.some(({ changed, text }) => changed && text.trim() !== "")),
      );
      const filters = ["--demangle", "--hide", "debug,metadata"];
      // Both sides have the same number for the same value, group of attributes or metadata, so the right one's are not those that LLVM prints.
      const withoutNumbers = (line: string): string => line.replaceAll(/(?<=[%#!])\d+|^\d+(?=:)/g, "").replace(/(?<=:) +; preds = .*/, "");
      for (const [stage, lines] of [
        ["import", diff.original],
        ["pm", diff.modified],
      ] as const) {
        const { stdout } = await cli.run(["show", unit, hit.module, "--stage", stage, "--function", hit.symbol, ...filters]);
        const printed = new Set(stdout.split("\n").map(withoutNumbers));
        const wrong = lines.map(({ text }) => text).filter((text) => text.trim() !== "" && !printed.has(withoutNumbers(text)));
        assert.deepEqual(wrong, [], `lines at ${stage} that the command line does not print`);
      }
      // The editor begins at the first change, so the function's head may be above it.
      const unchanged = diff.original.filter(({ text }) => /%\d+ = /.test(text) && diff.modified.some((other) => other.text === text));
      assert.ok(unchanged.length > 0, "no value has the same number on both sides");
      await window.threePictures("stage-diff");
    });

    await step("commands step through stages, filters apply to both sides", async () => {
      await window.editors.press("Previous Stage");
      await window.editors.whenActive(/Internalize ↔ Import$/);
      await window.command("LTO: Next Stage");
      await window.editors.whenActive(/Import ↔ Optimize \(pm\)$/);
      const mangled = (texts: readonly { readonly text: string }[]): boolean => texts.some(({ text }) => /@"?_(?:R|ZN)\w+/.test(text));
      await window.command("LTO: Toggle Demangled Names");
      await window.editors.whenDiff("symbols", ({ original, modified }) => mangled(original) && mangled(modified));
      await window.command("LTO: Toggle Demangled Names");
      await window.editors.whenDiff(
        "readable names",
        ({ original, modified }) => !mangled(original) && !mangled(modified) && modified.length > 1,
      );
      assert.equal((await window.editors.tabs()).length, 1);
    });

    await step("each filter is a toggle for both sides", async () => {
      const sides = ({ original, modified }: Diff): string[] =>
        [original, modified].map((lines) => lines.map(({ text }) => text).join("\n"));
      for (const [title, sign] of FILTERS) {
        const before = sides(await window.editors.diff());
        await window.command(`LTO: ${title}`);
        await window.editors.whenDiff(`both sides changed by ${title}`, (diff) =>
          sides(diff).every((text, side) => text !== before[side] && text.includes("\n") && (sign === null || sign.test(text))),
        );
        await window.command(`LTO: ${title}`);
        await window.editors.whenDiff(`both sides as before ${title}`, (diff) => sides(diff).every((text, side) => text === before[side]));
      }
      assert.equal((await window.editors.tabs()).length, 1);
    });

    await step("the two captures are compared in a page", async () => {
      await window.editors.closeAll();
      await (await window.tree("Units").reveal("textstats (bin)")).click({ button: "right" });
      await chooseFromMenu(window.page, "Compare Captures");
      const comparison = window.editors.webview();
      await comparison.getByText(/^\d+ of \d+ CGUs differ: .*\bin verdict\b/).waitFor();
      await comparison.locator("details.row > summary").first().waitFor();
      await window.threePictures("compare-captures");
      await window.editors.closeAll();
    });

    await step("the edited function as assembly beside its source, and compared with what it was before the edit", async () => {
      await window.page.keyboard.press("Control+P");
      await (await window.quickInput.shown()).widget.locator("input").fill("bars.rs");
      await window.quickInput.widget.getByText("bars.rs").first().waitFor();
      await window.page.keyboard.press("Enter");
      await window.editors.whenActive("bars.rs");
      await window.command("LTO: Show Assembly");
      await (await window.quickInput.shown()).widget.locator("input").fill("textstats::bars::bar");
      await window.page.keyboard.press("Enter");
      // The source keeps the focus.
      const checked = window.page.locator(".view-line", { hasText: /The.same.machine.code.as.in.rustc's.object/ }).first();
      await checked.waitFor();
      await window.threePictures("assembly");
      const size = window.page.viewportSize() ?? { width: 1440, height: 900 };
      // The assembly is about 300 px wide.
      await window.page.setViewportSize({ ...size, width: 950 });
      await window.threePictures("assembly-narrow");
      await window.page.setViewportSize(size);
      await checked.click();
      await window.editors.whenActive(/bar\.s/);
      await window.command("LTO: Compare Assembly");
      const { widget } = await window.quickInput.shown();
      await widget
        .locator(".monaco-list-row", { hasText: /first.build/ })
        .first()
        .click();
      await window.editors.whenActive(/bars::bar · .* ↔ /);
      await window.editors.whenDiff("other instructions", ({ original, modified }) =>
        [original, modified].every((lines) => lines.some(({ changed, text }) => changed && text.trim() !== "")),
      );
      await window.threePictures("assembly-diff");
      await window.editors.closeAll();
    });

    await step("the dashboard follows the run", async () => {
      await window.editors.closeAll();
      await window.command("LTO: Open Dashboard");
      const page = window.editors.webview();
      await page.getByText(`${modules} modules`).first().waitFor();
      for (const part of headlineParts(counted, counted.changed)) {
        await page.locator(".verdicts").getByText(part, { exact: true }).waitFor();
      }
      await window.threePictures("dashboard-after-edit");
      for (const section of ["Timeline", "Instructions and size by stage"]) {
        await scrollTo(page.getByRole("heading", { name: section }));
        await window.threePictures(section.split(" ").at(-1)?.toLowerCase() ?? "");
      }
    });

    await step("the decisions of a build that is captured in a terminal appear automatically", async () => {
      const before = await shownHeadline(window);
      fs.appendFileSync(path.join(sandbox.workspace, "crates", "textstats", "src", "main.rs"), "// A comment changes no code.\n");
      assert.equal(await new TestCli(sandbox.store).capture(sandbox.workspace), unit);
      await eventually(
        "decisions of the new build",
        () => shownHeadline(window),
        (said) => said !== before,
      );
      const now = countGroups((await decisions(sandbox.store, unit)).modules);
      const { changed = 0, new: added = 0 } = now;
      // Whatever a comment changes in debug info is an edit too.
      await eventually(
        "their causes",
        () => shownHeadline(window),
        (said) => said === headline(now, changed + added),
      );
    });
  },
);
