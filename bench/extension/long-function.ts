/** A function of 5,000 lines: both sides of a stage diff, with every filter enabled, after the stages exist. */
import fs from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { formatStageUri } from "../../src/protocol/uris.js";
import { TestServer } from "../../test/support/server.js";
import { mustRun } from "../lib/run.js";

const OPT = "/usr/lib/llvm-22/bin/opt";
const FILTERS = { hideDebugInfo: true, hideGuids: true, hideAttributes: true, demangle: true, stableNumbering: true };

/** One block of calls that no pass can remove. */
function moduleText(lines: number): string {
  const body = Array.from({ length: lines }, (_, index) => `  %v${index + 1} = call i64 @opaque(i64 %v${index}, i64 ${index})`);
  return [
    'source_filename = "long"',
    'target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"',
    'target triple = "x86_64-unknown-linux-gnu"',
    "declare i64 @opaque(i64, i64)",
    "define i64 @long(i64 %v0) {",
    ...body,
    `  ret i64 %v${lines}`,
    "}",
    "",
  ].join("\n");
}

/** @returns milliseconds until the texts of both sides are ready for the editor */
export async function longFunction(work: string, lines: number, times: number): Promise<number[]> {
  await fs.rm(work, { recursive: true, force: true });
  await fs.mkdir(work, { recursive: true });
  await fs.writeFile(path.join(work, "long.ll"), moduleText(lines));
  const file = path.join(work, "long.bc");
  await mustRun("Assembling the function", OPT, ["-module-summary", "-module-hash", path.join(work, "long.ll"), "-o", file]);
  const server = await TestServer.start({ store: path.join(work, "store"), settings: { libLLVM: "system" } });
  try {
    const run = await server.ask("thin", { source: { files: [pathToFileURL(file).href] } });
    const { rows } = await server.ask("modules", { subject: { run: run.id }, offset: 0, limit: 1 });
    const address = { subject: { run: run.id }, module: rows[0]?.name ?? "", function: "long", filters: FILTERS };
    const [from, to] = ["thin-lto-after-import", "thin-lto-after-pm"] as const;
    const uris = [
      formatStageUri({ ...address, stage: from, beside: { side: "left", stage: to } }),
      formatStageUri({ ...address, stage: to, beside: { side: "right", stage: from } }),
    ];
    const measured: number[] = [];
    for (let index = 0; index < times; index += 1) {
      const started = performance.now();
      const [before, after] = await Promise.all(uris.map(async (uri) => server.text(uri)));
      measured.push(performance.now() - started);
      if ((before?.split("\n").length ?? 0) < lines || (after?.split("\n").length ?? 0) < lines) {
        throw new Error(`the function has not ${lines} lines`);
      }
    }
    return measured;
  } finally {
    await server.stop();
  }
}
