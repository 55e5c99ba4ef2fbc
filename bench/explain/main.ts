/**
 * explain: the cost of explanations on ripgrep 13 (346 modules) after an edit of one function's body.
 *
 * Captures ripgrep twice, with an edit in between, and measures: an analysis as in `thin --analyze`, the additional cost of keeping key components,
 * the cost of computing them (once per capture), and explaining the second capture by the first. Fails if a module has no cause, or rustc's log
 * disagrees.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadUnit } from "../../src/core/store/captures.js";
import { createCore, type CoreContext } from "../../src/core/engine/core-context.js";
import { explainUnit } from "../../src/core/explain/rebuild/explain.js";
import { keepKeys } from "../../src/core/replay/keep-keys.js";
import { saveKeys, unitKeys } from "../../src/core/replay/unit-keys.js";
import { openUnit } from "../../src/core/replay/open.js";
import type { ExplainReport } from "../../src/protocol/explain.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { applyEdit, revertEdit } from "../lib/edit.js";
import { BenchFailure } from "../lib/failure.js";
import { CLI, WORK } from "../lib/paths.js";
import { mustRun } from "../lib/run.js";
import { median } from "../lib/statistics.js";
import { RIPGREP_EDIT, ripgrepWorkspace } from "../ripgrep/workspace.js";
import { LiveWindow } from "./live.js";
import { findMatrixToolchain } from "../verify-matrix/toolchains.js";
import { PRODUCERS } from "../../src/core/producers/registry.js";

export const EXPLAIN_USAGE = `usage: npm run bench -- explain [options]

  --times N   measurements of each figure (default: 9); the table has medians
  --help      print this help

Exits with 1 if a module has no cause, or rustc's log disagrees.`;

const BUILD = {
  CARGO_PROFILE_RELEASE_LTO: "thin",
  CARGO_PROFILE_RELEASE_INCREMENTAL: "true",
} as const;

/** @returns the exit code: 1 if something was not explained */
export async function benchExplain(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { times: { type: "string", default: "9" } } });
  const toolchain = await findMatrixToolchain("stable");
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Install a rustup toolchain: `rustup toolchain install stable`.");
  const store = path.join(WORK, "stores", "explain");
  const environment = { ...toolchain.environment, ...BUILD, LTO_INSPECTOR_STORE: store };
  await fs.rm(store, { recursive: true, force: true });
  const workspace = await ripgrepWorkspace(toolchain.cargo, toolchain.environment);
  const capture = async (): Promise<string> => {
    const ended = await mustRun("Capturing ripgrep", process.execPath, [CLI, "capture", workspace, "--bin", "rg"], {
      env: environment,
      signal,
    });
    return ended.stdout.trimEnd().split("\n").at(-1) ?? "";
  };
  const first = await capture();
  const window = await LiveWindow.open(store, workspace);
  await window.show(first);
  await applyEdit(workspace, RIPGREP_EDIT);
  const following = window.following(first, `${first}@1`);
  const unit = await capture().finally(() => revertEdit(workspace, RIPGREP_EDIT));
  const live = await following.finally(() => window.close());
  console.log(
    `live refresh           ${live.refresh.toFixed(0).padStart(5)} ms after the capture was in the store (limit: 1,000 ms), ${live.sinceLink.toFixed(0)} ms after rustc had ended; ${live.run.counts.reused} re-used`,
  );
  const core = createCore({ storeRoot: store });
  try {
    return await measure(core, await loadUnit(store, unit), { store, rounds: Number(values.times) }, signal);
  } finally {
    await core.engines.close();
  }
}

async function measure(
  core: CoreContext,
  unit: UnitManifest,
  { store, rounds }: { readonly store: string; readonly rounds: number },
  signal: AbortSignal,
): Promise<number> {
  const analyses: number[] = [];
  const keeping: number[] = [];
  const apart: number[] = [];
  const explaining: number[] = [];
  let report: ExplainReport | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const analyse = stopwatch();
    const open = await openUnit(core, PRODUCERS.sourceOf(unit), { llvm: "auto", overrides: {}, keysFile: null }, signal);
    analyses.push(analyse());
    const keep = stopwatch();
    await keepKeys(core, open, path.join(store, "bench"), signal);
    keeping.push(keep());
    const take = stopwatch();
    await saveKeys(path.join(store, "bench"), await unitKeys(open, signal));
    apart.push(take());
    await open.close();
    const explain = stopwatch();
    report = await explainUnit(core, unit, { llvm: "auto", against: null, module: null, signal });
    explaining.push(explain());
  }
  if (report === undefined) throw new BenchFailure("Nothing was explained.", "This is a bug in the bench.");
  const kept = await fs.stat(path.join(store, "bench", "key-components.json.gz"));
  console.log(
    `${report.modules.length} modules, ${report.counts.recompiled} re-compiled; rustc's log agrees on ${report.rustc.agreeing} of ${report.rustc.known}`,
  );
  for (const { title, effect } of report.causes) console.log(`  ${title} → ${effect}`);
  console.log(`analysis               ${shown(analyses)}`);
  const share = (median(keeping) / median(analyses)) * 100;
  console.log(
    `keeping components     ${shown(keeping)}: ${share.toFixed(1)} % on top of the analysis (limit: 10 %), ${(kept.size / 1000).toFixed(0)} kB`,
  );
  console.log(`computing components   ${shown(apart)}, once per capture`);
  console.log(`explaining             ${shown(explaining)} (limit: 500 ms)`);
  const unexplained = report.modules.filter(
    ({ verdict, reason }) => verdict === "re-compiled" && reason.kind !== "key-equal-but-not-cached" && reason.causes.length === 0,
  );
  for (const { name, reason } of unexplained) console.log(`no cause: ${name} (${reason.kind})`);
  return unexplained.length > 0 || report.findings.length > 0 || report.rustc.agreeing !== report.rustc.known ? 1 : 0;
}

function stopwatch(): () => number {
  const started = performance.now();
  return () => performance.now() - started;
}

/** Median and minimum, in milliseconds. */
function shown(values: readonly number[]): string {
  return `${median(values).toFixed(0).padStart(5)} ms (least ${Math.min(...values).toFixed(0)}) of ${values.length}`;
}
