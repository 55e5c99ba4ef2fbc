/** rustc's messages during a build, as Cargo's JSON (`cargo build --message-format=json`). */
import path from "node:path";
import type { BuildProblem } from "../../../../protocol/errors.js";
import { cargoCompilerMessage, type CargoSpan } from "../../../machine/cargo.js";
import { parseJsonIf } from "../../../base/parse.js";

/** The most problems to list one by one; Cargo's output has all of them. */
const MOST_PROBLEMS = 500;

/** Characters of one problem's text: the linker's command line alone can have thousands. */
const LONGEST_TEXT = 4000;

/** One message: the text that rustc prints, and the place that it points to; undefined: none (a count of errors). */
interface CompilerMessage {
  readonly rendered: string;
  readonly problem: BuildProblem | undefined;
}

/** Collects the messages of one build. Lists a message once if Cargo repeats it for another target of the same source, like Cargo's own output. */
export class CompilerMessages {
  readonly #root: string;
  readonly #seen = new Set<string>();
  readonly #problems: BuildProblem[] = [];

  /** @param root the folder in which Cargo runs rustc; paths are relative to it */
  constructor(root: string) {
    this.#root = root;
  }

  /** Errors first. */
  get problems(): readonly BuildProblem[] {
    const errors = this.#problems.filter(({ severity }) => severity === "error");
    return [...errors, ...this.#problems.filter((problem) => !errors.includes(problem))].slice(0, MOST_PROBLEMS);
  }

  /** Reads a line of Cargo's stdout. @returns the text that rustc would have printed, without the final line break; undefined: nothing new */
  line(line: string): string | undefined {
    const message = messageIn(line, this.#root);
    if (message === undefined || this.#seen.has(message.rendered)) return undefined;
    this.#seen.add(message.rendered);
    if (message.problem !== undefined) this.#problems.push(message.problem);
    return message.rendered.replace(/\n$/, "");
  }
}

function messageIn(line: string, root: string): CompilerMessage | undefined {
  if (!line.startsWith('{"reason":"compiler-message"')) return undefined;
  const raw = parseJsonIf(cargoCompilerMessage, line);
  if (raw === undefined) return undefined;
  const { message, level, code, spans, children, rendered } = raw.message;
  const primary = spans.find((span) => span.is_primary);
  const severity = severityOf(level);
  const text = [
    [message, primary?.label ?? ""].filter((part) => part !== "").join(": "),
    ...children.map((child) => `${child.level}: ${child.message}`),
  ].join("\n");
  const place = primary === undefined ? placeOf(raw.target.src_path) : spanOf(inUsersCode(primary, root), root);
  const summary = primary === undefined && code === null && /^(?:aborting due to|\d+ warnings? emitted)/.test(message);
  const problem = { severity, code: code?.code ?? null, message: shortened(text), ...place };
  return {
    rendered: rendered ?? `${level}: ${message}\n`,
    problem: summary || severity === undefined ? undefined : { ...problem, severity },
  };
}

/** rustc's `Level` (`compiler/rustc_errors/src/lib.rs`, 1.95); undefined: not a problem in the code. */
function severityOf(level: string): BuildProblem["severity"] | undefined {
  if (level.startsWith("error")) return "error";
  return level === "warning" ? "warning" : undefined;
}

/** rustc points into a macro of another crate; this returns the user's line that called it. */
function inUsersCode(span: CargoSpan, root: string): CargoSpan {
  for (let at: CargoSpan | undefined = span; at !== undefined; at = at.expansion?.span) {
    if (!path.relative(root, path.resolve(root, at.file_name)).startsWith("..")) return at;
  }
  return span;
}

type Place = Pick<BuildProblem, "file" | "start" | "end">;

function placeOf(file: string): Place {
  return { file, start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
}

function spanOf(span: CargoSpan, root: string): Place {
  return {
    file: path.resolve(root, span.file_name),
    start: { line: Math.max(0, span.line_start - 1), character: utf16(span.text[0]?.text, span.column_start) },
    end: { line: Math.max(0, span.line_end - 1), character: utf16(span.text.at(-1)?.text, span.column_end) },
  };
}

/** rustc counts characters from 1, editors UTF-16 units from 0. */
function utf16(line: string | undefined, column: number): number {
  if (line === undefined) return Math.max(0, column - 1);
  return Array.from(line)
    .slice(0, Math.max(0, column - 1))
    .join("").length;
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
