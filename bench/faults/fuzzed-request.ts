/** Makes fuzzed requests from their numbers, and judges the answers. */
import { judgeReport, type Judged } from "./disk/judge.js";
import { changeValues, hostileValue, type Json } from "./disk/mutate.js";
import { reportOfAnswer } from "./disk/sample.js";
import { seedOf } from "./part.js";
import { Random } from "./random.js";
import { templatesOf, type Place, type Template } from "./request-templates.js";

export interface Fuzzed {
  readonly index: number;
  readonly method: string;
  readonly params: Json;
  /** Milliseconds; undefined: it is not cancelled. */
  readonly cancelAfter: number | undefined;
}

/** A request of any kind. */
export function fuzzed(index: number, seed: number, place: Place): Fuzzed {
  const random = new Random(seedOf(seed, index));
  return changed(random.pick(templatesOf(random, place)), index, random);
}

/** A request of one kind: `kind` is the number of its template. */
export function fuzzedOf(kind: number, index: number, seed: number, place: Place): Fuzzed {
  const random = new Random(seedOf(seed, index));
  const templates = templatesOf(random, place);
  const template = templates[kind % templates.length];
  if (template === undefined) throw new RangeError("there are no templates");
  return changed(template, index, random);
}

function changed({ method, params }: Template, index: number, random: Random): Fuzzed {
  const kind = random.below(20);
  const cancelAfter = random.below(12) === 0 ? random.below(50) : undefined;
  if (kind === 0) return { index, method, params: hostileValue(random), cancelAfter };
  if (kind === 1) return { index, method: `${method}${random.pick(["", "x", "/", "\u0000"])}`, params: {}, cancelAfter };
  return { index, method, params: changeValues(structuredClone(params), random), cancelAfter };
}

/** Notifications that a server listens to or a client sends; without `exit`, which would end the server. */
const NOTIFICATIONS = [
  ...["$/cancelRequest", "window/workDoneProgress/cancel", "workspace/didChangeWorkspaceFolders", "workspace/didChangeConfiguration"],
  ...["$/setTrace", "$/progress", "initialized", "textDocument/didOpen", "lto/changed", ""],
];

/** A notification with random content: it has no answer, and must have no effect. */
export function fuzzedNotification(index: number, seed: number): { readonly method: string; readonly params: Json } {
  const random = new Random(seedOf(seed, index) ^ 0x5bd1e995);
  const method = random.pick(NOTIFICATIONS);
  const usual: Json = { id: index, token: "token", event: { added: [], removed: [] }, settings: {}, value: "off" };
  return { method, params: random.below(3) === 0 ? hostileValue(random) : changeValues(usual, random) };
}

/** JSON-RPC's and LSP's own codes for requests that no handler has seen: unknown method, invalid parameters, cancelled. */
const PLAIN_CODES: ReadonlySet<number> = new Set([-32_600, -32_601, -32_602, -32_800]);

/** @param error the error that a request was answered with */
export function judgeAnswer(error: unknown): Judged {
  const report = reportOfAnswer(error);
  if (report !== undefined) return judgeReport(report, undefined);
  const code = typeof error === "object" && error !== null && "code" in error ? Number(error.code) : 0;
  if (PLAIN_CODES.has(code)) return { outcome: `JSON-RPC's ${code}` };
  return { outcome: "an answer without a report", bad: String(error) };
}
