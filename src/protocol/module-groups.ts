/**
 * What happened to a module in a build, and why: groups of modules, the headline of a run that counts them, and the icons of reasons. The headline
 * says no more than rustc's rule does: a *changed* module is one whose key changed, whatever the edit was.
 */
import * as l10n from "./l10n.js";
import type { GroupCounts, ModuleGroup, ModuleReport, ReasonKind, Verdict } from "./runs.js";
import { number, shortReason } from "./words.js";

interface GroupWords {
  readonly label: string;
  /** One sentence: what the modules have in common. */
  readonly detail: string;
  /** The reason that goes without saying within the group. */
  readonly reason: ReasonKind | null;
  /** "4 changed" */
  readonly counted: (count: number) => string;
}

/** In the order of lists: what matters most comes first. */
export const MODULE_GROUPS: Readonly<Record<ModuleGroup, GroupWords>> = {
  failed: {
    get label() {
      return l10n.t("Failed");
    },
    get detail() {
      return l10n.t("The engine failed on these modules.");
    },
    reason: "failed",
    counted: (count) => l10n.t("{0} failed", number(count)),
  },
  changed: {
    get label() {
      return l10n.t("Changed");
    },
    get detail() {
      return l10n.t(
        "Re-compiled because their keys changed: the modules, or what they import or export, are not as in the previous session.",
      );
    },
    reason: "key-changed",
    counted: (count) => l10n.t("{0} changed", number(count)),
  },
  new: {
    get label() {
      return l10n.t("New");
    },
    get detail() {
      return l10n.t("Re-compiled because the previous session did not have them.");
    },
    reason: "new-module",
    counted: (count) => l10n.t("{0} new", number(count)),
  },
  "equal-key": {
    get label() {
      return l10n.t("Re-compiled With Equal Keys");
    },
    get detail() {
      return l10n.t("rustc's front end compiled them again, and their keys are the previous session's.");
    },
    reason: "key-equal-but-not-green",
    counted: (count) => (count === 1 ? l10n.t("1 with an equal key") : l10n.t("{0} with equal keys", number(count))),
  },
  "first-build": {
    get label() {
      return l10n.t("First Build");
    },
    get detail() {
      return l10n.t("rustc had no keys of an earlier session to compare with, so it compiled every module.");
    },
    reason: "no-previous-keys",
    counted: (count) => (count === 1 ? l10n.t("first build of 1 CGU") : l10n.t("first build of {0} CGUs", number(count))),
  },
  "not-incremental": {
    get label() {
      return l10n.t("Not Incremental");
    },
    get detail() {
      return l10n.t("The build is not incremental: rustc has no cache to re-use anything from.");
    },
    reason: "no-session",
    counted: (count) => (count === 1 ? l10n.t("1 CGU, not incremental") : l10n.t("{0} CGUs, not incremental", number(count))),
  },
  "re-compiled": {
    get label() {
      return l10n.t("Re-compiled");
    },
    get detail() {
      return l10n.t("rustc compiled these modules again.");
    },
    reason: null,
    counted: (count) => l10n.t("{0} re-compiled", number(count)),
  },
  "never-cached": {
    get label() {
      return l10n.t("Never Cached");
    },
    get detail() {
      return l10n.t("Re-compiled because rustc compiles the allocator's and other crates' modules in every build.");
    },
    reason: "key-equal-but-not-cached",
    counted: (count) => l10n.t("{0} never cached", number(count)),
  },
  "re-used": {
    get label() {
      return l10n.t("Re-used");
    },
    get detail() {
      return l10n.t("rustc took these modules from its incremental cache: their keys are the previous session's.");
    },
    reason: "key-equal",
    counted: (count) => l10n.t("{0} re-used", number(count)),
  },
  linked: {
    get label() {
      return l10n.t("Linked");
    },
    get detail() {
      return l10n.t("Fat LTO linked these modules into one.");
    },
    reason: "linked-into-base",
    counted: (count) => l10n.t("{0} linked", number(count)),
  },
  unknown: {
    get label() {
      return l10n.t("No Decision Known");
    },
    get detail() {
      return l10n.t("What rustc decided on these modules is not known.");
    },
    reason: null,
    counted: (count) => l10n.t("{0} without a known decision", number(count)),
  },
};

export const ALL_GROUPS: readonly ModuleGroup[] = Object.keys(MODULE_GROUPS).filter(isGroup);

function isGroup(name: string): name is ModuleGroup {
  return name in MODULE_GROUPS;
}

/** In a headline, what failed comes last. */
const HEADLINE_ORDER: readonly ModuleGroup[] = [...ALL_GROUPS.filter((group) => group !== "failed"), "failed"];

/** Groups of a whole build: rows do not repeat their reason in any list. */
const OF_THE_BUILD = ["first-build", "not-incremental"] as const satisfies readonly ModuleGroup[];

const GROUP_OF_REASON: Readonly<Partial<Record<ReasonKind, ModuleGroup>>> = {
  "key-changed": "changed",
  "new-module": "new",
  "key-equal-but-not-green": "equal-key",
};

/** What a group is derived from; no reason: it is not known. */
export interface Decided extends Pick<ModuleReport, "origin"> {
  readonly verdict: Verdict | null;
  readonly reason: { readonly kind: ReasonKind } | null;
}

export function groupOf({ verdict, reason, origin }: Decided): ModuleGroup {
  if (verdict !== "re-compiled") return verdict ?? "unknown";
  if (reason === null) return "re-compiled";
  if (reason.kind === "no-previous-keys") return "first-build";
  if (reason.kind === "no-session") return "not-incremental";
  // rustc compiles these whether their keys changed or not.
  if (origin !== "local") return "never-cached";
  return GROUP_OF_REASON[reason.kind] ?? "re-compiled";
}

export function countGroups(modules: readonly Decided[]): GroupCounts {
  const counts: Partial<Record<ModuleGroup, number>> = {};
  for (const module of modules) {
    const group = groupOf(module);
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}

/** A part of a headline. */
export interface HeadlinePart {
  readonly group: ModuleGroup;
  readonly text: string;
}

/**
 * "4 changed", "225 never cached", "138 re-used"
 *
 * @param byEdit how many modules rustc re-compiled only because of edits; said if these are all that changed
 */
export function headlineItems(counts: GroupCounts, byEdit = 0): readonly HeadlinePart[] {
  const { changed = 0, new: added = 0, ...rest } = counts;
  const others: GroupCounts = rest;
  const edited = byEdit > 0 && byEdit === changed + added;
  const items = HEADLINE_ORDER.flatMap((group): HeadlinePart[] => {
    const count = (edited ? others : counts)[group] ?? 0;
    return count === 0 ? [] : [{ group, text: MODULE_GROUPS[group].counted(count) }];
  });
  return edited ? [{ group: "changed", text: l10n.t("{0} by your edit", number(byEdit)) }, ...items] : items;
}

export function headlineParts(counts: GroupCounts, byEdit = 0): readonly string[] {
  return headlineItems(counts, byEdit).map(({ text }) => text);
}

/** "4 changed · 225 never cached · 138 re-used", "first build of 84 CGUs" */
export function headline(counts: GroupCounts, byEdit = 0): string {
  const parts = headlineParts(counts, byEdit);
  return parts.length === 0 ? l10n.t("no CGUs") : parts.join(" · ");
}

/** Whether the headline is about the build as a whole. */
export function isOfTheBuild(counts: GroupCounts): boolean {
  return OF_THE_BUILD.some((group) => (counts[group] ?? 0) > 0);
}

/** The reason of a module where it is not that of its list: "key-changed" of a module that is never cached. */
export function reasonInList(module: Decided, list: { readonly grouped: boolean }): string {
  const group = groupOf(module);
  const known = list.grouped || OF_THE_BUILD.some((one) => one === group);
  return known && module.reason?.kind === MODULE_GROUPS[group].reason ? "" : shortReason(module.reason?.kind);
}

/** An icon of VS Code for each reason; words beside it say the same. */
export const REASON_ICONS: Readonly<Record<ReasonKind, string>> = {
  "key-equal": "check",
  "both-keys-absent": "pass",
  "key-equal-but-not-cached": "sync",
  "key-equal-but-not-green": "refresh",
  "key-changed": "edit",
  "new-module": "add",
  "no-previous-keys": "rocket",
  "no-session": "circle-slash",
  "base-module": "layers",
  "linked-into-base": "link",
  failed: "error",
};

/** For modules of which only the verdict is known. */
export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  "re-used": "check",
  "re-compiled": "sync",
  linked: "link",
  failed: "error",
};

/** VS Code's colours, which only repeat what icons and words say. */
export const VERDICT_COLORS: Readonly<Partial<Record<Verdict, string>>> = {
  "re-used": "charts.green",
  "re-compiled": "charts.blue",
  failed: "errorForeground",
};
