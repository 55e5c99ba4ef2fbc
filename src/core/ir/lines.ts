/** LLVM IR text, line by line: what is code in a line, and what kind of line it is. Strings and comments are never taken for code. */

/** A string (`"…"`, `c"…"`; LLVM writes quotes inside as `\22`), a comment, or what lies between. */
const PIECE = /"[^"]*"?|;.*$|[^";]+/g;

/** Rewrites the code of a line; strings and comments stay as they are. */
export function mapCode(line: string, rewrite: (code: string) => string): string {
  if (!line.includes('"') && !line.includes(";")) return rewrite(line);
  return line.replace(PIECE, (piece) => (piece.startsWith('"') || piece.startsWith(";") ? piece : rewrite(piece)));
}

/** The line without its comment and the spaces before that. */
export function withoutComment(line: string): string {
  if (!line.includes(";")) return line;
  return line.replace(PIECE, (piece) => (piece.startsWith(";") ? "" : piece)).trimEnd();
}

/** `!12 = …`: the number and what is defined. */
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

/** Lines without more than one empty line in a row, and none at either end. */
export function tidy(lines: readonly string[]): string[] {
  const kept = lines.filter((line, index) => line !== "" || (index > 0 && lines[index - 1] !== ""));
  if (kept[0] === "") kept.shift();
  while (kept.at(-1) === "") kept.pop();
  return kept;
}
