/** axe-core's findings, one actionable line each. */
import type { AxeResults } from "axe-core";

export function violationsOf({ violations }: Pick<AxeResults, "violations">): readonly string[] {
  // Arrays of another window never equal our own.
  return [...violations].flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary ?? ""}`),
  );
}
