/** `compare A B`: two captured builds or runs, and the modules that differ in verdict, size or imports. */
import { Command } from "commander";
import { isLtoError } from "../core/base/errors.js";
import type { CoreContext } from "../core/engine/core-context.js";
import { PRODUCERS } from "../core/producers/registry.js";
import { RunHistory } from "../core/store/history.js";
import { compareBuilds, runIfAny } from "../core/views/compare-builds.js";
import { Subjects } from "../core/views/subjects.js";
import { EXIT } from "../protocol/error-table.js";
import { formatCaptureRef } from "../protocol/refs.js";
import type { Subject } from "../protocol/uris.js";
import { withEngine, withJson, type Cli, type CommandOptions } from "./context.js";
import { compareLines } from "./render/compare-text.js";
import { capturedUnit } from "./source.js";

interface CompareFlags extends CommandOptions {
  readonly llvm: string;
  readonly all?: true;
  readonly exitCode?: true;
}

export function compareCommand(cli: Cli): Command {
  const command = new Command("compare")
    .description("compare two captured builds or runs: the modules that differ in verdict, size or imports")
    .argument("<from>", "a captured unit (ID@N, ID or its beginning), a session directory, or a run")
    .argument("<to>", "another one, which is usually newer")
    .option("--all", "list every module that differs, and every import")
    .option("--exit-code", "exit with 1 if anything differs");
  return withJson(withEngine(command)).action((from: string, to: string, flags: CompareFlags) =>
    cli.run(flags, `Comparing ${from} with ${to}`, async ({ core, signal, colors }) => {
      const history = new RunHistory(core.layout, core.work);
      const subjects = new Subjects(core, history, () => flags.llvm);
      try {
        const builds = { from: await subjectNamed(core, history, from), to: await subjectNamed(core, history, to) };
        const report = await compareBuilds({ core, history, subjects }, builds, signal);
        const differs = flags.exitCode === true && report.modules.length > 0;
        return { report, lines: compareLines(report, colors, flags.all === true), exit: differs ? EXIT.differs : EXIT.done };
      } finally {
        subjects.forget();
      }
    }),
  );
}

/** @throws LtoError UnknownUnit, UnreadableFile, SessionUnderWay */
async function subjectNamed(core: CoreContext, history: RunHistory, name: string): Promise<Subject> {
  const run = await history.view(name).catch((error: unknown) => {
    if (isLtoError(error, "UnknownRun")) return undefined;
    throw error;
  });
  if (run !== undefined) return { run: run.id };
  if ((await PRODUCERS.leftUnit(name)) !== undefined) return { unit: name };
  return runIfAny({ history }, { unit: formatCaptureRef(await capturedUnit(core, name)) });
}
