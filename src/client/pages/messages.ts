/** Validates what every page may send. */
import { PAGE_COMMANDS, type FromAnyPage } from "../../protocol/page.js";

/** @returns undefined if it is no valid message of every page */
export function messageOfAnyPage(method: string, params: unknown): FromAnyPage | undefined {
  if (method === "ready" || method === "again") return { type: method };
  if (method !== "command" || typeof params !== "object" || params === null || !("command" in params)) return undefined;
  const command = PAGE_COMMANDS.find((word) => word === params.command);
  return command === undefined ? undefined : { type: method, command };
}
