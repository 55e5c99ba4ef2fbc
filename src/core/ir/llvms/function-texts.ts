/** The functions in a module's text. */

/** Symbol → the text of its definition, from `define` to `}`. */
export function functionTexts(module: string): Map<string, string> {
  const texts = new Map<string, string>();
  const lines = module.split("\n");
  for (let start = 0; start < lines.length; start++) {
    const line = lines[start] ?? "";
    const symbol = line.startsWith("define ") ? symbolIn(line) : undefined;
    if (symbol === undefined) continue;
    const end = lines.indexOf("}", start);
    // The text was cut at a limit.
    if (end < 0) break;
    texts.set(symbol, lines.slice(start, end + 1).join("\n"));
    start = end;
  }
  return texts;
}

/** The symbol that a line defines: `@name(`, or `@"name"(` with `\XX` for bytes that a plain name cannot have. */
function symbolIn(line: string): string | undefined {
  const [, plain, quoted] = /@(?:([\w$.-]+)|"([^"]*)")\(/.exec(line) ?? [];
  return plain ?? (quoted === undefined ? undefined : unescaped(quoted));
}

function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted;
  const bytes = Buffer.from(quoted).toString("latin1");
  const raw = bytes.replace(/\\([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(raw, "latin1").toString();
}
