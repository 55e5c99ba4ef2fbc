/** The pick lists before a capture: profile, package and target, from Cargo. */
import * as vscode from "vscode";
import type { BuildChoices, PackageChoice, ProfileChoice, TargetChoice, TargetKind } from "../../protocol/build-choices.js";
import { NO_CHOICE, buildsByDefault, type BuildChoice } from "../build-choice.js";
import { shownChoice, type QuickChoice } from "../messages.js";
import { withoutIcons } from "../plain-text.js";

const KINDS: Readonly<Record<TargetKind, string>> = {
  bin: vscode.l10n.t("program"),
  lib: vscode.l10n.t("library"),
  example: vscode.l10n.t("example"),
  test: vscode.l10n.t("integration test"),
  bench: vscode.l10n.t("bench"),
};

type Step = "build" | "profile" | "package" | "target";

/**
 * Shows the choice, and changes it until the user is done.
 *
 * @param now the present choice
 * @throws CancellationError if the user closes the list
 */
export async function pickBuild(choices: BuildChoices, now: BuildChoice): Promise<BuildChoice> {
  let choice = now;
  let last: Step = "build";
  for (;;) {
    const step: Step | undefined = await pickFrom(steps(choices, choice), last, vscode.l10n.t("What should be built?"));
    if (step === undefined) throw new vscode.CancellationError();
    if (step === "build") return choice;
    choice = (await changed(step, choices, choice)) ?? choice;
    last = "build";
  }
}

/** Asks for a target where Cargo builds none by default. @throws CancellationError if the user closes the list */
export async function pickNeededTarget(choices: BuildChoices, now: BuildChoice): Promise<BuildChoice> {
  const placeholder = vscode.l10n.t("Cargo builds no program or C library here by default. What should be built?");
  const picked = await pickTarget(choices.packages, { ...now, package: null, target: null }, placeholder, false);
  if (picked === undefined) throw new vscode.CancellationError();
  return picked;
}

function steps(choices: BuildChoices, choice: BuildChoice): Entry<Step>[] {
  const profile = choice.profile ?? choices.profile;
  const described = choices.profiles.find(({ name }) => name === profile);
  const chosen = choices.packages.find(({ name }) => name === choice.package);
  const target = chosen?.targets.find(({ kind, name }) => kind === choice.target?.kind && name === choice.target.name);
  return [
    {
      label: vscode.l10n.t("Build with these"),
      icon: "play",
      description: vscode.l10n.t("the next question says what that takes"),
      value: "build",
    },
    {
      label: vscode.l10n.t("Profile: {0}", profile),
      icon: "settings",
      description: described === undefined ? vscode.l10n.t("not in Cargo.toml") : profileWords(described),
      value: "profile",
    },
    {
      label: choice.package === null ? vscode.l10n.t("Package: as Cargo chooses") : vscode.l10n.t("Package: {0}", choice.package),
      icon: "package",
      description: chosen === undefined ? defaultWords(choices.packages) : chosen.folder,
      value: "package",
    },
    {
      label:
        choice.target === null ? vscode.l10n.t("Target: all programs and C libraries") : vscode.l10n.t("Target: {0}", choice.target.name),
      icon: "target",
      description: target === undefined ? "" : targetWords(target),
      value: "target",
    },
  ];
}

/** @returns undefined: the user went back */
async function changed(step: Exclude<Step, "build">, choices: BuildChoices, choice: BuildChoice): Promise<BuildChoice | undefined> {
  if (step === "profile") return pickProfile(choices, choice);
  if (step === "package") return pickPackage(choices, choice);
  const among = choices.packages.filter(({ name }) => choice.package === null || name === choice.package);
  return pickTarget(among, choice, vscode.l10n.t("Which target?"), among.some(buildsByDefault));
}

async function pickProfile({ profile: preset, profiles }: BuildChoices, choice: BuildChoice): Promise<BuildChoice | undefined> {
  const entry = (one: ProfileChoice): Entry<string> => ({
    label: one.name,
    description: profileWords(one),
    ...(one.name === preset ? { detail: vscode.l10n.t("the setting lto.profile") } : {}),
    value: one.name,
  });
  const [own, custom] = [profiles.filter(({ inherits }) => inherits === null), profiles.filter(({ inherits }) => inherits !== null)];
  const entries = [
    heading(vscode.l10n.t("Cargo's own")),
    ...own.map(entry),
    ...(custom.length === 0 ? [] : [heading(vscode.l10n.t("of this workspace")), ...custom.map(entry)]),
  ];
  const picked = await pickFrom(entries, choice.profile ?? preset, vscode.l10n.t("Which profile?"));
  return picked === undefined ? undefined : { ...choice, profile: picked === preset ? null : picked };
}

async function pickPackage({ packages }: BuildChoices, choice: BuildChoice): Promise<BuildChoice | undefined> {
  const entries: Entry<string | null>[] = [
    ...(packages.some((one) => one.byDefault && buildsByDefault(one))
      ? [{ label: vscode.l10n.t("As Cargo chooses"), description: defaultWords(packages), value: null }]
      : []),
    ...packages.map((one) => ({
      label: one.name,
      description: one.folder,
      detail: one.targets.map(({ name, kind }) => `${name} (${KINDS[kind]})`).join(", "),
      value: one.name,
    })),
  ];
  const picked = await pickFrom(entries, choice.package, vscode.l10n.t("Which package?"));
  if (picked === undefined) return undefined;
  const now: BuildChoice = { ...choice, package: picked, target: null };
  const found = packages.find(({ name }) => name === picked);
  if (found === undefined || buildsByDefault(found)) return now;
  const placeholder = vscode.l10n.t("Cargo builds nothing to link in {0} by default. Which target?", found.name);
  return pickTarget([found], now, placeholder, false);
}

/** @param all whether "all of them" is a choice: Cargo builds something if no target is named */
async function pickTarget(
  packages: readonly PackageChoice[],
  choice: BuildChoice,
  placeholder: string,
  all: boolean,
): Promise<BuildChoice | undefined> {
  const entries = packages.flatMap((one) => [
    heading(one.name),
    ...one.targets.map((target): Entry<BuildChoice> => ({
      label: target.name,
      description: targetWords(target),
      value: { ...choice, package: one.name, target: { kind: target.kind, name: target.name } },
    })),
  ]);
  const every: Entry<BuildChoice> = {
    label: vscode.l10n.t("All programs and C libraries"),
    description: "",
    value: { ...choice, target: null },
  };
  const listed = all ? [every, ...entries] : entries;
  const { target } = choice;
  const present = listed.find(
    (one) =>
      "value" in one && (target === null ? one === every : one.value.target?.kind === target.kind && one.value.target.name === target.name),
  );
  return pickFrom(listed, present !== undefined && "value" in present ? present.value : NO_CHOICE, placeholder);
}

/** "LTO thin, opt-level 3, incremental" */
function profileWords({ lto, optLevel, incremental, inherits }: ProfileChoice): string {
  const how = lto === "off" ? vscode.l10n.t("no LTO") : `LTO ${lto}`;
  return [
    how,
    `opt-level ${optLevel}`,
    ...(incremental ? [vscode.l10n.t("incremental")] : []),
    ...(inherits === null ? [] : [vscode.l10n.t("inherits {0}", inherits)]),
  ].join(", ");
}

function targetWords({ kind, crateTypes, requiredFeatures }: TargetChoice): string {
  const what = kind === "lib" ? crateTypes.join(", ") : KINDS[kind];
  return requiredFeatures.length === 0 ? what : vscode.l10n.t("{0}, with the features {1}", what, requiredFeatures.join(", "));
}

function defaultWords(packages: readonly PackageChoice[]): string {
  return packages
    .filter((one) => one.byDefault && buildsByDefault(one))
    .map(({ name }) => name)
    .join(", ");
}

interface Heading extends vscode.QuickPickItem {
  readonly kind: vscode.QuickPickItemKind.Separator;
}

type Entry<T> = QuickChoice<T> | Heading;

function heading(label: string): Heading {
  return { label: withoutIcons(label), kind: vscode.QuickPickItemKind.Separator };
}

/**
 * A list with the present choice marked and active.
 *
 * @returns undefined: closed
 */
async function pickFrom<T>(entries: readonly Entry<T>[], present: T, placeholder: string): Promise<T | undefined> {
  const pick = vscode.window.createQuickPick<Entry<T>>();
  pick.title = "LTO Inspector";
  pick.placeholder = placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = entries.map((entry) => ("value" in entry ? shownChoice(entry) : entry));
  pick.activeItems = pick.items.filter((entry) => "value" in entry && entry.value === present);
  try {
    return await new Promise<T | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen !== undefined && "value" in chosen) resolve(chosen.value);
      });
      pick.onDidHide(() => {
        resolve(undefined);
      });
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}
