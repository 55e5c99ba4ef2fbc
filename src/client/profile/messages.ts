/** Validates what the page of a profile alone sends. */
import type { OfProfilePage, ProfilePlace } from "../../protocol/profile-page.js";
import { PROFILE_FORMATS } from "../../protocol/requests/profile.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): OfProfilePage | undefined {
  if (!isObject(params)) return undefined;
  const { module, symbol } = params;
  switch (method) {
    case "function":
      return typeof symbol === "string" ? { type: method, symbol } : undefined;
    case "module":
      return typeof module === "string" ? { type: method, module } : undefined;
    case "save": {
      const as = PROFILE_FORMATS.find((word) => word === params.as);
      return as === undefined ? undefined : { type: method, as };
    }
    default:
      return undefined;
  }
}

/** What a restored page showed. @returns undefined if VS Code kept something else */
export function placeFrom(state: unknown): ProfilePlace | undefined {
  return isObject(state) && typeof state.run === "string" ? { run: state.run } : undefined;
}

function isObject(value: unknown): value is Readonly<Partial<Record<"run" | "module" | "symbol" | "as", unknown>>> {
  return typeof value === "object" && value !== null;
}
