/** The head: unit and run, the state of verification, the counts, and facts about the run. */
import * as l10n from "../src/protocol/l10n.js";
import { headlineItems, MODULE_GROUPS, type HeadlinePart } from "../src/protocol/module-groups.js";
import { pipelineOf, PIPELINES, type LtoCommand } from "../src/protocol/pipelines.js";
import type { DashboardCommand } from "../src/protocol/dashboard.js";
import { hasRows, type RunView } from "../src/protocol/views.js";
import { h, replace, show, type Child } from "./dom.js";
import { failureBlock } from "./failure.js";
import type { Host } from "./host.js";
import { icon, type IconName } from "./icons.js";
import { button, setDisabled } from "./toolkit.js";
import type { FIDELITY } from "../src/protocol/words.js";
import { bytes, duration, fidelityOf, moment, number, percent } from "../src/protocol/words.js";
import { GROUP_SIGNS, VERDICT_OF_GROUP } from "./words.js";

const FIDELITY_SIGNS: Readonly<Record<keyof typeof FIDELITY, IconName>> = {
  verified: "verified",
  "same LLVM, not verified": "question",
  "other LLVM": "warning",
};

const STATES: Readonly<Record<RunView["state"], { readonly label: string; readonly icon: IconName } | null>> = {
  done: null,
  running: { label: l10n.t("running"), icon: "sync" },
  failed: { label: l10n.t("failed"), icon: "error" },
  cancelled: { label: l10n.t("cancelled"), icon: "warning" },
  died: { label: l10n.t("interrupted: the process exited early"), icon: "error" },
};

export class Head {
  readonly element = h("header", { class: "head" });
  readonly #title = h("div", { class: "head-title" });
  readonly #body = h("div", { class: "head-body" });
  /** By the command that replays the run's pipeline. */
  readonly #run: ReadonlyMap<LtoCommand, HTMLElement>;
  readonly #verify: HTMLElement;
  readonly #settings: HTMLElement;
  readonly #host: Host;
  readonly #headline = h("ul", { class: "verdicts", "aria-label": l10n.t("Decisions") });
  #shown: RunView | undefined;
  #byEdit = 0;

  constructor(host: Host) {
    this.#host = host;
    const run = (command: LtoCommand, id: DashboardCommand): readonly [LtoCommand, HTMLElement] => {
      return [command, button(l10n.t("Run {0}", PIPELINES[command].title), { appearance: "primary", onClick: () => host.command(id) })];
    };
    this.#run = new Map([run("thin", "runThin"), run("fat", "runFat")]);
    this.#verify = button(l10n.t("Verify Against rustc"), { onClick: () => host.command("verify") });
    this.#settings = button(l10n.t("Compare Settings"), { onClick: () => host.command("compareSettings") });
    const buttons = h(
      "div",
      { class: "head-buttons" },
      ...this.#run.values(),
      this.#verify,
      this.#settings,
      button(l10n.t("Copy CLI Command"), { onClick: () => host.command("copyCliCommand") }),
    );
    this.element.append(h("div", { class: "head-top" }, this.#title, buttons), this.#body);
  }

  show(run: RunView): void {
    if (this.#shown?.id !== run.id) this.#byEdit = 0;
    this.#shown = run;
    this.#draw();
    const files = "files" in run.source;
    setDisabled(this.#verify, files, files ? l10n.t("Individually chosen files have no rustc output to compare with.") : undefined);
    setDisabled(this.#settings, files, files ? l10n.t("Individually chosen files have no build with settings.") : undefined);
    for (const [command, element] of this.#run) show(element, command === pipelineOf(run.unit.mode).command);
    replace(this.#title, h("h1", {}, run.unit.name), h("p", { class: "dim" }, origin(run)));
    replace(
      this.#body,
      stateOf(run),
      notLinked(run),
      run.error === null ? null : failureBlock(run.error, { showLog: () => this.#host.command("showLog") }),
      hasRows(run) ? h("div", { class: "head-badges" }, this.#headline, fidelity(run)) : null,
      run.hasReport ? figures(run) : null,
      run.hasReport ? facts(run) : null,
    );
  }

  /** @param byEdit how many modules of the shown run only edits made rustc re-compile, as its causes say */
  edited(byEdit: number): void {
    if (byEdit === this.#byEdit) return;
    this.#byEdit = byEdit;
    this.#draw();
  }

  /** The headline in parts: what happened to how many modules, and why. */
  #draw(): void {
    replace(this.#headline, ...headlineItems(this.#shown?.counts.groups ?? {}, this.#byEdit).map(headlineItem));
  }
}

/** "release · thin LTO · bin — run of Nov 22, 18:53" */
function origin({ unit, startedAt, source }: RunView): string {
  const parts = [unit.profile, `${unit.mode} LTO`, unit.crateTypes.join(" + ")].filter((part) => part !== "");
  const files = "files" in source ? [chosenWords(source.files.length)] : [];
  return [parts.join(" · "), ...files, l10n.t("run of {0}", moment(startedAt))].join(" — ");
}

function chosenWords(files: number): string {
  return files === 1 ? l10n.t("1 chosen file or folder") : l10n.t("{0} chosen files and folders", number(files));
}

function stateOf(run: RunView): HTMLElement | null {
  const state = STATES[run.state];
  if (state === null) return null;
  const kept = run.state === "running" ? l10n.t("The page shows what is done so far.") : l10n.t("What it saved is kept.");
  return h(
    "p",
    { class: `state state-${run.state}` },
    icon(state.icon),
    h("span", {}, [l10n.t("This run: {0}.", state.label), ...(run.recorded ? [] : [kept])].join(" ")),
  );
}

/** States first that the build was not linked: its stages are rustc's, but no program came of them. */
function notLinked({ notLinked: said }: RunView): HTMLElement | null {
  if (said === undefined) return null;
  return h("p", { class: "state not-linked" }, icon("warning"), h("strong", {}, l10n.t("Not linked")), h("span", {}, said));
}

function headlineItem({ group, text }: HeadlinePart): HTMLElement {
  return h(
    "li",
    { class: `verdict verdict-${VERDICT_OF_GROUP[group]} group-${group}`, title: MODULE_GROUPS[group].detail },
    icon(GROUP_SIGNS[group]),
    h("span", {}, text),
  );
}

function fidelity(run: RunView): HTMLElement | null {
  const words = fidelityOf(run);
  if (words === null) return null;
  const kind = run.fidelity ?? "same LLVM, not verified";
  const { label, detail } = words;
  return h(
    "p",
    { class: `fidelity fidelity-${kind === "verified" ? "good" : kind === "other LLVM" ? "bad" : "open"}` },
    h("span", { class: "fidelity-badge" }, icon(FIDELITY_SIGNS[kind]), h("strong", {}, label)),
    h("span", { class: "dim" }, detail),
  );
}

/** The key figures. */
function figures(run: RunView): HTMLElement {
  const figure = (name: string, value: string, note = ""): HTMLElement =>
    h(
      "div",
      { class: "figure" },
      h("dt", {}, name),
      h("dd", {}, h("strong", {}, value), note === "" ? null : h("span", { class: "dim" }, note)),
    );
  const { counts, bytes: size, instructions } = run;
  return h(
    "dl",
    { class: "figures" },
    figure(l10n.t("Modules"), number(counts.modules), counts.fromStore > 0 ? l10n.t("{0} from the store", number(counts.fromStore)) : ""),
    size === null ? null : figure(l10n.t("Bitcode"), `${bytes(size.before)} → ${bytes(size.after)}`, percent(size)),
    instructions === null
      ? null
      : figure(l10n.t("Instructions"), `${number(instructions.before)} → ${number(instructions.after)}`, percent(instructions)),
    figure(l10n.t("Linked output"), outputOf(run)),
    figure(l10n.t("Total time"), run.millis === null ? l10n.t("not known") : duration(run.millis)),
    // Measured while making stages: a run that took all stages from the store has none.
    run.peakMemoryBytes === 0 ? null : figure(l10n.t("Peak memory"), bytes(run.peakMemoryBytes)),
  );
}

function outputOf({ outputBytes, notLinked: said }: RunView): string {
  if (said !== undefined) return l10n.t("none");
  return outputBytes === null ? l10n.t("not known") : bytes(outputBytes);
}

function facts(run: RunView): HTMLElement {
  const { llvm, settings, deviations, warnings, outsideLto = [] } = run;
  const rows: (readonly [string, readonly Child[]])[] = [];
  if (llvm !== null) rows.push(["LLVM", llvmOf(llvm)]);
  if (settings !== null) rows.push([l10n.t("Settings"), settingsOf(settings)]);
  rows.push([
    l10n.t("Deviations"),
    deviations.length === 0 ? [l10n.t("none: all settings are those of your build")] : [deviationList(deviations)],
  ]);
  if (outsideLto.length > 0) rows.push([l10n.t("Outside LTO"), [outsideWords(outsideLto)]]);
  if (warnings.total > 0) rows.push([warnings.total === 1 ? l10n.t("Warning") : l10n.t("Warnings"), [warningList(warnings)]]);
  return h("dl", { class: "facts" }, ...rows.flatMap(([name, children]) => [h("dt", {}, name), h("dd", {}, ...children)]));
}

function outsideWords(crates: readonly string[]): string {
  const names = crates.join(", ");
  return crates.length === 1 ? l10n.t("{0}: linked as it is", names) : l10n.t("{0}: linked as they are", names);
}

/** The library's name identifies it; the tooltip shows its path. */
function llvmOf({ version, path }: NonNullable<RunView["llvm"]>): readonly Child[] {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return [version, h("details", { class: "arguments" }, h("summary", {}, name), h("span", { class: "path" }, path))];
}

function settingsOf(settings: NonNullable<RunView["settings"]>): readonly Child[] {
  const { optLevel, targetCpu, targetFeatures, relocationModel, llvmArgs, preservedSymbols } = settings;
  const words = [
    l10n.t("opt-level {0}", optLevel),
    l10n.t("relocation model {0}", relocationModel),
    targetCpu === null ? l10n.t("the modules' own CPU") : l10n.t("CPU {0}", targetCpu),
    ...(targetFeatures === "" ? [] : [targetFeatures]),
    preservedSymbols === 1 ? l10n.t("1 preserved symbol") : l10n.t("{0} preserved symbols", number(preservedSymbols)),
  ];
  const list = h(
    "details",
    { class: "arguments" },
    h("summary", {}, llvmArgs.length === 1 ? l10n.t("1 LLVM argument") : l10n.t("{0} LLVM arguments", number(llvmArgs.length))),
    h("ul", {}, ...llvmArgs.map((argument) => h("li", { class: "path" }, argument))),
  );
  return [words.join(" · "), llvmArgs.length === 0 ? null : list];
}

function deviationList(deviations: RunView["deviations"]): HTMLElement {
  const item = ({ setting, build, used }: RunView["deviations"][number]): HTMLElement =>
    h("li", {}, icon("warning"), h("span", {}, h("strong", {}, setting), ": ", l10n.t("your build has {0}, this run {1}", build, used)));
  return h("ul", { class: "notes" }, ...deviations.map(item));
}

function warningList({ total, shown }: RunView["warnings"]): HTMLElement {
  const more = total > shown.length ? [h("li", { class: "dim" }, l10n.t("and {0} more, in the log", number(total - shown.length)))] : [];
  return h("ul", { class: "notes" }, ...shown.map((warning) => h("li", {}, icon("warning"), h("span", {}, warning))), ...more);
}
