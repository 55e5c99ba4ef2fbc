/** Validates what the page of a comparison of settings alone sends. */
import type { AdvicePlace, OfAdvicePage } from "../../protocol/advice-page.js";
import { ADVICE_FORMATS } from "../../protocol/requests/advice.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): OfAdvicePage | undefined {
  if (method === "repeat") return { type: method };
  if (!isObject(params)) return undefined;
  const { setting, id } = params;
  switch (method) {
    case "copy":
      return typeof setting === "string" ? { type: method, setting } : undefined;
    case "open":
    case "remove":
      return typeof id === "string" ? { type: method, id } : undefined;
    case "save": {
      const as = ADVICE_FORMATS.find((word) => word === params.as);
      return as === undefined ? undefined : { type: method, as };
    }
    default:
      return undefined;
  }
}

/** What a restored page showed. @returns undefined if VS Code kept something else */
export function placeFrom(state: unknown): AdvicePlace | undefined {
  return isObject(state) && typeof state.id === "string" ? { id: state.id } : undefined;
}

function isObject(value: unknown): value is Readonly<Partial<Record<"setting" | "id" | "as", unknown>>> {
  return typeof value === "object" && value !== null;
}
