/**
 * Parsing what comes from disk or from another process: JSON is parsed into a type by a schema, never cast to one. The schemas are zod's (its `mini`
 * build: the same parser, of which only what is used ends up in a bundle).
 */
import type { output, ZodMiniType } from "zod/mini";
import { LtoError, messageOf } from "../errors.js";
import { LIMITS, readTextFile } from "../read-file.js";

/** What a text is, for errors. */
export interface Subject {
  /** As the beginning of a sentence: "The manifest of a capture". */
  readonly what: string;
  readonly file: string;
  /** What to do when it cannot be used. */
  readonly mend: string;
}

/**
 * Parses JSON text.
 *
 * @throws UnreadableFile that names the file and the property that is wrong
 */
export function parseJson<Schema extends ZodMiniType>(schema: Schema, text: string, subject: Subject): output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(subject, messageOf(error));
  }
  return parseValue(schema, value, subject);
}

/** As `parseJson`, for a value that has been parsed as JSON. */
export function parseValue<Schema extends ZodMiniType>(schema: Schema, value: unknown, subject: Subject): output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw unreadable(subject, describeIssue(value, result.error.issues[0]));
}

/** Reads and parses a file of JSON. @throws UnreadableFile; the system's error where the file cannot be opened */
export async function readJsonFile<Schema extends ZodMiniType>(schema: Schema, subject: Subject): Promise<output<Schema>> {
  return parseJson(schema, await readTextFile(subject.file, LIMITS.json), subject);
}

function unreadable({ what, file, mend }: Subject, why: string): LtoError {
  return new LtoError({ name: "UnreadableFile", message: `${what} cannot be read: ${why} (${file}).`, file, mend });
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly expected?: string | undefined;
  readonly values?: readonly unknown[] | undefined;
  readonly errors?: readonly (readonly Issue[])[] | undefined;
}

/** One sentence about the first thing that is wrong: which property, what was expected there and what is there. */
export function describeIssue(value: unknown, issue: Issue | undefined): string {
  if (issue === undefined) return "it has not the expected form";
  const place = issue.path.length === 0 ? "the whole" : `\`${pathText(issue.path)}\``;
  const found = at(value, issue.path);
  if (issue.code === "invalid_value" && issue.values !== undefined) {
    return `${place} is ${shown(found)}, not ${issue.values.map((wanted) => JSON.stringify(wanted)).join(" or ")}`;
  }
  if (found === undefined && issue.path.length > 0) return `${place} is missing`;
  const expected = issue.expected ?? "what was expected";
  return `${place} is ${shown(found)}, not ${expected}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`)).join("");
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return here;
}

function shown(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? "missing" : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
