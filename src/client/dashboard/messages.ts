/** What a webview sends, as a message or not at all. By hand: this is read while the extension starts, and a library of schemas is as large as all the rest. */
import { DASHBOARD_COMMANDS, DASHBOARD_REQUESTS, type ToExtension } from "../../protocol/dashboard.js";
import { stageInfo } from "../../protocol/stages.js";

/** @returns undefined for what is no message. The parameters of a question are the server's to look at. */
export function messageFrom(value: unknown): ToExtension | undefined {
  if (!isObject(value)) return undefined;
  const { type } = value;
  switch (type) {
    case "ready":
      return { type };
    case "ask": {
      const { id, params } = value;
      const name = oneOf(DASHBOARD_REQUESTS, value["name"]);
      return typeof id === "number" && name !== undefined ? { type, id, name, params } : undefined;
    }
    case "open": {
      const { run, module } = value;
      const stage = value["stage"] === null ? null : stageFrom(value["stage"]);
      return typeof run === "string" && typeof module === "string" && stage !== undefined ? { type, run, module, stage } : undefined;
    }
    case "explain": {
      const { run, module } = value;
      return typeof run === "string" && typeof module === "string" ? { type, run, module } : undefined;
    }
    case "command": {
      const command = oneOf(DASHBOARD_COMMANDS, value["command"]);
      return command === undefined ? undefined : { type, command };
    }
    default:
      return undefined;
  }
}

function isObject(
  value: unknown,
): value is Readonly<Partial<Record<"type" | "id" | "name" | "params" | "run" | "module" | "stage" | "command", unknown>>> {
  return typeof value === "object" && value !== null;
}

function stageFrom(value: unknown): string | undefined {
  return typeof value === "string" ? stageInfo(value)?.tag : undefined;
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}
