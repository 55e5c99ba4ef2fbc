/** Validates what an explanation's page alone sends. */
import { EXPLANATION_COPIES, type ExplanationPlace, type OfExplanationPage } from "../../protocol/explanation-page.js";
import type { Subject } from "../../protocol/uris.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): OfExplanationPage | undefined {
  if (!isObject(params)) return undefined;
  switch (method) {
    case "follow": {
      const { target } = params;
      return typeof target === "number" && Number.isSafeInteger(target) && target >= 0 ? { type: method, target } : undefined;
    }
    case "copy": {
      const what = EXPLANATION_COPIES.find((word) => word === params.what);
      return what === undefined ? undefined : { type: method, what };
    }
    default:
      return undefined;
  }
}

/** What a restored page showed. @returns undefined if VS Code kept something else */
export function placeFrom(state: unknown): ExplanationPlace | undefined {
  if (!isObject(state)) return undefined;
  const { subject, module, title, unit } = state;
  const known = subjectFrom(subject);
  if (known === undefined || typeof module !== "string" || typeof title !== "string") return undefined;
  return { subject: known, module, title, unit: typeof unit === "string" ? unit : null };
}

function subjectFrom(value: unknown): Subject | undefined {
  if (!isObject(value)) return undefined;
  const { run, unit } = value;
  if (typeof run === "string") return { run };
  return typeof unit === "string" ? { unit } : undefined;
}

type Parts = "target" | "what" | "subject" | "module" | "title" | "unit" | "run";

function isObject(value: unknown): value is Readonly<Partial<Record<Parts, unknown>>> {
  return typeof value === "object" && value !== null;
}
