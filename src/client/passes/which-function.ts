/** Which function, in which module, *LTO: Show Passes* means. It is loaded with the session (later.ts). */
import * as vscode from "vscode";
import { functionMeant, type FunctionOfRun, type MeantTools } from "../assembly/which-function.js";
import type { PassFunction } from "../../protocol/requests/passes.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import { stagesOf } from "../../protocol/stages.js";
import type { FindRow } from "../../protocol/views.js";
import type { SymbolChoice } from "../commands/symbol-choice.js";
import { Failure } from "../failure.js";

export type WhichTools = Omit<MeantTools, "assemblyOf">;

/** What menus and pages give: a node, the document of an editor, or a function, with its module if it is known. */
export type FunctionForPasses = (SymbolChoice & { readonly module?: unknown }) | vscode.Uri;

/** Copies of a function to choose from. */
const MOST_COPIES = 200;

/** @throws CancellationError, Failure, the server's error */
export async function passFunction(tools: WhichTools, of: FunctionForPasses | undefined): Promise<PassFunction> {
  const title = vscode.l10n.t("LTO: Show Passes");
  if (of !== undefined && !(of instanceof vscode.Uri)) {
    const { kind } = of;
    if (kind === "symbol" && of.run !== undefined && typeof of.module === "string") {
      return { run: of.run, module: of.module, symbol: of.symbol };
    }
    if (kind === "function") {
      const { subject, row } = of.stage.module;
      const symbol = of.row.left ?? of.row.right;
      if (symbol !== null) return { run: "run" in subject ? subject.run : tools.shownRun().id, module: row.name, symbol };
    }
  }
  const meant = await functionMeant({ ...tools, assemblyOf: () => undefined }, of, title);
  const { run, symbol, module } = meant;
  if (module !== undefined) return { run: run.id, module, symbol };
  return copyOf(tools, meant, title);
}

/** The only copy that the passes get, or the one that the user picks. */
async function copyOf(tools: WhichTools, { run, symbol }: FunctionOfRun, title: string): Promise<PassFunction> {
  const { mode } = run.unit;
  const stages = stagesOf(mode);
  const stage = stages[stages.indexOf(pipelineOf(mode).optimized) - 1] ?? "";
  const { hits } = await tools.ask(vscode.l10n.t("Looking for {0}", symbol), "find", {
    ...{ subject: { run: run.id }, symbol, stage, limit: MOST_COPIES, filters: tools.filters() },
  });
  const found = hits.filter(({ role, kind, outsideLto }) => role !== "referenced" && kind === "function" && !outsideLto);
  const exact = found.filter((hit) => stemOf(hit.symbol) === stemOf(symbol));
  const copies = (exact.length > 0 ? exact : found).toSorted((left, right) => rank(left) - rank(right));
  const [first] = copies;
  if (first === undefined) {
    throw new Failure({
      name: "UnknownFunction",
      message: vscode.l10n.t("No codegen unit defines {0} when LTO's passes begin.", symbol),
      help: vscode.l10n.t("LTO: Find Symbol searches all stages and symbols."),
    });
  }
  const of = (hit: FindRow): PassFunction => ({ run: run.id, module: hit.module, symbol: hit.symbol });
  if (copies.length === 1) return of(first);
  const choices = copies.map((hit) => ({
    label: hit.demangled,
    description: `${hit.crate} · ${hit.shortName}`,
    detail: hit.role === "defined" ? vscode.l10n.t("its own") : vscode.l10n.t("a copy for inlining"),
    value: of(hit),
  }));
  return tools.pickOne(choices, { title, placeHolder: vscode.l10n.t("In which codegen unit?") });
}

function rank({ role }: FindRow): number {
  return role === "defined" ? 0 : 1;
}

/** Without the suffix of promoted locals. */
function stemOf(symbol: string): string {
  return symbol.replace(/\.llvm\.\d+$/, "");
}
