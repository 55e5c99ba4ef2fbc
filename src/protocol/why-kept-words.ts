/** The sentences of `why-kept`, on the command line and in VS Code. */
import * as l10n from "./l10n.js";
import { shortModuleName } from "./module-names.js";
import { stageLabel } from "./stages.js";
import type { KeptGone, KeptLink, KeptRoot } from "./why-kept.js";

/** How many inlined functions between two links to name. */
const MOST_INLINED = 4;

/** One line for each link, or for the inlined functions between two. */
export interface ChainLine {
  readonly text: string;
  /** The definition that the line is about; undefined: functions that were inlined. */
  readonly link: KeptLink | undefined;
}

/** "main in app-cgu.0", "takes the address of app::main in app-cgu.0", "through reg::pick, which was inlined", … */
export function chainLines(chain: readonly KeptLink[]): ChainLine[] {
  const lines: ChainLine[] = [];
  let inlined: string[] = [];
  for (const link of chain) {
    if (link.kind === "inlined") {
      inlined.push(link.name);
      continue;
    }
    if (inlined.length > 0) lines.push({ text: inlinedText(inlined), link: undefined });
    inlined = [];
    lines.push({ text: linkText(link), link });
  }
  return lines;
}

/** What a definition does with the one before it in the chain. */
function linkText({ kind, name, module, symbol }: KeptLink): string {
  const what = module === "" || symbol === "" ? name : l10n.t("{0} in {1}", name, shortModuleName(module));
  switch (kind) {
    case "root":
    case "inlined":
      return what;
    case "call":
      return l10n.t("calls {0}", what);
    case "takes-address":
      return l10n.t("takes the address of {0}", what);
    case "uses":
      return l10n.t("uses {0}", what);
    case "initializer":
      return l10n.t("has in its initial value {0}", what);
    case "vtable":
      return l10n.t("has the method {0}", what);
    case "personality":
      return l10n.t("unwinds with {0}", what);
    case "alias":
      return l10n.t("is an alias of {0}", what);
    case "ifunc":
      return l10n.t("is resolved by {0}", what);
    case "comdat":
      return l10n.t("is kept together with {0}", what);
    case "assembly":
      return l10n.t("refers to {0}", what);
  }
}

function inlinedText(names: readonly string[]): string {
  const shown = names.length > MOST_INLINED ? [...names.slice(0, MOST_INLINED - 1), "…", ...names.slice(-1)] : names;
  const list = shown.join(", ");
  return names.length === 1 ? l10n.t("through {0}, which was inlined", list) : l10n.t("through {0}, which were inlined", list);
}

/** "main is kept: the entry of the program, which the C runtime calls." */
export function rootText({ name, why }: KeptRoot): string {
  return l10n.t("{0} is kept: {1}.", name, why);
}

/** "reg::never_called in reg-cgu.1 is gone since Optimize (pm): …" */
export function goneText({ name, module, since, cause }: KeptGone): string {
  return l10n.t("{0} in {1} is gone since {2}: {3}.", name, shortModuleName(module), stageLabel(since), cause);
}
