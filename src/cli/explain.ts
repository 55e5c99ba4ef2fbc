/** `explain UNIT [MODULE]`: why each module is re-used or re-compiled, compared with an earlier build; or what a change would cost. */
import { Command } from "commander";
import { LtoError } from "../core/base/errors.js";
import { auditReuse, type AuditOptions } from "../core/explain/rebuild/audit.js";
import { explainUnit } from "../core/explain/rebuild/explain.js";
import { ifChanged } from "../core/explain/rebuild/if-changed.js";
import { EXIT } from "../protocol/error-table.js";
import type { ExplainReport } from "../protocol/explain.js";
import type { UnitManifest } from "../protocol/units.js";
import { withEngine, withJson, type Cli, type CommandOptions, type Invocation } from "./context.js";
import { explainLines } from "./render/explain-text.js";
import { ifChangedLines } from "./render/if-changed-text.js";
import { ltoSource } from "./source.js";

interface ExplainFlags extends CommandOptions {
  readonly llvm: string;
  readonly against?: string;
  readonly ifChanged?: string | true;
  readonly audit?: true;
}

export function explainCommand(cli: Cli): Command {
  const command = new Command("explain")
    .description("say why each module of a unit was re-used or re-compiled, and what caused it, down to the function")
    .argument("<unit>", "a captured unit (ID, its beginning, or ID@N) or a session directory")
    .argument("[module]", "explain only this module, with every difference")
    .option(
      "--against <build>",
      "the build to compare with: a unit (ID@N), a session directory or a run (default: the unit's previous build)",
    )
    .option(
      "--if-changed [what]",
      "predict what a change to this function or module would re-compile; without a name: the costliest functions",
    )
    .option("--audit", "also rebuild what rustc re-used, and exit with 1 if it differs");
  return withJson(withEngine(command)).action((name: string, module: string | undefined, flags: ExplainFlags) =>
    cli.run(flags, `Explaining ${name}`, async (invocation) => {
      const unit = await unitNamed(invocation, name);
      const options = { llvm: flags.llvm, signal: invocation.signal };
      if (flags.ifChanged !== undefined) {
        const report = await ifChanged(invocation.core, unit, flags.ifChanged === true ? null : flags.ifChanged, options);
        return { report, lines: ifChangedLines(report, invocation.colors) };
      }
      const explained = await explainUnit(invocation.core, unit, { ...options, against: flags.against ?? null, module: module ?? null });
      const report = flags.audit === true ? await audited(invocation, unit, explained, { ...options, module: module ?? null }) : explained;
      const lines = explainLines(report, invocation.colors, module !== undefined);
      return report.audit !== undefined && report.audit.different > 0 ? { report, lines, exit: EXIT.differs } : { report, lines };
    }),
  );
}

async function audited(invocation: Invocation, unit: UnitManifest, report: ExplainReport, options: AuditOptions): Promise<ExplainReport> {
  const { counts, findings } = await auditReuse(invocation.core, unit, {
    ...options,
    progress: (done, total, name) => invocation.progress(`${done}/${total} rebuilt: ${name}`),
  });
  return { ...report, findings: [...findings, ...report.findings], audit: counts };
}

/** @throws LtoError UnknownUnit; Usage for plain files, which do not come from a known build */
async function unitNamed(invocation: Invocation, name: string): Promise<UnitManifest> {
  const source = await ltoSource(invocation.core, [name]);
  if (source.kind === "unit") return source.unit;
  throw new LtoError({
    name: "Usage",
    message: `${name} is a plain file: only a build re-uses or re-compiles modules.`,
    help: "Name a captured unit (`lto-inspector capture`) or a session directory.",
  });
}
