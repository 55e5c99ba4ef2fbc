/** Validates what the page of a comparison alone sends. */
import { BUILD_DIFFERENCES } from "../../protocol/build-comparison.js";
import type { ComparisonPlace, OfComparisonPage } from "../../protocol/comparison-page.js";
import { stageInfo } from "../../protocol/stages.js";
import type { Subject } from "../../protocol/uris.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): OfComparisonPage | undefined {
  if (method === "swap") return { type: method };
  if (!isObject(params)) return undefined;
  switch (method) {
    case "list":
      return listFrom(params);
    case "functions":
    case "open":
      return rowFrom(method, params);
    default:
      return undefined;
  }
}

function listFrom({ differs, offset }: Params): OfComparisonPage | undefined {
  const known = differs === null ? null : BUILD_DIFFERENCES.find((word) => word === differs);
  if (known === undefined || typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  return { type: "list", differs: known, offset };
}

function rowFrom(type: "functions" | "open", { module, stage, function: symbol }: Params): OfComparisonPage | undefined {
  const known = typeof stage === "string" ? stageInfo(stage)?.tag : undefined;
  if (typeof module !== "string" || known === undefined) return undefined;
  if (type === "functions") return { type, module, stage: known };
  return symbol === null || typeof symbol === "string" ? { type, module, stage: known, function: symbol } : undefined;
}

/** What a restored page showed. @returns undefined if VS Code kept something else */
export function placeFrom(state: unknown): ComparisonPlace | undefined {
  if (!isObject(state)) return undefined;
  const [from, to] = [subjectFrom(state.from), subjectFrom(state.to)];
  return from === undefined || to === undefined ? undefined : { from, to };
}

function subjectFrom(value: unknown): Subject | undefined {
  if (!isObject(value)) return undefined;
  const { run, unit } = value;
  if (typeof run === "string") return { run };
  return typeof unit === "string" ? { unit } : undefined;
}

type Params = Readonly<Partial<Record<"differs" | "offset" | "module" | "stage" | "function" | "from" | "to" | "run" | "unit", unknown>>>;

function isObject(value: unknown): value is Params {
  return typeof value === "object" && value !== null;
}
