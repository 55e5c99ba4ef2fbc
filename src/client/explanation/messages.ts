/** Validates what an explanation's page sends. */
import {
  EXPLANATION_COMMANDS,
  EXPLANATION_COPIES,
  type ExplanationPlace,
  type FromExplanationPage,
} from "../../protocol/explanation-page.js";
import type { Subject } from "../../protocol/uris.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): FromExplanationPage | undefined {
  if (method === "ready" || method === "again") return { type: method };
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
    case "command": {
      const command = EXPLANATION_COMMANDS.find((word) => word === params.command);
      return command === undefined ? undefined : { type: method, command };
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

type Parts = "target" | "what" | "command" | "subject" | "module" | "title" | "unit" | "run";

function isObject(value: unknown): value is Readonly<Partial<Record<Parts, unknown>>> {
  return typeof value === "object" && value !== null;
}
