/** What passes say about one function, for its page. */
import type { FunctionRemark, FunctionRemarks } from "../../protocol/function-page.js";
import { shortModuleName } from "../../protocol/module-names.js";
import type { RemarkKind, RemarkRow, RemarksReport } from "../../protocol/remarks.js";
import { openablePlace } from "./source-place.js";

/** Remarks on a page. */
const MOST_REMARKS = 500;

const KINDS: readonly RemarkKind[] = ["passed", "missed", "analysis"];

/** @param workspace the folder that relative paths of debug info start at */
export function functionRemarksOf({ remarks, notAvailable }: RemarksReport, workspace: string): FunctionRemarks {
  const sorted = [...remarks].sort((left, right) => KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind));
  return {
    remarks: { total: sorted.length, shown: sorted.slice(0, MOST_REMARKS).map((row) => remarkOf(row, workspace)) },
    missing: notAvailable.map(({ module, why }) => `${shortModuleName(module)}: ${why}`),
  };
}

function remarkOf({ pass, kind, module, text, at, inlinedAt, times }: RemarkRow, workspace: string): FunctionRemark {
  const places = inlinedAt.flatMap(({ at: place }) => (place === null ? [] : `${place.file}:${place.line}`));
  return { pass, kind, shortName: shortModuleName(module), text, inlinedAt: places, source: openablePlace(at, workspace), times };
}
