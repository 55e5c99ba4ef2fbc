/** Stage documents, comparisons, search, command lines. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "node:test";
import { THIN_STAGES } from "../../../src/protocol/stages.js";
import {
  formatStageUri,
  NO_FILTERS,
  parseStageUri,
  withFilters,
  type DocumentFilters,
  type StageAddress,
} from "../../../src/protocol/uris.js";
import type { ModuleRow } from "../../../src/protocol/views.js";
import type { Captured } from "../../support/captured.js";
import { assertRenamed } from "../../support/renaming.js";

const READABLE: DocumentFilters = { hideDebugInfo: true, hideGuids: true, hideAttributes: true, demangle: true, stableNumbering: true };

/** The same document at another stage. */
function withStage(uri: string, stage: StageAddress["stage"]): string {
  return formatStageUri({ ...(parseStageUri(uri) ?? assert.fail(uri)), stage });
}

export function documents(captured: Captured): void {
  const subject = (): { run: string } => ({ run: captured.run.id });

  /** The module that defines `textstats::bars::bar`. */
  async function bar(): Promise<{ module: string; symbol: string; uri: string }> {
    const { hits } = await captured.server.ask("find", {
      ...{ subject: subject(), symbol: "textstats::bars::bar", stage: "thin-lto-input", limit: 5, filters: READABLE },
    });
    const hit = hits.find(({ role }) => role === "defined") ?? assert.fail("bar is defined nowhere");
    return { module: hit.module, symbol: hit.symbol, uri: hit.uri ?? assert.fail("no document shows bar") };
  }

  async function largest(): Promise<ModuleRow> {
    const { rows } = await captured.server.ask("modules", { subject: subject(), sort: "bytes", descending: true, offset: 0, limit: 1 });
    return rows[0] ?? assert.fail("no module");
  }

  describe("documents", () => {
    before(() => captured.ensureRun());

    it("a function is shown with the filters of its address", async () => {
      const { server } = captured;
      const { uri, symbol } = await bar();
      const readable = await server.text(uri);
      assert.match(readable, /^define .*@"textstats::bars::bar"\(/m);
      assert.doesNotMatch(readable, /!dbg|#dbg_|^!\d+ = | #\d+/m);
      const plain = await server.text(withFilters(uri, NO_FILTERS) ?? "");
      assert.ok(plain.includes(`@${symbol}(`));
      assert.match(plain, / #\d+ /);
      assert.ok(plain.length > readable.length);
      for (const filter of Object.keys(NO_FILTERS) as (keyof DocumentFilters)[]) {
        const text = await server.text(withFilters(uri, { ...NO_FILTERS, [filter]: true }) ?? "");
        assert.match(text, /^define /m, filter);
      }
      assert.doesNotMatch(plain, /[0-9a-f]{60}\.bc/, "the name of a file in the store would be a difference in every diff");
    });

    it("a document never shows a damaged stage, which is made again", async () => {
      const { server, store } = captured;
      const { module, uri } = await bar();
      const address = withFilters(withStage(uri, "thin-lto-after-import"), NO_FILTERS) ?? "";
      const text = await server.text(address);
      const { path: file } = await server.ask("stageFile", { subject: subject(), module, stage: "thin-lto-after-import" });
      assert.ok(file.startsWith(path.join(store, "blobs")), file);
      const content = await fs.readFile(file);
      const damaged = Buffer.from(content);
      damaged.write("damaged", Math.floor(damaged.length / 2));
      await fs.writeFile(file, damaged);
      assert.equal(await server.text(address), text);
      assert.deepEqual(await fs.readFile(file), content);
    });

    it("the same function is found at every stage, even under another name", async () => {
      const { uri } = await bar();
      for (const stage of ["thin-lto-after-rename", "thin-lto-after-import", "thin-lto-after-pm"] as const) {
        assert.match(await captured.server.text(withStage(uri, stage)), /textstats::bars::bar/, stage);
      }
    });

    it("a missing function is reported", async () => {
      const { module } = await bar();
      const uri = formatStageUri({ subject: subject(), module, stage: "thin-lto-input", function: "no_such", filters: READABLE });
      assert.match(await captured.server.text(uri), /^; Module \S+ at stage Input has no function no_such\.\n$/);
    });

    it("a small module is shown completely, a large one as a list that says what was left out and how to get it", async () => {
      const { server } = captured;
      const { module } = await bar();
      const uri = (name: string): string =>
        formatStageUri({ subject: subject(), module: name, stage: "thin-lto-input", function: null, filters: READABLE });
      const whole = await server.text(uri(module));
      assert.match(whole, new RegExp(`^; ModuleID = '${module}'\n`));
      assert.match(whole, /^define .*bars::bar"/m);
      const { name } = await largest();
      const bounded = await server.text(uri(name));
      assert.match(bounded, /too large to show as one text/);
      assert.match(bounded, /Left out: the text of its \d+ functions/);
      assert.match(bounded, /Copy CLI Command/);
      assert.ok(bounded.length < 300_000);
      assert.ok(
        bounded.split("\n").every((line) => line === "" || line.startsWith(";")),
        "it is still valid LLVM IR",
      );
    });

    it("what a stage changed opens as pairs of documents that differ", async () => {
      const { server } = captured;
      const { module } = await bar();
      const choice = { subject: subject(), module, from: "thin-lto-after-import", to: "thin-lto-after-pm", filters: READABLE } as const;
      const page = await server.ask("compare", { ...choice, offset: 0, limit: 3 });
      assert.match(page.title, / · Import ↔ Optimize \(pm\)( · functions 1–3 of [\d,]+)?$/);
      assert.equal(!page.title.includes(" · functions 1–"), page.total <= 3);
      assert.ok(page.rows.length > 0);
      for (const { left, right, change } of page.rows) {
        assert.equal(left === null, change === "added");
        assert.equal(right === null, change === "removed");
        const texts = await Promise.all([left, right].map(async (uri) => (uri === null ? "" : server.text(uri))));
        assert.notEqual(texts[0], texts[1]);
      }
      const whole = await server.ask("compare", { ...choice, wholeModule: true, offset: 0, limit: 3 });
      assert.equal(whole.total, 1);
      assert.match((await server.text(whole.rows[0]?.right ?? "")).slice(0, 20), /ModuleID/);
    });

    it("both sides of a diff are numbered alike, by nothing but renaming", async () => {
      const { server } = captured;
      const { rows } = await server.ask("modules", { subject: subject(), sort: "bytes", descending: true, offset: 0, limit: 12 });
      let numbered = 0;
      for (const { name: module } of rows) {
        for (const [from, to] of [
          ["thin-lto-input", "thin-lto-after-import"],
          ["thin-lto-after-import", "thin-lto-after-pm"],
        ] as const) {
          const choice = { subject: subject(), module, from, to, filters: { ...READABLE, hideDebugInfo: false, demangle: false } };
          const { rows: pairs } = await server.ask("compare", { ...choice, offset: 0, limit: 8 });
          for (const uri of pairs.flatMap(({ left, right }) => (left === null || right === null ? [] : [left, right]))) {
            const address = parseStageUri(uri) ?? assert.fail(uri);
            const texts = [uri, withFilters(uri, { ...address.filters, stableNumbering: false }) ?? ""].map((one) => server.text(one));
            const [aligned = "", plain = ""] = await Promise.all(texts);
            if (!plain.includes("\ndefine ")) continue;
            const bodies = plain.replaceAll(/(?<=:) +; (?:preds = |No predecessors).*$/gm, "");
            if (address.beside?.side === "left") assert.equal(aligned, bodies, "the left side has LLVM's numbers");
            else assertRenamed(bodies, aligned);
            if (aligned !== bodies) numbered += 1;
          }
        }
      }
      assert.ok(numbered > 10, `${numbered} functions got other numbers`);
    });

    it("if no function changed, the text says what the diff of the whole module shows", async () => {
      const { server } = captured;
      const { rows } = await server.ask("modules", { subject: subject(), offset: 0, limit: 500 });
      let [same, different] = [0, 0];
      for (const { name } of rows) {
        const { stages } = await server.ask("stages", { subject: subject(), module: name, changes: true });
        for (const [index, { stage, changes }] of stages.entries()) {
          const from = stages[index - 1]?.stage;
          if (from === undefined || changes === null || changes.changed + changes.added + changes.removed > 0) continue;
          const page = await server.ask("compare", {
            ...{
              subject: subject(),
              module: name,
              from,
              to: stage,
              filters: { ...READABLE, hideDebugInfo: false, hideGuids: false, hideAttributes: false },
              offset: 0,
              limit: 50,
            },
          });
          const words = page.unchanged ?? assert.fail(`${name} ${stage}: the answer has no text`);
          const [pair] = page.rows;
          const large = changes.others.text === null;
          assert.equal(pair === undefined, changes.others.sameBytes || large, words);
          assert.equal(words.includes("too large to be compared"), large, words);
          assert.equal(words.endsWith(": nothing changed."), changes.others.sameBytes, words);
          if (pair === undefined) {
            same += 1;
            continue;
          }
          different += 1;
          const [left, right] = await Promise.all([pair.left, pair.right].map((uri) => server.text(uri ?? "")));
          assert.notEqual(left, right, words);
          assert.match(pair.title, / · no function body changed; /);
        }
      }
      assert.ok(same > 0 && different > 0, `${same} are the same, ${different} differ`);
    });

    it("a function that ThinLTO promoted is one function, under two names", async () => {
      const { server } = captured;
      const { name } = await largest();
      const choice = {
        subject: subject(),
        module: name,
        from: "thin-lto-input",
        to: "thin-lto-after-rename",
        filters: NO_FILTERS,
      } as const;
      const { rows: changed } = await server.ask("changedFunctions", { ...choice, offset: 0, limit: 500 });
      const promoted = changed.findIndex(({ left, right }) => left !== null && right === `${left}.llvm.${right?.split(".").at(-1)}`);
      assert.ok(promoted >= 0, "nothing was promoted");
      const { rows } = await server.ask("compare", { ...choice, offset: promoted, limit: 1 });
      const [left = "", right = ""] = [rows[0]?.left ?? undefined, rows[0]?.right ?? undefined];
      assert.equal(left.split("?")[0], right.split("?")[0], "VS Code would take a different path for a renamed file");
      assert.match(await server.text(left), new RegExp(`^define .*@${changed[promoted]?.left}\\(`, "m"));
      assert.match(await server.text(right), new RegExp(`^define .*@${changed[promoted]?.right}\\(`, "m"));
    });

    it("one function is compared before and after a stage", async () => {
      const { server } = captured;
      const { module, symbol } = await bar();
      const choice = { subject: subject(), module, from: "thin-lto-input", to: "thin-lto-after-pm", filters: READABLE } as const;
      for (const name of [symbol, "textstats::bars::bar"]) {
        const { rows, total } = await server.ask("compare", { ...choice, function: name, offset: 0, limit: 10 });
        assert.equal(total, 1);
        assert.match(rows[0]?.title ?? "", /^textstats::bars::bar · \S+ · Input ↔ Optimize \(pm\)$/);
        assert.ok(rows[0]?.left !== null && rows[0]?.right !== null, "vscode.diff needs two documents");
        assert.equal(rows[0]?.left.split("?")[0], rows[0]?.right.split("?")[0]);
      }
      const unknown = await server.failure("compare", { ...choice, function: "no_such", offset: 0, limit: 1 });
      assert.deepEqual([unknown.name, unknown.module], ["UnknownFunction", module]);
    });

    it("finds a symbol in all codegen units, with a document for each hit", async () => {
      const { server } = captured;
      const seen: string[] = [];
      const found = await server.askWithProgress(
        "find",
        { subject: subject(), symbol: "text_core", stage: "thin-lto-after-import", limit: 30, filters: READABLE },
        (value) => {
          if (value.kind === "report") seen.push(value.message ?? "");
        },
      );
      assert.equal(found.searched, captured.run.counts.modules);
      assert.equal(found.errors.total, 0);
      assert.ok(found.hits.length > 0 && found.hits.length <= 30);
      assert.ok(
        found.hits.some(({ role }) => role !== "defined"),
        "text-core's functions are used elsewhere",
      );
      for (const { uri } of found.hits.slice(0, 5)) if (uri !== null) assert.match(await server.text(uri), /text_core/);
      assert.ok(seen.length > 0);
    });

    it("stages that rustc saved in the user's own target folder are shown as they are", async () => {
      const { server, unit } = captured;
      const { module } = await bar();
      const folder = path.join(captured.scratch, "saved");
      await fs.mkdir(folder);
      for (const stage of THIN_STAGES.slice(0, 5)) {
        await fs.copyFile(
          path.join(unit.path, "rustc", `${module}.${stage}.bc`),
          path.join(folder, `textstats-0123456789abcdef.${module}.rcgu.${stage}.bc`),
        );
      }
      const saved = { unit: folder };
      const { rows } = await server.ask("modules", { subject: saved, offset: 0, limit: 5 });
      assert.deepEqual(
        rows.map(({ name, crate, verdict }) => [name, crate, verdict]),
        [[module, "textstats", null]],
      );
      const { stages } = await server.ask("stages", { subject: saved, module, changes: true });
      assert.deepEqual(
        stages.map(({ made }) => made),
        [true, true, true, true, true, false],
      );
      const { origin } = await server.ask("stageFile", { subject: saved, module, stage: "thin-lto-input" });
      assert.equal(origin, "rustc");
      const address = { subject: saved, module, function: "textstats::bars::bar", filters: READABLE };
      assert.match(await server.text(formatStageUri({ ...address, stage: "thin-lto-after-import" })), /^define .*@"textstats::bars::bar"/m);
      const missing = await server.failure("stageFile", { subject: saved, module, stage: "thin-lto-after-pm" });
      assert.deepEqual([missing.name, missing.module, missing.file], ["IncompleteUnit", module, folder]);
      assert.equal((await server.failure("thin", { source: { unit: folder } })).name, "IncompleteUnit");
    });

    it("a stage has a file, and a command line that shows the same", async () => {
      const { server } = captured;
      const { module, symbol } = await bar();
      const { path: file, origin, bytes } = await server.ask("stageFile", { subject: subject(), module, stage: "thin-lto-input" });
      assert.equal(origin, "store");
      const content = await fs.readFile(file);
      assert.deepEqual([content.length, content.toString("latin1", 0, 2)], [bytes, "BC"]);
      const { line } = await server.ask("cliCommand", {
        command: "show",
        subject: subject(),
        module,
        stage: "thin-lto-input",
        function: symbol,
      });
      assert.match(
        execFileSync("sh", ["-c", line], { encoding: "utf8", env: { ...process.env, LTO_INSPECTOR_STORE: captured.store, NO_COLOR: "1" } }),
        new RegExp(`define .*@${symbol}`),
      );
      const thin = await server.ask("cliCommand", { command: "thin", source: { unit: captured.unit.ref } });
      assert.ok(thin.line.endsWith(` thin ${captured.unit.ref}`), thin.line);
      const capture = await server.ask("cliCommand", { command: "capture", choice: { folder: captured.folderUri, bins: ["it's"] } });
      assert.ok(capture.line.includes(String.raw`--bin 'it'\''s'`), capture.line);
    });
  });
}
