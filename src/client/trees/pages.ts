/** Collects rows over several requests if the user asked for more than one message may carry. */
import { MOST_ROWS, type Page, type Range } from "../../protocol/views.js";

/** The first `wanted` rows of a list. */
export async function collect<P extends Page<unknown>>(wanted: number, ask: (range: Range) => Promise<P>): Promise<P> {
  const first = await ask({ offset: 0, limit: Math.min(wanted, MOST_ROWS) });
  const rows = [...first.rows];
  while (rows.length < Math.min(wanted, first.total)) {
    const next = await ask({ offset: rows.length, limit: Math.min(wanted - rows.length, MOST_ROWS) });
    if (next.rows.length === 0) break;
    rows.push(...next.rows);
  }
  return { ...first, rows };
}
