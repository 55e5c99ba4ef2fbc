/** A table of text. */

/** @param isLeft whether a column, of so many, is aligned to the left */
export function table(rows: readonly (readonly string[])[], isLeft: (column: number, columns: number) => boolean): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (isLeft(column, row.length) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
