/** A diff of two texts as rows for a page: what is the same and far from changes is folded. */
import { editsOf, nearChanges, type Edit } from "./function-diff.js";
import type { Sides } from "./numbering/texts.js";

export type DiffRow =
  | {
      readonly kind: "same" | "added" | "removed";
      readonly text: string;
      /** The index of the line in the second text; null: it is not in it. */
      readonly after: number | null;
    }
  /** Lines that are the same and left out. */
  | { readonly kind: "fold"; readonly lines: number };

const KINDS = { " ": "same", "+": "added", "-": "removed" } as const satisfies Record<Edit["sign"], string>;

/** @param whole nothing is folded */
export function diffRows({ before, after }: Sides, whole: boolean): DiffRow[] {
  const edits = editsOf(before, after);
  const near = nearChanges(edits);
  const rows: DiffRow[] = [];
  let at = 0;
  let folded = 0;
  const fold = (): void => {
    if (folded > 0) rows.push({ kind: "fold", lines: folded });
    folded = 0;
  };
  for (const [index, { sign, line }] of edits.entries()) {
    const place = sign === "-" ? null : at++;
    if (!whole && near[index] !== 1) {
      folded += 1;
      continue;
    }
    fold();
    rows.push({ kind: KINDS[sign], text: line, after: place });
  }
  fold();
  return rows;
}
