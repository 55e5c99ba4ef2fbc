/** Differences in words, for terminals and documents alike. Names from files are between backticks. */
import type { Difference } from "../../../protocol/explain.js";
import { shortModuleName } from "../../../protocol/module-names.js";

/** "function `f` changed (body): 12 instructions → 14 instructions" */
export function differenceText({ what, change, name, before, after, parts, module }: Difference): string {
  const where = module === undefined ? "" : ` from ${shortModuleName(module)}`;
  const verb = change === "source-changed" ? "stays, and its module changed" : change;
  const which = parts === undefined || parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  const values =
    before === undefined && after === undefined
      ? ""
      : before === after
        ? `: ${before ?? ""}`
        : `: ${before ?? "none"} → ${after ?? "none"}`;
  return `${what} \`${name}\`${where} ${verb}${which}${values}`;
}
