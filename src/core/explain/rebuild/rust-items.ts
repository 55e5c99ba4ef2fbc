/**
 * The items of a Rust source file, each with its lines and tokens, to tell which of them an edit changed. Comments and white space are not tokens, so
 * changing them or moving lines is not an edit. Documentation comments are tokens, since derive macros read them.
 */

export type ItemKind =
  "fn" | "struct" | "enum" | "union" | "trait" | "impl" | "mod" | "const" | "static" | "type" | "use" | "macro" | "attribute" | "code";

export interface RustItem {
  readonly kind: ItemKind;
  /** Within the file: "Point", "inner::LIMIT", "Shown::fmt"; empty for `use`, attributes and unknown items. */
  readonly name: string;
  /** From 1, with its attributes. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Its tokens; of modules, traits and impls only those before the brace. */
  readonly text: string;
}

interface Token {
  readonly text: string;
  readonly line: number;
  /** Its last line. */
  readonly lastLine: number;
}

const PLAIN_TOKEN =
  /(?<space>\s+)|(?<line>\/\/[^\n]*)|(?<block>\/\*)|(?<raw>(?:br|cr|r)(?<hashes>#*)")|(?<string>[bc]?"(?:[^"\\]|\\[^])*"?)|(?<char>b?'(?:[^'\\\n]|\\[^][^'\n]*)')|(?<word>'?(?:r#)?[\p{L}_\p{Nd}][\p{L}\p{Nd}_]*)|(?<other>[^])/uy;

/** Splits any text: a file that is not Rust does not cause an error. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < source.length;) {
    PLAIN_TOKEN.lastIndex = at;
    const groups = PLAIN_TOKEN.exec(source)?.groups ?? {};
    const end = endOf(source, at, groups);
    const text = source.slice(at, end);
    const lastLine = line + newlinesIn(text);
    if (!isIgnored(text, groups)) tokens.push({ text, line, lastLine });
    [at, line] = [end, lastLine];
  }
  return tokens;
}

function endOf(source: string, at: number, groups: Readonly<Record<string, string | undefined>>): number {
  const { block, raw, hashes = "" } = groups;
  if (block !== undefined) return endOfComment(source, at);
  if (raw !== undefined) {
    const close = source.indexOf(`"${hashes}`, at + raw.length);
    return close < 0 ? source.length : close + 1 + hashes.length;
  }
  return PLAIN_TOKEN.lastIndex > at ? PLAIN_TOKEN.lastIndex : at + 1;
}

/** Block comments nest. */
function endOfComment(source: string, at: number): number {
  const border = /\/\*|\*\//g;
  border.lastIndex = at;
  let depth = 0;
  for (let found = border.exec(source); found !== null; found = border.exec(source)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return border.lastIndex;
  }
  return source.length;
}

function newlinesIn(text: string): number {
  return text.split("\n").length - 1;
}

function isIgnored(text: string, { space, line, block }: Readonly<Record<string, string | undefined>>): boolean {
  if (space !== undefined) return true;
  if (line !== undefined) return !/^\/\/(?:\/(?!\/)|!)/.test(text);
  return block !== undefined && !/^\/\*(?:\*(?![*/])|!)/.test(text);
}

export function rustItems(source: string): RustItem[] {
  return new ItemReader(tokensOf(source)).read();
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const MODIFIERS = new Set(["default", "unsafe", "async", "safe", "auto", "const", "extern"]);

class ItemReader {
  readonly #tokens: readonly Token[];
  readonly #items: RustItem[] = [];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): RustItem[] {
    while (this.#at < this.#tokens.length) {
      this.#container("");
      // An unmatched closing brace.
      this.#at += 1;
    }
    return this.#items;
  }

  /** @param prefix the prefix of the names of its items */
  #container(prefix: string): void {
    while (this.#at < this.#tokens.length && this.#text() !== "}") this.#item(prefix);
  }

  #item(prefix: string): void {
    const first = this.#at;
    if (this.#innerAttribute()) {
      this.#add("attribute", "", first);
      return;
    }
    this.#attributes();
    this.#visibility();
    while (MODIFIERS.has(this.#text()) && this.#isModifier()) this.#at += this.#text(1).startsWith('"') ? 2 : 1;
    const word = this.#text();
    if (word === "fn" || word === "struct" || word === "enum" || word === "trait" || (word === "union" && /^\w/.test(this.#text(1)))) {
      this.#named(word, prefix, first);
    } else if (word === "const" || word === "static" || word === "type") this.#statement(word, prefix, first);
    else if (word === "impl" || word === "mod" || word === "extern") this.#block(word === "impl" ? "impl" : "mod", prefix, first);
    else if (word === "use") this.#statement("use", prefix, first);
    else this.#macroOrCode(prefix, first);
  }

  /** An attribute of the enclosing file or block. */
  #innerAttribute(): boolean {
    const documents = /^\/[/*]!/.test(this.#text());
    if (!documents && (this.#text() !== "#" || this.#text(1) !== "!")) return false;
    this.#at += documents ? 1 : 2;
    if (!documents) this.#group();
    return true;
  }

  #attributes(): void {
    for (;;) {
      if (this.#text() === "#" && this.#text(1) === "[") {
        this.#at += 1;
        this.#group();
      } else if (/^\/[/*]/.test(this.#text())) this.#at += 1;
      else return;
    }
  }

  #visibility(): void {
    if (this.#text() !== "pub") return;
    this.#at += 1;
    if (this.#text() === "(") this.#group();
  }

  /** "const" and "extern" can also begin items. */
  #isModifier(): boolean {
    const next = this.#text(1);
    if (this.#text() === "const") return next === "fn" || MODIFIERS.has(next);
    if (this.#text() === "extern") return next === "fn" || (next.startsWith('"') && this.#text(2) === "fn");
    if (this.#text() === "unsafe" && next === "extern") return true;
    return next === "fn" || next === "trait" || next === "impl" || next === "type" || MODIFIERS.has(next);
  }

  /** An item that ends with its closing brace or a semicolon. */
  #named(kind: "fn" | "struct" | "enum" | "trait" | "union", prefix: string, first: number): void {
    const name = `${prefix}${this.#text(1)}`;
    if (kind === "trait") {
      this.#block("trait", prefix, first);
      return;
    }
    if (this.#toBrace()) this.#group();
    this.#add(kind, name, first);
  }

  #statement(kind: "const" | "static" | "type" | "use", prefix: string, first: number): void {
    const name = this.#text(1) === "mut" ? this.#text(2) : this.#text(1);
    this.#toSemicolon();
    this.#add(kind, kind === "use" ? "" : `${prefix}${name}`, first);
  }

  /** An item that contains other items. */
  #block(kind: "trait" | "impl" | "mod", prefix: string, first: number): void {
    const head = this.#at;
    const braced = this.#toBrace();
    const name = nameOfBlock(kind, this.#texts(head + 1, braced ? this.#at : this.#at - 1));
    const text = this.#texts(first, this.#at).join(" ");
    const inner = name === "" ? prefix : `${prefix}${name}::`;
    const place = this.#items.length;
    if (braced) {
      this.#at += 1;
      this.#container(inner);
      this.#at += 1;
    }
    this.#items.splice(place, 0, this.#made(kind, `${prefix}${name}`, first, text));
  }

  #macroOrCode(prefix: string, first: number): void {
    const name = this.#text();
    while (/^[\w:]/.test(this.#text()) && this.#at < this.#tokens.length) this.#at += 1;
    const call = this.#text() === "!" && this.#at > first;
    if (!call) {
      if (this.#text() !== "}" && (this.#at === first || this.#text() !== ";")) this.#group();
      if (this.#text() === ";") this.#at += 1;
      this.#add("code", "", first);
      return;
    }
    this.#at += 1;
    const defined = name === "macro_rules" ? this.#text() : name;
    if (/^\w/.test(this.#text())) this.#at += 1;
    this.#group();
    if (this.#text() === ";") this.#at += 1;
    this.#add("macro", `${prefix}${defined}`, first);
  }

  /** @returns whether there is a brace; consumes a semicolon that comes first */
  #toBrace(): boolean {
    while (this.#at < this.#tokens.length) {
      if (this.#text() === "{") return true;
      if (this.#text() === "}") return false;
      const ended = this.#text() === ";";
      this.#group();
      if (ended) return false;
    }
    return false;
  }

  #toSemicolon(): void {
    while (this.#at < this.#tokens.length && this.#text() !== "}") {
      const ended = this.#text() === ";";
      this.#group();
      if (ended) return;
    }
  }

  /** One token, or a bracketed group up to its closing bracket. */
  #group(): void {
    const open: string[] = [];
    do {
      const text = this.#text();
      const close = CLOSING[text];
      if (close !== undefined) open.push(close);
      else if (text === open.at(-1)) open.pop();
      this.#at += 1;
    } while (open.length > 0 && this.#at < this.#tokens.length);
  }

  #add(kind: ItemKind, name: string, first: number): void {
    this.#items.push(this.#made(kind, name, first, this.#texts(first, this.#at).join(" ")));
  }

  #made(kind: ItemKind, name: string, first: number, text: string): RustItem {
    const [begin, end] = [this.#tokens[first], this.#tokens[Math.min(this.#at, this.#tokens.length) - 1]];
    return { kind, name, firstLine: begin?.line ?? 0, lastLine: end?.lastLine ?? 0, text };
  }

  #text(ahead = 0): string {
    return this.#tokens[this.#at + ahead]?.text ?? "";
  }

  #texts(from: number, to: number): string[] {
    return this.#tokens.slice(from, to).map(({ text }) => text);
  }
}

/** For an impl, the last word of the type without its arguments: "Shown" of `<T> fmt::Display for shapes::Shown<T>`. */
function nameOfBlock(kind: "trait" | "impl" | "mod", head: readonly string[]): string {
  if (kind !== "impl") return /^\w/.test(head[0] ?? "") ? (head[0] ?? "") : "";
  const words: string[] = [];
  let depth = 0;
  for (const [index, text] of head.entries()) {
    if (text === "where") break;
    if (text === "<") depth += 1;
    else if (text === ">" && head[index - 1] !== "-" && head[index - 1] !== "=") depth -= 1;
    else if (depth === 0) words.push(text);
  }
  const type = words.slice(words.lastIndexOf("for") + 1);
  return type.findLast((word) => /^[\p{L}_]/u.test(word)) ?? "";
}
