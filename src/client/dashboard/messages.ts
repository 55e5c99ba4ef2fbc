/** Validates what a webview sends. Written by hand: a schema library would add 18 kB to the extension for five kinds of messages. */
import { DASHBOARD_COMMANDS, DASHBOARD_REQUESTS, type DashboardRequest, type ToExtension } from "../../protocol/dashboard.js";
import { stageInfo } from "../../protocol/stages.js";

/** @returns undefined if the page may not make this request. The server checks the parameters. */
export function requestFrom(method: string): DashboardRequest | undefined {
  return oneOf(DASHBOARD_REQUESTS, method);
}

/** @returns undefined if it is not a valid message */
export function messageFrom(method: string, params: unknown): ToExtension | undefined {
  if (method === "ready") return { type: method };
  if (!isObject(params)) return undefined;
  const { run, module, symbol } = params;
  switch (method) {
    case "open": {
      const stage = params["stage"] === null ? null : stageFrom(params["stage"]);
      return typeof run === "string" && typeof module === "string" && stage !== undefined
        ? { type: method, run, module, stage }
        : undefined;
    }
    case "explain":
      return typeof run === "string" && typeof module === "string" ? { type: method, run, module } : undefined;
    case "function":
      return typeof run === "string" && typeof symbol === "string" ? { type: method, run, symbol } : undefined;
    case "command": {
      const command = oneOf(DASHBOARD_COMMANDS, params["command"]);
      return command === undefined ? undefined : { type: method, command };
    }
    default:
      return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Partial<Record<"run" | "module" | "symbol" | "stage" | "command", unknown>>> {
  return typeof value === "object" && value !== null;
}

function stageFrom(value: unknown): string | undefined {
  return typeof value === "string" ? stageInfo(value)?.tag : undefined;
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}
