/** LTO: Compare Settings, and the list of comparisons that were saved. Nothing is built, replayed or run before the user agrees. */
import * as vscode from "vscode";
import type { AdviceChoice, AdviceChoices, AdvicePlan, EstimateSource, OfferedSetting } from "../../protocol/requests/advice.js";
import { moment, roughDuration } from "../../protocol/words.js";
import { Failure, reportOf } from "../failure.js";
import { ask, shownChoice, type QuickChoice } from "../messages.js";
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
  const { settings, inlined } = await pickSettings(services, unit, choices, given);
  const bench = await askBenchmark(given?.bench ?? memory.get<string>(BENCHMARK) ?? "");
  void memory.update(BENCHMARK, bench ?? undefined);
  const choice = { unit, settings, bench, inlined };
  const plan = await server.askWithProgress(vscode.l10n.t("Planning the comparison of {0}", name), "planAdvice", choice);
  await agree(name, plan, choice);
  const saved = await server.askWithProgress(vscode.l10n.t("Comparing settings of {0}", name), "advise", choice);
  await advice.open(saved.id);
}

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

/** Items that are no settings: one adds a setting, the other asks for more of each. */
const OTHER = Symbol("other");
const INLINED = Symbol("inlined");

type Item =
  QuickChoice<string | typeof OTHER | typeof INLINED> | (vscode.QuickPickItem & { readonly kind: vscode.QuickPickItemKind.Separator });

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
  const check = async (text: string): Promise<OfferedSetting[]> => [
    ...(await server.ask("adviceChoices", { unit, settings: [text] })).settings,
  ];
  const offered = [...settings];
  for (const text of given?.settings ?? []) if (offered.every(({ name }) => name !== text)) offered.push(...(await check(text)));
  let inlined = given?.inlined ?? false;
  let ticked = new Set(given?.settings ?? settings.filter(({ usual }) => usual).map(({ name }) => name));
  for (;;) {
    const picked = await vscode.window.showQuickPick(itemsOf(offered, noBuild, { settings: ticked, inlined }), {
      title: TITLE,
      placeHolder: noBuild ?? vscode.l10n.t("Compare the build with which settings?"),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (picked === undefined) throw new vscode.CancellationError();
    const values = picked.flatMap((item) => ("value" in item ? [item.value] : []));
    ticked = new Set(values.filter((value) => typeof value === "string"));
    inlined = values.includes(INLINED);
    if (!values.includes(OTHER)) {
      if (ticked.size > 0) return { settings: [...ticked], inlined };
      throw new vscode.CancellationError();
    }
    const more = await askSetting(check);
    for (const setting of more) {
      if (offered.every(({ name }) => name !== setting.name)) offered.push(setting);
      ticked.add(setting.name);
    }
  }
}

/** What is ticked. */
interface Ticked {
  readonly settings: ReadonlySet<string>;
  readonly inlined: boolean;
}

/** Builds and replays in groups, and the items that are no settings. */
function itemsOf(offered: readonly OfferedSetting[], noBuild: string | null, ticked: Ticked): Item[] {
  const item = ({ name }: OfferedSetting): Item => shownChoice({ label: name, picked: ticked.settings.has(name), value: name });
  const group = (label: string, settings: readonly OfferedSetting[]): Item[] =>
    settings.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...settings.map(item)];
  return [
    ...group(vscode.l10n.t("built again, in a folder of its own"), noBuild === null ? offered.filter(({ build }) => build) : []),
    ...group(
      vscode.l10n.t("replayed from the capture"),
      offered.filter(({ build }) => !build),
    ),
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    shownChoice({
      label: vscode.l10n.t("Inlined calls"),
      description: vscode.l10n.t("which calls only one setting inlines: another replay of the passes for each"),
      picked: ticked.inlined,
      alwaysShow: true,
      value: INLINED,
    }),
    shownChoice({
      label: vscode.l10n.t("Other setting…"),
      description: vscode.l10n.t("tick it to type one"),
      alwaysShow: true,
      value: OTHER,
    }),
  ];
}

/** @param check throws why a setting is not understood @returns empty: the user went back */
async function askSetting(check: (text: string) => Promise<OfferedSetting[]>): Promise<readonly OfferedSetting[]> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: vscode.l10n.t("Profile settings and arguments of LLVM; commas combine them"),
    placeHolder: EXAMPLE,
    validateInput: async (value) => {
      if (value.trim() === "") return undefined;
      try {
        await check(value);
        return undefined;
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
async function agree(name: string, plan: AdvicePlan, { bench, inlined }: Pick<AdviceChoice, "bench" | "inlined">): Promise<void> {
  const { builds, replays, measured, seconds, from, runs, folder } = plan;
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
      : [
          vscode.l10n.t("The benchmark comes on top: it runs each program {0} times, in the workspace's folder, with the shell:", runs),
          bench,
        ]),
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
