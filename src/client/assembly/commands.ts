/** The commands on assembly. They are loaded with the session (later.ts), and work with what they are given of the rest of the client. */
import * as vscode from "vscode";
import type { CaptureRow } from "../../protocol/requests/builds.js";
import type { Subject } from "../../protocol/uris.js";
import type { RunView } from "../../protocol/views.js";
import { moment, runTitle } from "../../protocol/words.js";
import { Failure } from "../failure.js";
import type { QuickChoice } from "../messages.js";
import { AssemblyDocuments } from "./documents.js";
import { functionMeant, type AssemblyOf, type MeantTools } from "./which-function.js";

export interface AssemblyTools extends Omit<MeantTools, "assemblyOf"> {
  showInformation(text: string, ...actions: string[]): Thenable<string | undefined>;
}

/** The most runs to choose from. */
const MOST_RUNS = 100;

let documents: AssemblyDocuments | undefined;

/** Opens the assembly of a function of a run beside the editor. */
async function show(tools: AssemblyTools, of: AssemblyOf | undefined): Promise<void> {
  // In a document of assembly, the user asks about another function.
  const { run, ...choice } = await functionMeant({ ...tools, assemblyOf: () => undefined }, of, vscode.l10n.t("LTO: Show Assembly"));
  const address = { ...choice, run: run.id };
  const view = await tools.ask(vscode.l10n.t("Generating assembly"), "assembly", address);
  await opened().open(address, view);
}

/** Opens a diff of a function in a run and in another build, which the user picks. */
async function compare(tools: AssemblyTools, of: AssemblyOf | undefined): Promise<void> {
  const { run, ...choice } = await functionMeant(withDocuments(tools), of, vscode.l10n.t("LTO: Compare Assembly"));
  const address = { ...choice, run: run.id };
  const other = await pickBuild(tools, run);
  const params = { ...address, against: other.subject };
  const { isLater, name: compared, differing, pairs } = await tools.ask(vscode.l10n.t("Comparing assembly"), "compareAssembly", params);
  if (differing === 0) {
    void tools.showInformation(vscode.l10n.t("{0} has the same instructions in “{1}”.", compared, other.name));
    return;
  }
  const own = { name: runTitle(run), at: run.startedAt };
  const [name, otherName] = own.name === other.name ? [own, other].map((one) => `${one.name} (${moment(one.at)})`) : [own.name, other.name];
  await opened().compare(address, pairs, isLater ? [otherName ?? "", name ?? ""] : [name ?? "", otherName ?? ""]);
  if (pairs.length < differing) {
    const text = vscode.l10n.t(
      "{0} functions differ. The first {1} are shown; `lto-inspector asm --against` prints all.",
      differing,
      pairs.length,
    );
    void tools.showInformation(text);
  }
}

async function goToLinkedLine(tools: AssemblyTools): Promise<void> {
  if (!(await opened().goToLinkedLine())) {
    void tools.showInformation(vscode.l10n.t("No open assembly has instructions of this line."));
  }
}

function withDocuments(tools: AssemblyTools): MeantTools {
  return { ...tools, assemblyOf: (uri) => documents?.addressOf(uri) };
}

/** They last as long as the window. */
function opened(): AssemblyDocuments {
  return (documents ??= new AssemblyDocuments());
}

interface OtherBuild {
  readonly subject: Subject;
  /** For the diff's title. */
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Another run of the unit, or a capture of it without one. */
async function pickBuild(tools: AssemblyTools, run: RunView): Promise<OtherBuild> {
  const title = vscode.l10n.t("Looking for builds");
  const own = "unit" in run.source ? run.source.unit : undefined;
  const { rows } = await tools.ask(title, "runs", { offset: 0, limit: MOST_RUNS });
  const captures = own === undefined ? [] : (await tools.ask(title, "captures", { unit: own })).captures;
  const runs = rows.filter(({ unit, hasReport, recorded }) => unit.name === run.unit.name && (hasReport || recorded));
  const withoutRun = captures.filter(({ ref }) => !runs.some(({ source }) => "unit" in source && source.unit === ref));
  const choices = [...runs.filter(({ id }) => id !== run.id).map(choiceOfRun), ...withoutRun.map(choiceOfCapture)];
  if (choices.length === 0) {
    throw new Failure({
      name: "NothingToInspect",
      message: vscode.l10n.t("There is no other build of {0} to compare with.", run.unit.name),
      help: vscode.l10n.t("Run thin LTO after a change, or with other settings."),
    });
  }
  return tools.pickOne(choices, {
    title: vscode.l10n.t("LTO: Compare Assembly"),
    placeHolder: vscode.l10n.t("Compare “{0}” with", runTitle(run)),
  });
}

function choiceOfRun(run: RunView): QuickChoice<OtherBuild> {
  const { id, startedAt, llvm } = run;
  const version = llvm === null ? [] : [`LLVM ${llvm.version}`];
  return {
    label: runTitle(run),
    description: [...version, moment(startedAt)].join(" · "),
    value: { subject: { run: id }, name: runTitle(run), at: startedAt },
  };
}

function choiceOfCapture({ ref, capture, madeAt }: CaptureRow): QuickChoice<OtherBuild> {
  const label = vscode.l10n.t("Capture {0}", capture);
  return { label, description: moment(madeAt), value: { subject: { unit: ref }, name: label, at: madeAt } };
}

export const assemblyCommands = { show, compare, goToLinkedLine };

export type AssemblyCommands = typeof assemblyCommands;
