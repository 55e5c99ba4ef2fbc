/** Validates what a function's page alone sends. */
import { FUNCTION_LISTS, type FunctionPlace, type OfFunctionPage } from "../../protocol/function-page.js";
import { stageInfo, type Stage } from "../../protocol/stages.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): OfFunctionPage | undefined {
  if (method === "line" || method === "listen" || method === "assembly") return { type: method };
  if (!isObject(params)) return undefined;
  switch (method) {
    case "stage": {
      const [copy, stage] = [indexFrom(params.copy), stageFrom(params.stage)];
      return copy === undefined || stage === undefined ? undefined : { type: method, copy, stage };
    }
    case "diff": {
      const [copy, from, to] = [indexFrom(params.copy), stageFrom(params.from), stageFrom(params.to)];
      return copy === undefined || from === undefined || to === undefined ? undefined : { type: method, copy, from, to };
    }
    case "passes": {
      const copy = indexFrom(params.copy);
      return copy === undefined ? undefined : { type: method, copy };
    }
    case "remark": {
      const index = indexFrom(params.index);
      return index === undefined ? undefined : { type: method, index };
    }
    case "decision": {
      const list = FUNCTION_LISTS.find((word) => word === params.list);
      const what = (["ir", "source", "function", "passes"] as const).find((word) => word === params.what);
      const index = indexFrom(params.index);
      return list === undefined || what === undefined || index === undefined ? undefined : { type: method, list, index, what };
    }
    default:
      return undefined;
  }
}

function indexFrom(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function stageFrom(value: unknown): Stage | undefined {
  return typeof value === "string" ? stageInfo(value)?.tag : undefined;
}

/** What a restored page showed. @returns undefined if VS Code kept something else */
export function placeFrom(state: unknown): FunctionPlace | undefined {
  if (!isObject(state)) return undefined;
  const { run, symbol, name } = state;
  return typeof run === "string" && typeof symbol === "string" && typeof name === "string" ? { run, symbol, name } : undefined;
}

type Parts = "copy" | "stage" | "from" | "to" | "list" | "what" | "index" | "run" | "symbol" | "name";

function isObject(value: unknown): value is Readonly<Partial<Record<Parts, unknown>>> {
  return typeof value === "object" && value !== null;
}
