/** LTO: Compare Settings, and the list of comparisons that were saved. Nothing is built, replayed or run before the user agrees. */
import * as vscode from "vscode";
import type { AdviceChoice, AdviceChoices, AdvicePlan, EstimateSource, OfferedSetting } from "../../protocol/requests/advice.js";
import { moment, roughDuration } from "../../protocol/words.js";
import { Failure, isCancelled, reportOf } from "../failure.js";
import { ask, mention, shownChoice, type QuickChoice } from "../messages.js";
import type { Services } from "../services.js";
import type { RunNode } from "../trees/runs.js";
import type { UnitNode } from "../trees/units.js";
import { pickUnit } from "./picks.js";

const TITLE = vscode.l10n.t("LTO: Compare Settings");

/** What this window's workspace remembers: the benchmark. */
const BENCHMARK = "lto.benchmark";

/** @param of what is compared; absent: the shown run's unit, or one that the user picks. A choice is offered as it was */
export async function compareSettings(services: Services, of?: UnitNode | RunNode | AdviceChoice): Promise<void> {
  const { server, memory, advice } = services;
  const given = of !== undefined && "settings" in of ? of : undefined;
  const { unit, name } = await unitOf(services, of);
  const choices = await server.ask("adviceChoices", { unit });
  const picked = await pickSettings(services, unit, choices, given);
  const bench = await askBenchmark(given === undefined ? remembered(memory.get<unknown>(BENCHMARK)) : (given.bench ?? ""));
  const choice: AdviceChoice = { unit, ...picked, bench };
  const plan = await server.askWithProgress(vscode.l10n.t("Planning the comparison of {0}", name), "planAdvice", choice);
  await agree(name, plan, choice);
  void memory.update(BENCHMARK, bench ?? undefined);
  await advice.open(await compare(services, name, choice));
}

function remembered(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** @returns the id of the saved comparison */
async function compare({ server }: Services, name: string, choice: AdviceChoice): Promise<string> {
  try {
    const { id } = await server.askWithProgress(vscode.l10n.t("Comparing settings of {0}", name), "advise", choice);
    return id;
  } catch (error) {
    if (isCancelled(error)) mention(vscode.l10n.t("What was measured is kept: the next comparison continues there."), LONG_MILLIS);
    throw error;
  }
}

/** Long enough to be read. */
const LONG_MILLIS = 8000;

/** Opens a comparison that was saved. */
export async function openAdvice({ server, advice }: Services): Promise<void> {
  const { saved } = await server.ask("savedAdvice", {});
  if (saved.length === 0) {
    throw new Failure({
      name: "Usage",
      message: vscode.l10n.t("No comparison of settings was saved yet."),
      help: vscode.l10n.t("Run LTO: Compare Settings."),
    });
  }
  const items = saved.map((one) =>
    shownChoice({ label: one.name, description: moment(one.savedAt), detail: detailOf(one), value: one.id }),
  );
  // A list of one is shown too: what would open is not obvious.
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("LTO: Open Settings Comparison"),
    placeHolder: vscode.l10n.t("Which comparison?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked !== undefined) await advice.open(picked.value);
}

function detailOf({ settings, bench }: Pick<AdviceChoice, "settings" | "bench">): string {
  return [settings.join(" "), ...(bench === null ? [] : [bench])].join(" · ");
}

interface NamedUnit {
  /** The capture. */
  readonly unit: string;
  readonly name: string;
}

async function unitOf({ server, shown }: Services, of?: UnitNode | RunNode | AdviceChoice): Promise<NamedUnit> {
  if (of !== undefined && "settings" in of) {
    const { captureRef, name } = await server.ask("unit", { unit: of.unit });
    return { unit: captureRef, name };
  }
  if (of?.kind === "unit") return { unit: of.row.captureRef, name: of.row.name };
  const run = of?.kind === "run" ? of.row : shown.run;
  if (run !== null && "unit" in run.source) {
    const { unit } = run.source;
    const found = await server.ask("unit", { unit }).catch(() => undefined);
    if (found?.kind === "capture" && found.complete) return { unit: found.captureRef, name: found.name };
  }
  const { rows } = await server.ask("units", { offset: 0, limit: 500 });
  const captures = rows.filter(({ kind, complete }) => kind === "capture" && complete);
  if (captures.length === 0) {
    throw new Failure({
      name: "NothingToInspect",
      message: vscode.l10n.t("No build was captured here, so there is nothing to compare."),
      help: vscode.l10n.t("Capture a build first."),
    });
  }
  const { captureRef, name } = await pickUnit(captures, vscode.l10n.t("Compare settings of which capture?"));
  return { unit: captureRef, name };
}

/** Of a setting that is typed. */
const EXAMPLE = "lto=fat,codegen-units=1";

/** What an item stands for: a setting, typing another one, or calls that are inlined in one setting and not in the other. */
type Ticked = { readonly kind: "setting"; readonly name: string } | { readonly kind: "other" | "inlined" };

type Item = QuickChoice<Ticked> | (vscode.QuickPickItem & { readonly kind: vscode.QuickPickItemKind.Separator });

/** What is in the list, and what is ticked. */
interface Picking {
  readonly typed: readonly OfferedSetting[];
  readonly offered: readonly OfferedSetting[];
  readonly ticked: ReadonlySet<string>;
  readonly inlined: boolean;
}

/**
 * Lets the user tick settings; another one is typed, and ticked.
 *
 * @param given ticked first; undefined: the usual ones
 */
async function pickSettings(
  { server }: Services,
  unit: string,
  { settings, noBuild }: AdviceChoices,
  given: AdviceChoice | undefined,
): Promise<Pick<AdviceChoice, "settings" | "inlined">> {
  const check = async (text: string): Promise<readonly OfferedSetting[]> =>
    (await server.ask("adviceChoices", { unit, settings: [text] })).settings;
  const isListed = (name: string): boolean => settings.some((one) => one.name === name);
  const usual = settings.filter((one) => one.usual).map(({ name }) => name);
  let picking: Picking = {
    typed: (await Promise.all((given?.settings ?? []).filter((name) => !isListed(name)).map(check)))
      .flat()
      .filter(({ build }) => !build || noBuild === null),
    offered: noBuild === null ? settings : settings.filter(({ build }) => !build),
    ticked: new Set(given?.settings ?? usual),
    inlined: given?.inlined ?? false,
  };
  for (;;) {
    const picked = await vscode.window.showQuickPick(itemsOf(picking), {
      title: TITLE,
      placeHolder: noBuild ?? vscode.l10n.t("Compare the build with which settings?"),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (picked === undefined) throw new vscode.CancellationError();
    const values = picked.flatMap((item) => ("value" in item ? [item.value] : []));
    const names = values.flatMap((value) => (value.kind === "setting" ? [value.name] : []));
    const inlined = values.some(({ kind }) => kind === "inlined");
    if (!values.some(({ kind }) => kind === "other")) {
      if (names.length > 0) return { settings: names, inlined };
      mention(vscode.l10n.t("No setting was ticked, so there is nothing to compare."), LONG_MILLIS);
      throw new vscode.CancellationError();
    }
    const more = await askSetting(check, noBuild);
    const isNew = ({ name }: OfferedSetting): boolean => !isListed(name) && picking.typed.every((one) => one.name !== name);
    picking = {
      ...picking,
      typed: [...picking.typed, ...more.filter(isNew)],
      ticked: new Set([...names, ...more.map(({ name }) => name)]),
      inlined,
    };
  }
}

/** What was typed comes first: the end of the list may not be on the screen. */
function itemsOf({ typed, offered, ticked, inlined }: Picking): Item[] {
  const item = ({ name }: OfferedSetting): Item =>
    shownChoice<Ticked>({ label: name, picked: ticked.has(name), value: { kind: "setting", name } });
  const group = (label: string, settings: readonly OfferedSetting[]): Item[] =>
    settings.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...settings.map(item)];
  return [
    shownChoice<Ticked>({
      label: vscode.l10n.t("Other setting…"),
      description: vscode.l10n.t("tick it to type one"),
      alwaysShow: true,
      value: { kind: "other" },
    }),
    ...typed.map(item),
    ...group(
      vscode.l10n.t("built again, in a folder of its own"),
      offered.filter(({ build }) => build),
    ),
    ...group(
      vscode.l10n.t("replayed from the capture"),
      offered.filter(({ build }) => !build),
    ),
    { label: vscode.l10n.t("also"), kind: vscode.QuickPickItemKind.Separator },
    shownChoice<Ticked>({
      label: vscode.l10n.t("Inlined calls"),
      description: vscode.l10n.t("which calls only one setting inlines: another replay of the passes for each"),
      picked: inlined,
      value: { kind: "inlined" },
    }),
  ];
}

/**
 * @param check throws why a setting is not understood
 * @param noBuild why nothing can be built; null: it can
 * @returns empty: the user went back
 */
async function askSetting(
  check: (text: string) => Promise<readonly OfferedSetting[]>,
  noBuild: string | null,
): Promise<readonly OfferedSetting[]> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: vscode.l10n.t("Profile settings and arguments of LLVM; commas combine them"),
    placeHolder: EXAMPLE,
    validateInput: async (value) => {
      if (value.trim() === "") return undefined;
      try {
        const [setting] = await check(value);
        return setting?.build === true ? noBuild : undefined;
      } catch (error) {
        const { message, help } = reportOf(error);
        return [message, help ?? ""].join(" ").trim();
      }
    },
  });
  return text === undefined || text.trim() === "" ? [] : check(text);
}

/** @returns null: nothing is to be run @throws CancellationError */
async function askBenchmark(value: string): Promise<string | null> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: vscode.l10n.t("A command that runs the program, for which {} stands; leave it empty to run nothing"),
    placeHolder: vscode.l10n.t("{} input.txt"),
    value,
    validateInput: (command) =>
      command.trim() === "" || command.includes("{}") ? undefined : vscode.l10n.t("Write {} where the program's path belongs."),
  });
  if (text === undefined) throw new vscode.CancellationError();
  return text.trim() === "" ? null : text;
}

/** The one question: what is built, replayed and run, where, and for how long. @throws CancellationError if the user declines */
async function agree(name: string, plan: AdvicePlan, { bench, inlined }: AdviceChoice): Promise<void> {
  const { builds, replays, measured, seconds, from, runs, folder, workspace } = plan;
  const known = measured.length === 0 ? [] : [vscode.l10n.t("Measured before, and not again: {0}", measured.join(", "))];
  const detail = [
    ...(builds.length === 0
      ? []
      : [
          vscode.l10n.t("Cargo builds, one after another: {0}", builds.join(", ")),
          vscode.l10n.t("The builds are in {0}, never in your target folder.", folder),
        ]),
    vscode.l10n.t("Replayed from the capture: {0}", replays.join(", ")),
    ...known,
    "",
    vscode.l10n.t("Takes about {0}, estimated from {1}.", spanOf(seconds), estimateWords(from)),
    ...(inlined ? [vscode.l10n.t("Inlined calls come on top: the passes of every replay run again.")] : []),
    ...(runs === null || bench === null
      ? []
      : [vscode.l10n.t("The benchmark comes on top: it runs each program {0} times, in {1}, with the shell:", runs, workspace), bench]),
  ];
  const button = builds.length === 0 ? vscode.l10n.t("Compare") : vscode.l10n.t("Build and Compare");
  if ((await ask(vscode.l10n.t("Compare settings of {0}?", name), detail, button)) !== button) throw new vscode.CancellationError();
}

function spanOf({ low, high }: AdvicePlan["seconds"]): string {
  const [least, most] = [roughDuration(low), roughDuration(high)];
  return least === most ? most : vscode.l10n.t("{0} to {1}", least, most);
}

const SOURCES: Readonly<Record<EstimateSource, string>> = {
  comparisons: vscode.l10n.t("earlier comparisons"),
  crates: vscode.l10n.t("the number of crates"),
  run: vscode.l10n.t("the latest run"),
};

function estimateWords(from: readonly EstimateSource[]): string {
  return from.length === 0 ? vscode.l10n.t("the kinds of work") : from.map((source) => SOURCES[source]).join(", ");
}
