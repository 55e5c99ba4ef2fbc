/** The question before a capture: what will be built, how long it takes, and how it differs from the user's own build. It leads to the pick lists. */
import * as vscode from "vscode";
import type { BuildChoices } from "../../protocol/build-choices.js";
import { crateCount } from "../../protocol/counts.js";
import type { LtoMode } from "../../protocol/pipelines.js";
import type { CaptureChoice } from "../../protocol/requests/capture.js";
import type { CapturePlan } from "../../protocol/views.js";
import { bytes, roughBytes, roughDuration } from "../../protocol/words.js";
import { captureChoice, isDefault, KeptChoices, NO_CHOICE, type BuildChoice } from "../build-choice.js";
import { reportOf } from "../failure.js";
import { ask } from "../messages.js";
import { pickBuild, pickNeededTarget } from "./pick-build.js";

/** The buttons of the question. */
const BUILD = vscode.l10n.t("Build and Inspect");
const CHANGE = vscode.l10n.t("Change Profile or Target…");
const LINES = vscode.l10n.t("Add Line Tables");

/** What the question needs of the client. */
export interface BuildTools {
  /** @throws ResponseError if nothing can be planned */
  plan(choice: CaptureChoice): Promise<CapturePlan>;
  /** What can be chosen in the folder. */
  choices(): Promise<BuildChoices>;
  readonly memory: vscode.Memento;
}

/** What a command asks for. */
export interface AskedBuild {
  readonly folder: string;
  readonly lto: LtoMode | undefined;
  /** Adds line tables where the profile has none. */
  readonly lineTables?: boolean;
}

/**
 * Asks about what the folder's last capture built, or what Cargo builds by default; after the pick lists, about what was chosen there.
 *
 * @throws CancellationError if the user declines, ResponseError if nothing can be planned
 */
export async function agreedBuild(tools: BuildTools, asked: AskedBuild): Promise<CaptureChoice> {
  const { folder, lto } = asked;
  let build = await keptBuild(tools, asked);
  for (;;) {
    const { picked, choice, plan } = build;
    const answer = await agreed(plan, lto);
    if (answer === undefined) throw new vscode.CancellationError();
    if (answer === BUILD) {
      new KeptChoices(tools.memory).keep(folder, picked);
      return choice;
    }
    const choices = await tools.choices();
    build =
      answer === LINES
        ? await planned(tools, { ...asked, lineTables: true }, picked, choices)
        : await planned(tools, asked, await pickBuild(choices, picked), choices);
  }
}

/** A capture that can be started. */
interface PlannedBuild {
  readonly picked: BuildChoice;
  readonly choice: CaptureChoice;
  readonly plan: CapturePlan;
}

/** Plans the folder's last choice, or what Cargo builds by default. If that is nothing, asks for a target. */
async function keptBuild(tools: BuildTools, asked: AskedBuild): Promise<PlannedBuild> {
  const { folder } = asked;
  const kept = new KeptChoices(tools.memory);
  const nothing = (error: unknown): boolean => reportOf(error).name === "NothingToInspect";
  if (kept.has(folder)) {
    const choices = await tools.choices();
    const choice = kept.of(folder, choices);
    try {
      if (!isDefault(choice)) return await planned(tools, asked, choice, choices);
    } catch (error) {
      if (!nothing(error)) throw error;
    }
  }
  try {
    return await planned(tools, asked, NO_CHOICE);
  } catch (error) {
    if (!nothing(error)) throw error;
    // In a folder without a Cargo package, this fails with the same error.
    const choices = await tools.choices();
    if (choices.packages.length === 0) throw error;
    return planned(tools, asked, await pickNeededTarget(choices, NO_CHOICE), choices);
  }
}

async function planned(
  tools: BuildTools,
  { folder, lto, lineTables }: AskedBuild,
  picked: BuildChoice,
  choices?: BuildChoices,
): Promise<PlannedBuild> {
  const lines = lineTables === true ? { lineTables } : {};
  const own: CaptureChoice = { ...captureChoice(folder, picked, choices?.packages ?? []), ...lines };
  const plan = await tools.plan(own);
  if (lto === undefined || plan.targets.some((target) => target.lto === lto)) return { picked, choice: own, plan };
  const choice: CaptureChoice = { ...own, lto };
  return { picked, choice, plan: await tools.plan(choice) };
}

/** Asks the user, saying what will be built, roughly how long it takes, how much disk space, and the differences from the user's own build. */
async function agreed(plan: CapturePlan, lto?: LtoMode): Promise<string | undefined> {
  const targets = plan.targets.map(({ target, kind, incremental, ...unit }) =>
    incremental
      ? vscode.l10n.t("• {0} ({1}), LTO {2}, incremental", target, kind, lto ?? unit.lto)
      : vscode.l10n.t("• {0} ({1}), LTO {2}", target, kind, lto ?? unit.lto),
  );
  const differs =
    plan.deviations.length === 0
      ? [vscode.l10n.t("No differences from your own build.")]
      : [
          vscode.l10n.t("Differences from your own build:"),
          ...plan.deviations.map(({ setting, build, used }) => vscode.l10n.t("• {0}: {1} in your build, {2} here", setting, build, used)),
        ];
  const cost = vscode.l10n.t(
    "Roughly {0} and {1} of disk ({2} are free).",
    span(plan.seconds, roughDuration),
    span(plan.bytes, roughBytes),
    bytes(plan.freeBytes),
  );
  const detail = [
    vscode.l10n.t("LTO Inspector builds in a separate target directory, with your profile's settings:"),
    ...targets,
    "",
    `${vscode.l10n.t("Profile {0}, rustc {1}, {2}.", plan.profile, plan.rustc, crateCount(plan.crates))} ${cost}`,
    ...differs,
    ...plan.warnings,
  ];
  const lines = plan.targets.every(({ hasLines }) => hasLines) ? [] : [LINES];
  return ask(vscode.l10n.t("Build once for LTO Inspector?"), detail, BUILD, CHANGE, ...lines);
}

function span({ low, high }: { readonly low: number; readonly high: number }, words: (value: number) => string): string {
  const [from, to] = [words(low), words(high)];
  return from === to ? from : vscode.l10n.t("{0} to {1}", from, to);
}
