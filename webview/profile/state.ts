/** What a page of a profile keeps while it is hidden and across reloads of the window. */
import { BY_TIME, COLUMNS, LISTS, type ListName, type ProfileOrder } from "./table.js";
import type { Measure } from "./tree.js";

export interface KeptProfile {
  readonly list: ListName;
  readonly by: Measure;
  readonly order: ProfileOrder;
}

/** Whatever VS Code kept. */
export function keptIn(state: unknown): KeptProfile {
  const { list, by, order } = object(object(state)["kept"]);
  const { column, descending } = object(order);
  const known = COLUMNS.find((word) => word === column);
  return {
    list: LISTS.find((word) => word === list) ?? "parts",
    by: by === "memory" ? by : "time",
    order: known === undefined || typeof descending !== "boolean" ? BY_TIME : { column: known, descending },
  };
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
