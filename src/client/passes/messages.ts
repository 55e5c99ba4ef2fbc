/** Validates what a page of passes alone sends. */
import type { OfPassPage, PassAgainst, PassChoice, PassPlace } from "../../protocol/pass-page.js";
import { PASS_SUBJECTS } from "../../protocol/passes.js";
import type { DocumentFilters } from "../../protocol/uris.js";

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): OfPassPage | undefined {
  if (method === "function") return { type: method };
  if (!isObject(params)) return undefined;
  const ask = countFrom(params.ask);
  switch (method) {
    case "runs":
      return ask === undefined ? undefined : runsFrom(ask, params);
    case "step": {
      const choice = choiceFrom(params);
      const { whole } = params;
      return ask === undefined || choice === undefined || typeof whole !== "boolean" ? undefined : { type: method, ask, whole, ...choice };
    }
    case "maker": {
      const [at, line, filters] = [countFrom(params.at), countFrom(params.line), filtersFrom(params.filters)];
      if (ask === undefined || at === undefined || line === undefined || filters === undefined) return undefined;
      return { type: method, ask, at, line, filters };
    }
    case "diff": {
      const choice = choiceFrom(params);
      return choice === undefined ? undefined : { type: method, ...choice };
    }
    case "copyCli": {
      const at = countFrom(params.at);
      return at === undefined ? undefined : { type: method, at };
    }
    default:
      return undefined;
  }
}

function runsFrom(ask: number, { text, kind, changed, offset }: Values): OfPassPage | undefined {
  const [from, subject] = [countFrom(offset), kind === null ? null : PASS_SUBJECTS.find((word) => word === kind)];
  if (from === undefined || subject === undefined || typeof text !== "string" || typeof changed !== "boolean") return undefined;
  return { type: "runs", ask, text, kind: subject, changed, offset: from };
}

function choiceFrom(params: Values): PassChoice | undefined {
  const [at, against, filters] = [countFrom(params.at), againstFrom(params.against), filtersFrom(params.filters)];
  return at === undefined || against === undefined || filters === undefined ? undefined : { at, against, filters };
}

function againstFrom(value: unknown): PassAgainst | undefined {
  return value === "previous" || value === "start" ? value : countFrom(value);
}

function filtersFrom(value: unknown): DocumentFilters | undefined {
  if (!isObject(value)) return undefined;
  const { hideDebugInfo, hideGuids, hideAttributes, demangle, stableNumbering } = value;
  const isSet = (one: unknown): one is boolean => typeof one === "boolean";
  if (!isSet(hideDebugInfo) || !isSet(hideGuids) || !isSet(hideAttributes) || !isSet(demangle) || !isSet(stableNumbering)) return undefined;
  return { hideDebugInfo, hideGuids, hideAttributes, demangle, stableNumbering };
}

function countFrom(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** What a restored page showed. @returns undefined if VS Code kept something else */
export function placeFrom(state: unknown): PassPlace | undefined {
  if (!isObject(state)) return undefined;
  const { run, module, symbol, name } = state;
  const isText = (one: unknown): one is string => typeof one === "string";
  return isText(run) && isText(module) && isText(symbol) && isText(name) ? { run, module, symbol, name } : undefined;
}

type Parts =
  | ("ask" | "at" | "against" | "filters" | "whole" | "line" | "text" | "kind" | "changed" | "offset")
  | keyof DocumentFilters
  | keyof PassPlace;

type Values = Readonly<Partial<Record<Parts, unknown>>>;

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null;
}
