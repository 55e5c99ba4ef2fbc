/** Invalid requests: the answer always says what is wrong, and the server keeps working. */
import assert from "node:assert/strict";
import path from "node:path";
import { before, describe, it } from "node:test";
import { CancellationTokenSource, ErrorCodes, ResponseError } from "vscode-languageserver/node";
import { fuzzedOf, judgeAnswer } from "../../../bench/faults/fuzzed-request.js";
import { templatesOf, type Place } from "../../../bench/faults/request-templates.js";
import { Random } from "../../../bench/faults/random.js";
import { requests } from "../../../src/protocol/requests/all.js";
import type { Captured } from "../../support/captured.js";

/** Per kind of request. */
const FUZZED = 12;

/** A request that is valid by chance is cancelled: its effect is tested elsewhere. */
const CANCELLED_AFTER_MILLIS = 300;

const WRONG: readonly (readonly [name: keyof typeof requests, params: unknown, why: RegExp])[] = [
  ["units", { limit: 1 }, /`offset` is missing/],
  ["units", { offset: "0", limit: 1 }, /`offset` is "0", not a number/],
  ["units", { offset: 0, limit: null }, /`limit` is null, not a number/],
  ["unit", { unit: 7 }, /`unit` is 7, not a string/],
  ["unit", { unit: "a\0b" }, /`unit` is .*, not a path/],
  ["plan", { folder: ["/"] }, /`folder` is an array, not a string/],
  ["plan", { folder: "file:///w", packages: ["a\0b"] }, /`packages\[0\]` is .*, not a name that is no option/],
  ["buildChoices", {}, /`folder` is missing/],
  ["captureCommand", { folder: "file:///w", lib: "yes" }, /`lib` is "yes", not true or false/],
  ["captureCommand", { folder: "file:///w", lto: "best" }, /`lto` is "best", not "thin" or "fat" or "thin-local"/],
  ["thin", { source: { files: "file:///w" } }, /`source\.files` is "file:\/\/\/w", not an array/],
  ["groups", {}, /`subject` is missing/],
  ["groups", { subject: {} }, /`subject/],
  ["modules", { subject: { run: "r" }, offset: 0, limit: 1, filter: { verdicts: ["maybe"] } }, /`filter\.verdicts\[0\]` is "maybe", not/],
  ["modules", { subject: { run: "r" }, offset: 0, limit: 1, sort: "__proto__" }, /`sort` is "__proto__", not "run" or "name" or/],
  ["stages", { subject: { run: "r" }, module: "m" }, /`changes` is missing/],
  ["functions", { subject: { run: "r" }, module: "m", stage: "constructor", offset: 0, limit: 1 }, /`stage` is "constructor", not/],
  ["cliCommand", { command: "rm" }, /`command` is "rm"/],
  ["callRows", { run: "r", by: "size", text: "", parent: {}, offset: 0, limit: 1 }, /`by` is "size", not "callee" or "caller"/],
  ["advise", { unit: "u", settings: [], inlined: false, bench: null }, /`settings` is an array, not at least 1/],
  ["exportAdvice", { id: "i", uri: "file:///w/a", as: "xml" }, /`as` is "xml", not "html" or "json"/],
  ["exportCalls", { run: "r" }, /`uri` is missing/],
  ["timeline", { run: "r", bars: {} }, /`bars` is an object, not a number/],
  ["clearStore", { what: "everything" }, /`what` is "everything", not "stages" or "all"/],
];

export function wrongRequests(captured: Captured): void {
  async function failureOf(method: string, params: unknown): Promise<ResponseError<unknown>> {
    const error: unknown = await captured.server.connection.sendRequest(method, params).then(
      () => assert.fail(`${method} was answered`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ResponseError, String(error));
    return error;
  }

  describe("invalid requests", () => {
    before(() => captured.ensureRun());

    for (const [name, params, why] of WRONG) {
      it(`${name} ${JSON.stringify(params)}: the property is named`, async () => {
        const { code, message } = await failureOf(requests[name].method, params);
        assert.equal(code, ErrorCodes.InvalidParams);
        assert.match(message, why);
      });
    }

    it("parameters that are not an object are refused, for every request", async () => {
      for (const { method } of Object.values(requests)) {
        for (const params of [undefined, null, [], [{}], "text", 7]) {
          const { code } = await failureOf(method, params);
          assert.equal(code, ErrorCodes.InvalidParams, `${method} ${JSON.stringify(params)}`);
        }
      }
    });

    it("addresses that are not of a stage are refused", async () => {
      const { uri } = await someDocument();
      for (const wrong of ["", "x", "file:///etc/passwd", uri.replace(/\?.*/, "?no-such-stage"), `${uri}%`, `${uri}/x/y`]) {
        const { message } = await failureOf("workspace/textDocumentContent", { uri: wrong });
        assert.match(message, /is not the address of a stage/, wrong);
      }
      for (const params of [null, {}, { uri: 7 }, []]) {
        assert.equal((await failureOf("workspace/textDocumentContent", params)).code, ErrorCodes.InvalidParams);
      }
    });

    it("invalid notifications do no harm", async () => {
      const { connection } = captured.server;
      for (const params of [undefined, null, [], {}, { token: {} }, { token: "unknown" }]) {
        await connection.sendNotification("window/workDoneProgress/cancel", params);
        await connection.sendNotification("$/cancelRequest", params ?? {});
      }
      await stillAnswers();
    });

    it("fuzzed requests of every kind are answered with user-facing errors", async () => {
      const place = placeOf(captured);
      const kinds = templatesOf(new Random(1), place).length;
      const wrong: string[] = [];
      for (let kind = 0; kind < kinds; kind += 1) {
        const batch = Array.from({ length: FUZZED }, (_, index) => fuzzedOf(kind, kind * FUZZED + index, 9, place));
        const answers = batch.map(async ({ method, params }) => {
          const bad = await answerTo(method, params);
          if (bad !== undefined) wrong.push(`${method} ${JSON.stringify(params).slice(0, 200)}: ${bad}`);
        });
        await Promise.all(answers);
      }
      assert.deepEqual(wrong, []);
      await stillAnswers();
    });
  });

  /** @returns what is wrong with the answer */
  async function answerTo(method: string, params: unknown): Promise<string | undefined> {
    const source = new CancellationTokenSource();
    const timer = setTimeout(() => {
      source.cancel();
    }, CANCELLED_AFTER_MILLIS);
    try {
      await captured.server.connection.sendRequest(method, params, source.token);
      return undefined;
    } catch (error) {
      return judgeAnswer(error).bad;
    } finally {
      clearTimeout(timer);
    }
  }

  async function stillAnswers(): Promise<void> {
    const { rows } = await captured.server.ask("units", { offset: 0, limit: 10 });
    assert.ok(rows.some(({ ref }) => ref === captured.unit.ref));
  }

  async function someDocument(): Promise<{ uri: string }> {
    const { server, run } = captured;
    const subject = { run: run.id };
    const { rows } = await server.ask("modules", { subject, offset: 0, limit: 1 });
    const module = rows[0]?.name ?? assert.fail("the run has no modules");
    const filters = { hideDebugInfo: false, hideGuids: false, hideAttributes: false, demangle: false, stableNumbering: false };
    const stages = { from: "thin-lto-input", to: "thin-lto-after-pm" } as const;
    const compared = await server.ask("compare", { subject, module, ...stages, wholeModule: true, filters, offset: 0, limit: 1 });
    return { uri: compared.rows[0]?.left ?? assert.fail("there is no document") };
  }
}

function placeOf({ run, unit, workspace, scratch }: Captured): Place {
  return { run: run.id, unit: unit.ref, workspace, session: path.join(scratch, "s-0-no-session") };
}
