/**
 * Parses data from disk or from other processes: a schema parses JSON into a type, which is never cast. The schemas are zod's (its `mini` build:
 * the same parser, of which only the used parts are bundled).
 */
import type { output, ZodMiniType } from "zod/mini";
import { LtoError, messageOf } from "./errors.js";
import { LIMITS, readTextFile } from "./read-file.js";

/** The subject of a parsed text, for errors. */
export interface ParseSubject {
  /** As the beginning of a sentence: "The manifest of a capture". */
  readonly what: string;
  readonly file: string;
  /** What to do if it cannot be used. */
  readonly help: string;
}

/**
 * Parses JSON text.
 *
 * @throws UnreadableFile that names the file and the invalid property
 */
export function parseJson<Schema extends ZodMiniType>(schema: Schema, text: string, subject: ParseSubject): output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(subject, messageOf(error));
  }
  return parseValue(schema, value, subject);
}

/** Like `parseJson`, for a value that was already parsed as JSON. */
export function parseValue<Schema extends ZodMiniType>(schema: Schema, value: unknown, subject: ParseSubject): output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw unreadable(subject, describeIssue(value, result.error.issues[0]));
}

/** Reads and parses a file of JSON. @throws UnreadableFile; the system's error if the file cannot be opened */
export async function readJsonFile<Schema extends ZodMiniType>(schema: Schema, subject: ParseSubject): Promise<output<Schema>> {
  return parseJson(schema, await readTextFile(subject.file, LIMITS.json), subject);
}

/** Like `parseJson`, for optional data: undefined if it does not have the expected form. */
export function parseJsonIf<Schema extends ZodMiniType>(schema: Schema, text: string): output<Schema> | undefined {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

/** Like `readJsonFile`, for files that can be made again: undefined if the file is missing or cannot be read. */
export async function readJsonFileIf<Schema extends ZodMiniType>(schema: Schema, file: string): Promise<output<Schema> | undefined> {
  const text = await readTextFile(file, LIMITS.json).catch(() => undefined);
  return text === undefined ? undefined : parseJsonIf(schema, text);
}

/** The error for an invalid file. @param why a clause */
export function unreadable({ what, file, help }: ParseSubject, why: string): LtoError {
  return new LtoError({ name: "UnreadableFile", message: `${what} cannot be read: ${why} (${file}).`, file, help });
}

/** The parts of zod's issues that messages need. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message?: string | undefined;
  readonly expected?: string | undefined;
  readonly values?: readonly unknown[] | undefined;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: boolean | undefined;
  /** For a union: the issues of each alternative. */
  readonly errors?: readonly (readonly Issue[])[] | undefined;
  /** For a record's key: its issues. */
  readonly issues?: readonly Issue[] | undefined;
  readonly keys?: readonly string[] | undefined;
}

/** A clause about the first issue: the property, what was expected, and what was found. */
export function describeIssue(value: unknown, first: Issue | undefined): string {
  if (first === undefined) return "it does not have the expected form";
  const issue = closest(value, first);
  const path = issue.code === "invalid_key" ? issue.path.slice(0, -1) : issue.path;
  const place = path.length === 0 ? "its content" : `\`${pathText(path)}\``;
  if (issue.code === "unrecognized_keys") return `${place} has the unknown property ${JSON.stringify(issue.keys?.[0])}`;
  if (issue.code === "invalid_key") {
    return `the key ${JSON.stringify(issue.path.at(-1))} of ${place} is not ${expectedBy(issue.issues?.[0])}`;
  }
  const found = at(value, issue.path);
  if (found === undefined && issue.path.length > 0) return `${place} is missing`;
  return `${place} is ${shown(found)}, not ${expectedBy(issue)}`;
}

/** For a union, the alternative that matches best: the one with the deepest issue in an existing property. */
function closest(value: unknown, issue: Issue): Issue {
  const faults = (issue.errors ?? []).flatMap(([first]) => {
    const fault = first === undefined ? undefined : closest(at(value, issue.path), first);
    return fault === undefined ? [] : [{ ...fault, path: [...issue.path, ...fault.path] }];
  });
  const rank = ({ path }: Issue): number => 2 * path.length + (at(value, path) === undefined ? 0 : 1);
  const [best] = faults.sort((left, right) => rank(right) - rank(left));
  return best === undefined || best.path.length === issue.path.length ? issue : best;
}

const TYPES: Readonly<Record<string, string>> = {
  array: "an array",
  boolean: "true or false",
  int: "an integer",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a string",
};

function expectedBy(issue: Issue | undefined): string {
  switch (issue?.code) {
    case "invalid_value":
      return (issue.values ?? []).map((wanted) => JSON.stringify(wanted)).join(" or ");
    case "too_small":
      return `${issue.inclusive === false ? "more than" : "at least"} ${String(issue.minimum)}`;
    case "too_big":
      return `${issue.inclusive === false ? "less than" : "at most"} ${String(issue.maximum)}`;
    // The schema's own message.
    case "custom":
    case "invalid_format":
      return issue.message ?? "what was expected";
    default:
      return TYPES[issue?.expected ?? ""] ?? issue?.expected ?? "what was expected";
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`)).join("");
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Object.getOwnPropertyDescriptor(here, part)?.value;
  }
  return here;
}

/** Short, and on one line: a value can be of any length. */
function shown(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
