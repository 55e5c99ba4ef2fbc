/** Comparisons of settings: what is offered and planned, a comparison of replays, and what is saved of it. */
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, it } from "node:test";
import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import type { AdviseReport } from "../../../src/protocol/advise.js";
import type { AdviceChoice, SavedAdvice } from "../../../src/protocol/requests/advice.js";
import type { UnitManifest } from "../../../src/protocol/units.js";
import type { Captured } from "../../support/captured.js";

const LIMIT = "import-instr-limit=10";

export function advice(captured: Captured): void {
  const choice = (): AdviceChoice => ({
    ...{ unit: captured.unit.captureRef, settings: [LIMIT], bench: "test -x {} -a -f Cargo.toml", inlined: true },
  });
  let saved: SavedAdvice;

  describe("comparisons of settings", () => {
    it("offers settings that the build does not have, and says which are built", async () => {
      const { server, unit } = captured;
      const { settings, noBuild } = await server.ask("adviceChoices", { unit: unit.ref });
      assert.equal(noBuild, null);
      const found = (name: string): unknown => settings.find((one) => one.name === name);
      assert.deepEqual(found("lto=fat"), { name: "lto=fat", build: true, usual: true });
      assert.deepEqual(found(LIMIT), { name: LIMIT, build: false, usual: true });
      assert.equal(found(`lto=${unit.mode ?? ""}`), undefined);
      const more = await server.ask("adviceChoices", { unit: unit.ref, settings: ["lto=fat, codegen-units=1"] });
      assert.deepEqual(more.settings, [{ name: "lto=fat,codegen-units=1", build: true, usual: false }]);
      const { name, message } = await server.failure("adviceChoices", { unit: unit.ref, settings: ["lto=thick"] });
      assert.equal(name, "Usage");
      assert.match(message, /`lto=thick` is not understood/);
    });

    it("plans builds and replays without starting any", async () => {
      const { server, unit, store } = captured;
      const plan = await server.ask("planAdvice", { ...choice(), settings: ["lto=fat", LIMIT] });
      assert.deepEqual([plan.builds, plan.replays, plan.measured], [["lto=fat"], ["as built", LIMIT], []]);
      assert.ok(plan.from.includes("crates"));
      assert.ok(plan.seconds.low > 0 && plan.seconds.low < plan.seconds.high, JSON.stringify(plan.seconds));
      assert.deepEqual([plan.runs, plan.folder], [16, path.join(store, "targets")]);
      assert.deepEqual((await server.ask("savedAdvice", {})).saved, []);
      assert.ok(!(await fs.readdir(path.join(store, "captures"))).some((id) => id.endsWith("-variant")), unit.ref);
    });

    it("plans no build of a capture that names another folder", async () => {
      const { server, unit, store } = captured;
      const [id = "", number = ""] = unit.captureRef.split("@");
      const file = path.join(store, "captures", id, number, "manifest.json");
      const text = await fs.readFile(file, "utf8");
      const manifest = JSON.parse(text) as UnitManifest;
      await fs.writeFile(file, JSON.stringify({ ...manifest, scope: { ...manifest.scope, folder: "../elsewhere" } }));
      const { name, message } = await server.failure("planAdvice", { ...choice(), settings: ["lto=fat"] });
      await fs.writeFile(file, text);
      assert.equal(name, "IncompleteUnit");
      assert.match(message, /names a folder outside of its workspace/);
    });

    it("can be cancelled, and continues with what was measured", async () => {
      const { server } = captured;
      const messages: string[] = [];
      const cancelled = await server
        .askWithProgress("advise", choice(), (value, cancel) => {
          if (value.kind !== "report" || value.message === undefined) return;
          messages.push(value.message);
          if (value.message.startsWith(LIMIT)) cancel();
        })
        .then(
          () => assert.fail("it was not cancelled"),
          (error: unknown) => error,
        );
      assert.ok(cancelled instanceof ResponseError, String(cancelled));
      assert.equal(cancelled.code, LSPErrorCodes.RequestCancelled);
      assert.ok(
        messages.some((message) => message.startsWith("as built: ")),
        messages.join("\n"),
      );
      saved = await server.with(() => server.ask("advise", choice()));
      assert.deepEqual([saved.unit, saved.settings, saved.bench], [captured.unit.captureRef, [LIMIT], choice().bench]);
      const { report } = await server.ask("adviceView", { id: saved.id });
      assert.deepEqual(
        report.settings.map(({ name, by }) => [name, by]),
        [
          ["as built", "replayed"],
          [LIMIT, "replayed"],
        ],
      );
      assert.equal(report.settings[0]?.kept, true);
      // The command ran in the workspace's folder.
      for (const { benchmark } of report.settings) assert.equal(benchmark?.runs, 15);
      const { measured, seconds, from } = await server.ask("planAdvice", { ...choice(), settings: [LIMIT] });
      assert.deepEqual([measured, from], [["as built", LIMIT], []]);
      assert.ok(seconds.high < 10);
    });

    it("are listed, written to files, and removed", async () => {
      const { server, scratch } = captured;
      assert.deepEqual((await server.ask("savedAdvice", {})).saved, [saved]);
      const written = async (as: "html" | "json"): Promise<string> => {
        const file = path.join(scratch, `advice.${as}`);
        await server.ask("exportAdvice", { id: saved.id, uri: pathToFileURL(file).href, as });
        return fs.readFile(file, "utf8");
      };
      assert.match(await written("html"), new RegExp(`<th scope="row">${LIMIT}</th>`));
      const { report, others } = await server.ask("adviceView", { id: saved.id });
      assert.deepEqual(JSON.parse(await written("json")) as AdviseReport, report);
      assert.deepEqual(others, []);
      await server.ask("removeAdvice", { id: saved.id });
      assert.deepEqual((await server.ask("savedAdvice", {})).saved, []);
      assert.equal((await server.failure("adviceView", { id: saved.id })).name, "NothingToInspect");
      assert.equal((await server.failure("adviceView", { id: "../../captures" })).name, "NothingToInspect");
    });
  });
}
