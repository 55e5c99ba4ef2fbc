/** The sentences of `why-kept`, on the command line and in VS Code. */
import { shortModuleName } from "./module-names.js";
import { stageLabel } from "./stages.js";
import type { KeptGone, KeptLink, KeptRoot, LinkKind } from "./why-kept.js";

const HOW: Readonly<Record<LinkKind, string>> = {
  root: "",
  call: "calls",
  inlined: "through",
  "takes-address": "takes the address of",
  uses: "uses",
  initializer: "has in its initial value",
  vtable: "has the method",
  personality: "unwinds with",
  alias: "is an alias of",
  ifunc: "is resolved by",
  comdat: "is kept together with",
  assembly: "refers to",
};

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

function linkText({ kind, name, module, symbol }: KeptLink): string {
  const where = module === "" || symbol === "" ? "" : ` in ${shortModuleName(module)}`;
  return kind === "root" ? `${name}${where}` : `${HOW[kind]} ${name}${where}`;
}

function inlinedText(names: readonly string[]): string {
  const shown = names.length > MOST_INLINED ? [...names.slice(0, MOST_INLINED - 1), "…", ...names.slice(-1)] : names;
  return `${HOW.inlined} ${shown.join(", ")}, which ${names.length === 1 ? "was" : "were"} inlined`;
}

/** "main is kept: the entry of the program, which the C runtime calls." */
export function rootText({ name, why }: KeptRoot): string {
  return `${name} is kept: ${why}.`;
}

/** "reg::never_called in reg-cgu.1 is gone since Optimize (pm): …" */
export function goneText({ name, module, since, cause }: KeptGone): string {
  return `${name} in ${shortModuleName(module)} is gone since ${stageLabel(since)}: ${cause}.`;
}
