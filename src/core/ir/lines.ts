/** LLVM IR text, line by line: which part of a line is code, and what kind of line it is. Strings and comments never count as code. */

/** A string (`"…"`, `c"…"`; LLVM writes quotes inside as `\22`), a comment, or the code in between. */
const PIECE = /"[^"]*"?|;.*$|[^";]+/g;

/** Rewrites the code of a line; strings and comments stay unchanged. */
export function mapCode(line: string, rewrite: (code: string) => string): string {
  if (!line.includes('"') && !line.includes(";")) return rewrite(line);
  return line.replace(PIECE, (piece) => (piece.startsWith('"') || piece.startsWith(";") ? piece : rewrite(piece)));
}

/** The line without its comment and the spaces before it. */
export function withoutComment(line: string): string {
  if (!line.includes(";")) return line;
  return line.replace(PIECE, (piece) => (piece.startsWith(";") ? "" : piece)).trimEnd();
}

/** `!12 = …`: the number and its definition. */
export function nodeDefinition(line: string): { readonly number: string; readonly content: string } | undefined {
  if (!line.startsWith("!")) return undefined;
  const [, number, content] = /^!(\d+) = (.*)$/.exec(line) ?? [];
  return number === undefined || content === undefined ? undefined : { number, content };
}

/** `attributes #3 = { … }`: the number and the attributes. */
export function groupDefinition(line: string): { readonly number: string; readonly content: string } | undefined {
  if (!line.startsWith("attributes #")) return undefined;
  const [, number, content] = /^attributes #(\d+) = (.*)$/.exec(line) ?? [];
  return number === undefined || content === undefined ? undefined : { number, content };
}

/** Whether a line begins a function's body. */
export function beginsBody(line: string): boolean {
  return line.startsWith("define ") && line.endsWith("{");
}

/** Removes empty lines at both ends, and all but one of several in a row. */
export function tidy(lines: readonly string[]): string[] {
  const kept = lines.filter((line, index) => line !== "" || (index > 0 && lines[index - 1] !== ""));
  if (kept[0] === "") kept.shift();
  while (kept.at(-1) === "") kept.pop();
  return kept;
}
