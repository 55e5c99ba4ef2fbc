/** Quick picks. One with a single choice is skipped; closing one cancels. */
import * as vscode from "vscode";
import { instructionCount, moduleCount } from "../../protocol/counts.js";
import { learnShownNames } from "../../protocol/module-names.js";
import { stageLabel, type Stage } from "../../protocol/stages.js";
import type { Subject } from "../../protocol/uris.js";
import type { ModuleRow, UnitView } from "../../protocol/views.js";
import { visible } from "../../protocol/visible.js";
import { Failure } from "../failure.js";
import { shownChoice, type QuickChoice } from "../messages.js";
import type { Server } from "../server.js";
import { bytes, moment } from "../../protocol/words.js";
import { unitLine } from "../words.js";

/** @throws CancellationError if the user closes the pick */
export async function pickOne<T>(
  choices: readonly QuickChoice<T>[],
  options: { readonly title: string; readonly placeHolder: string },
): Promise<T> {
  const [only] = choices;
  if (only !== undefined && choices.length === 1) return only.value;
  const chosen = await vscode.window.showQuickPick(choices.map(shownChoice<T>), {
    ...options,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen.value;
}

/** Picks the workspace folder to capture. */
export async function pickFolder(): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new Failure({
      name: "NothingToInspect",
      message: vscode.l10n.t("No folder is open, so there is nothing to build."),
      help: vscode.l10n.t("Open the folder of a Cargo workspace (File → Open Folder)."),
    });
  }
  const choices = folders.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, value: folder.uri }));
  return pickOne(choices, { title: "LTO Inspector", placeHolder: vscode.l10n.t("Which folder?") });
}

export async function pickUnit(units: readonly UnitView[], placeHolder: string): Promise<UnitView> {
  const choices = units.map((unit) => ({
    label: unit.name,
    description: unitLine(unit),
    detail: `${unit.captureRef} · ${moduleCount(unit.modules)} · ${moment(unit.madeAt)}`,
    value: unit,
  }));
  return pickOne(choices, { title: "LTO Inspector", placeHolder });
}

/** Picks a module of a run or a unit. The server searches the list, which may have ten thousand. */
export async function pickModule(server: Server, subject: Subject, name: string): Promise<ModuleRow> {
  const pick = vscode.window.createQuickPick<QuickChoice<ModuleRow>>();
  pick.title = "LTO Inspector";
  pick.placeholder = vscode.l10n.t("Which codegen unit of {0}?", visible(name));
  pick.matchOnDescription = true;
  let asked = 0;
  const search = async (text: string): Promise<void> => {
    const turn = ++asked;
    pick.busy = true;
    const page = await server.ask("modules", { subject, filter: text === "" ? {} : { text }, offset: 0, limit: 100 });
    if (turn !== asked) return;
    learnShownNames(page.rows);
    pick.items = page.rows.map((row) =>
      shownChoice({
        label: row.shortName,
        description: `${row.crate} · ${row.verdict ?? ""} · ${bytes(row.bytes)}`,
        alwaysShow: true,
        value: row,
      }),
    );
    pick.busy = false;
  };
  try {
    return await new Promise<ModuleRow>((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      pick.onDidChangeValue((text) => void search(text).catch(fail));
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen !== undefined) resolve(chosen.value);
      });
      pick.onDidHide(() => {
        fail(new vscode.CancellationError());
      });
      pick.show();
      search("").catch(fail);
    });
  } finally {
    pick.dispose();
  }
}

export async function pickStage(among: readonly Stage[], placeHolder: string): Promise<Stage> {
  const choices = among.map((stage) => ({ label: stageLabel(stage), description: stage, value: stage }));
  return pickOne(choices, { title: "LTO Inspector", placeHolder });
}

/** Picks a function that is defined at a stage; null: the whole module. */
export async function pickFunction(server: Server, subject: Subject, module: string, stage: Stage): Promise<string | null> {
  const page = await server.ask("functions", { subject, module, stage, offset: 0, limit: 500 });
  const whole: QuickChoice<string | null> = {
    label: vscode.l10n.t("The whole module"),
    icon: "file-code",
    description: vscode.l10n.t("shortened if it is large"),
    value: null,
  };
  const functions = page.rows.map((row): QuickChoice<string | null> => ({
    label: row.demangled,
    description: instructionCount(row.instructions),
    value: row.name,
  }));
  return pickOne([...functions, whole], { title: "LTO Inspector", placeHolder: vscode.l10n.t("Which function?") });
}
