/** What axe-core found, in lines that the user can act on. */
import type { AxeResults } from "axe-core";

export function violationsOf({ violations }: Pick<AxeResults, "violations">): readonly string[] {
  // Arrays of another window are not equal to our any.
  return [...violations].flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary ?? ""}`),
  );
}
