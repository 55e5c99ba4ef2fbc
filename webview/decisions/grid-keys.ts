/** The keyboard commands of the table, as in the grid pattern of the ARIA Authoring Practices. A pure function. */

/** The keyboard's position: a row and a cell in it; column -1 is the whole row, which screen readers read at once. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** The number of visible rows. */
  readonly page: number;
}

export type KeyAction =
  | { readonly kind: "go"; readonly to: GridPlace }
  /** Opens the changes of the last stage. */
  | { readonly kind: "open" }
  /** Opens the changes of a stage, by its index. */
  | { readonly kind: "stage"; readonly index: number };

/** @returns undefined for keys that the table does not handle */
export function keyAction(key: string, ctrl: boolean, at: GridPlace, extent: Extent): KeyAction | undefined {
  if (extent.rows === 0) return undefined;
  if (key === "Enter") return ctrl ? undefined : { kind: "open" };
  if (/^[1-9]$/.test(key)) return ctrl ? undefined : { kind: "stage", index: Number(key) - 1 };
  const to = target(key, ctrl, at, extent);
  return to === undefined ? undefined : { kind: "go", to: within(to, extent) };
}

function target(key: string, ctrl: boolean, { row, column }: GridPlace, { rows, columns, page }: Extent): GridPlace | undefined {
  switch (key) {
    case "ArrowDown":
      return { row: row + 1, column };
    case "ArrowUp":
      return { row: row - 1, column };
    case "PageDown":
      return { row: row + Math.max(1, page - 1), column };
    case "PageUp":
      return { row: row - Math.max(1, page - 1), column };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "Home":
      return column === -1 || ctrl ? { row: 0, column: column === -1 ? -1 : 0 } : { row, column: 0 };
    case "End":
      return column === -1 || ctrl ? { row: rows - 1, column: column === -1 ? -1 : columns - 1 } : { row, column: columns - 1 };
    case "Escape":
      return column === -1 ? undefined : { row, column: -1 };
    default:
      return undefined;
  }
}

function within({ row, column }: GridPlace, { rows, columns }: Extent): GridPlace {
  return { row: Math.min(rows - 1, Math.max(0, row)), column: Math.min(columns - 1, Math.max(-1, column)) };
}
