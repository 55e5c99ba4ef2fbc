/** LTO: Compare LLVM Versions, and the diffs that its result links to. */
import * as vscode from "vscode";
import { parseRunDiff } from "../../protocol/uris.js";
import { compareStages } from "../documents/compare.js";
import { Failure } from "../failure.js";
import { loadSession } from "../later.js";
import type { Services } from "../services.js";
import type { UnitNode } from "../trees/units.js";
import { pickOne } from "./picks.js";
import type { CompareTools } from "./compare-llvm.js";
import { capturedUnit } from "./verify.js";

export async function compareLlvm(services: Services, node?: UnitNode): Promise<void> {
  const { server, explanations, runs, units } = services;
  const unit = node?.kind === "unit" ? node.row : await capturedUnit(services);
  const { compareLlvmVersions } = await loadSession();
  const tools: CompareTools = {
    ask: (title, name, params) => server.askWithProgress(title, name, params),
    openComparison: (compared) => explanations.openComparison(compared),
    pickOne,
  };
  try {
    await compareLlvmVersions(tools, unit);
  } finally {
    runs.refresh();
    units.refresh();
  }
}

/** Opens a diff that a comparison links to: of one function, or of all that differ in a module. @throws Failure for any other address */
export async function openRunDiff({ server }: Services, address: unknown): Promise<void> {
  const diff = typeof address === "string" ? parseRunDiff(address) : undefined;
  if (diff === undefined) {
    const message = vscode.l10n.t("This is not the address of a diff.");
    throw new Failure({ name: "Usage", message, help: vscode.l10n.t("Use LTO: Compare LLVM Versions.") });
  }
  const { from, to, module, stage, function: symbol } = diff;
  const which = symbol === null ? {} : { function: symbol };
  await compareStages(server, { subject: { run: from }, against: to, module, from: stage, to: stage, ...which });
}
