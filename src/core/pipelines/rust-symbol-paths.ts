/**
 * The paths in mangled Rust symbols: crates, modules and the items in them, as lists of identifiers. Generic arguments and implementations count as
 * well: the symbol of a generic function names the modules of the types that it was made for.
 *
 * Source: `compiler/rustc_symbol_mangling` (`legacy.rs`, and `v0.rs` with RFC 2603), rustc 1.97.
 */

/** From the crate to the item: ["core", "slice", "sort"]. */
export type RustPath = readonly string[];

/** @returns the paths in the order in which they occur, some more than once; none for symbols that are not Rust's */
export function pathsInSymbol(symbol: string): RustPath[] {
  if (symbol.startsWith("_R")) return new MangledReader(symbol.slice(2)).paths();
  return symbol.startsWith("_ZN") ? legacyPaths(symbol.slice(3)) : [];
}

/** What the legacy scheme writes for characters that linkers do not accept. */
const LEGACY_ESCAPES: Readonly<Record<string, string>> = { SP: "@", BP: "*", RF: "&", LT: "<", GT: ">", LP: "(", RP: ")", C: "," };

/** `_ZN` is followed by identifiers with their lengths, of which the last is a hash; a type in an identifier has its path with `..`. */
function legacyPaths(text: string): RustPath[] {
  const identifiers: string[] = [];
  for (let rest = text; ;) {
    const length = /^[1-9]\d*/.exec(rest)?.[0];
    if (length === undefined) break;
    const end = length.length + Number(length);
    identifiers.push(rest.slice(length.length, end));
    rest = rest.slice(end);
  }
  const inTypes = identifiers.flatMap((identifier) => {
    const plain = identifier.replace(/\$(\w+?)\$/g, (_, name: string) => LEGACY_ESCAPES[name] ?? " ");
    return [...plain.matchAll(/[\p{ID_Start}_]\p{ID_Continue}*(?:\.\.[\p{ID_Start}_]\p{ID_Continue}*)+/gu)].map(([path]) =>
      path.split(".."),
    );
  });
  return identifiers.length === 0 ? [] : [identifiers, ...inTypes];
}

/** The rest of a symbol is not as the grammar says; what was read before it counts. */
class Unreadable extends Error {}

/** A symbol cannot be nested more deeply than this, so that a damaged one ends. */
const DEEPEST = 200;

/** Reads a symbol of the v0 scheme by its grammar; the names of its methods are those of RFC 2603. */
class MangledReader {
  readonly #text: string;
  readonly #found: RustPath[] = [];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  paths(): RustPath[] {
    try {
      this.#path();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    return this.#found;
  }

  #peek(): string {
    return this.#text.charAt(this.#position);
  }

  #next(): string {
    const character = this.#peek();
    if (character === "") throw new Unreadable();
    this.#position += 1;
    return character;
  }

  #eat(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position += 1;
    return true;
  }

  #matching(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new Unreadable();
    this.#position += found.length;
    return found;
  }

  #base62(): string {
    return this.#matching(/[0-9a-zA-Z]*_/y);
  }

  #disambiguator(): void {
    if (this.#eat("s")) this.#base62();
  }

  #undisambiguatedIdentifier(): string {
    // Names with other than ASCII characters stay in Punycode.
    this.#eat("u");
    const length = Number(this.#matching(/0|[1-9]\d*/y));
    this.#eat("_");
    const bytes = this.#text.slice(this.#position, this.#position + length);
    if (bytes.length < length) throw new Unreadable();
    this.#position += length;
    return bytes;
  }

  #identifier(): string {
    this.#disambiguator();
    return this.#undisambiguatedIdentifier();
  }

  /** Reads something at an earlier position, or in depth. */
  #nested<Result>(read: () => Result, at?: number): Result {
    if (this.#depth >= DEEPEST) throw new Unreadable();
    const position = this.#position;
    this.#depth += 1;
    if (at !== undefined) this.#position = at;
    const result = read();
    if (at !== undefined) this.#position = position;
    this.#depth -= 1;
    return result;
  }

  #backref<Result>(read: () => Result): Result {
    const start = this.#position - 1;
    const at = valueOfBase62(this.#base62());
    if (at >= start) throw new Unreadable();
    return this.#nested(read, at);
  }

  /** @returns the path, if it starts at a crate */
  #path(): RustPath | undefined {
    return this.#nested(() => this.#pathOf(this.#next()));
  }

  #pathOf(tag: string): RustPath | undefined {
    switch (tag) {
      case "C":
        return this.#keep([this.#identifier()]);
      case "M":
        this.#implPath();
        this.#type();
        return undefined;
      case "X":
        this.#implPath();
        this.#type();
        this.#path();
        return undefined;
      case "Y":
        this.#type();
        this.#path();
        return undefined;
      case "N": {
        this.#next();
        const parent = this.#path();
        const name = this.#identifier();
        return parent === undefined ? undefined : this.#keep([...parent, name]);
      }
      case "I": {
        const path = this.#path();
        this.#until(() => this.#genericArg());
        return path;
      }
      case "B":
        return this.#backref(() => this.#path());
      default:
        throw new Unreadable();
    }
  }

  #keep(path: RustPath): RustPath {
    this.#found.push(path);
    return path;
  }

  #implPath(): void {
    this.#disambiguator();
    this.#path();
  }

  #until(read: () => unknown): void {
    while (!this.#eat("E")) read();
  }

  #genericArg(): void {
    if (this.#eat("L")) this.#base62();
    else if (this.#eat("K")) this.#const();
    else this.#type();
  }

  #type(): void {
    this.#nested(() => {
      this.#typeOf(this.#next());
    });
  }

  #typeOf(tag: string): void {
    if (/[a-z]/.test(tag)) return;
    switch (tag) {
      case "A":
        this.#type();
        this.#const();
        return;
      case "S":
      case "P":
      case "O":
        this.#type();
        return;
      case "T":
        this.#until(() => {
          this.#type();
        });
        return;
      case "R":
      case "Q":
        if (this.#eat("L")) this.#base62();
        this.#type();
        return;
      case "F":
        this.#fnSig();
        return;
      case "D":
        this.#binder();
        this.#until(() => {
          this.#dynTrait();
        });
        if (this.#eat("L")) this.#base62();
        return;
      case "B":
        this.#backref(() => {
          this.#type();
        });
        return;
      default:
        this.#pathOf(tag);
    }
  }

  #binder(): void {
    if (this.#eat("G")) this.#base62();
  }

  #fnSig(): void {
    this.#binder();
    this.#eat("U");
    if (this.#eat("K") && !this.#eat("C")) this.#undisambiguatedIdentifier();
    this.#until(() => {
      this.#type();
    });
    this.#type();
  }

  #dynTrait(): void {
    this.#path();
    while (this.#eat("p")) {
      this.#undisambiguatedIdentifier();
      this.#type();
    }
  }

  #const(): void {
    this.#nested(() => {
      if (this.#eat("p")) return;
      if (this.#eat("B")) {
        this.#backref(() => {
          this.#const();
        });
        return;
      }
      this.#type();
      this.#matching(/n?[0-9a-f]*_/y);
    });
  }
}

/** "_" is 0, "0_" is 1. */
function valueOfBase62(text: string): number {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (text === "_") return 0;
  return Array.from(text.slice(0, -1)).reduce((value, digit) => value * digits.length + digits.indexOf(digit), 0) + 1;
}
