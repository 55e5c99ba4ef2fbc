/** Paths of Rust functions as demangled symbols and source files have them, without what only one of the two has. */

/** A function as a symbol names it: crate, modules, type, name: ["textstats", "bars", "Bar", "draw"]. */
export type FunctionPath = readonly string[];

/**
 * The path in a demangled symbol, without generic arguments, trait and hash: "<textstats::bars::Bar as core::fmt::Display>::fmt" →
 * textstats::bars::Bar::fmt, "textstats::bars::<impl core::fmt::Display for textstats::rows::Row>::fmt" → textstats::rows::Row::fmt.
 *
 * @returns undefined for closures, shims and names that are no paths
 */
export function pathOfName(demangled: string): FunctionPath | undefined {
  const plain = demangled.replace(/ \(\.llvm\.\d+\)$|\.llvm\.\d+$/, "").replace(/::h[0-9a-f]{16}$/, "");
  const path = plain.startsWith("<") || plain.includes("::<impl ") ? inType(plain) : withoutArguments(plain);
  if (path === undefined || !/^[\p{L}_][\p{L}\d_]*(?:::[\p{L}_][\p{L}\d_]*)*$/u.test(path)) return undefined;
  return path.split("::");
}

/** The path of an associated function through its type. */
function inType(name: string): string | undefined {
  const open = name.startsWith("<") ? 0 : name.indexOf("::<impl ") + 2;
  const close = closing(name, open);
  if (close === undefined) return undefined;
  const inside = name.slice(open + 1, close);
  const type = withoutArguments((inside.startsWith("impl ") ? afterWord(inside, " for ") : beforeWord(inside, " as ")).trim());
  const rest = withoutArguments(name.slice(close + 1));
  return `${type.replace(/^(?:&(?:mut )?|\*(?:const|mut) )+/, "")}${rest}`;
}

/** The place of the bracket that closes the one at `open`. */
function closing(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "<") depth += 1;
    // The arrow of a function type closes nothing.
    if (text[at] === ">" && text[at - 1] !== "-") depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function beforeWord(text: string, word: string): string {
  const at = outside(text, word);
  return at === undefined ? text : text.slice(0, at);
}

function afterWord(text: string, word: string): string {
  const at = outside(text, word);
  return at === undefined ? text.replace(/^impl /, "") : text.slice(at + word.length);
}

/** Where a word is outside of generic arguments. */
function outside(text: string, word: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "<") depth += 1;
    if (text[at] === ">" && text[at - 1] !== "-") depth -= 1;
    if (depth === 0 && text.startsWith(word, at)) return at;
  }
  return undefined;
}

/** Without generic arguments: "a::b::<T>::c" → "a::b::c". */
function withoutArguments(text: string): string {
  let plain = "";
  for (let at = 0; at < text.length; at += 1) {
    const end = text[at] === "<" ? closing(text, at) : undefined;
    if (end === undefined) plain += text.charAt(at);
    else at = end;
  }
  return plain.replace(/::(?=::|$)/g, "");
}

/**
 * The modules that a source file stands for, as far as its path tells: "src/bars.rs" → ["bars"], "src/rows/mod.rs" → ["rows"], "src/main.rs" → [].
 *
 * @param file below the package's folder, with `/`
 */
export function modulesOfFile(file: string): readonly string[] {
  const parts = file.split("/");
  const source = parts.lastIndexOf("src");
  // Examples, tests and benches are crates of their own.
  const below = source === -1 && CRATES_OF_THEIR_OWN.has(parts[0] ?? "") ? parts.slice(1) : parts.slice(source + 1);
  const last = (below.pop() ?? "").replace(/\.rs$/, "");
  const isRoot = ROOTS.has(last) || below.at(-1) === "bin" || (source === -1 && below.length === 0);
  return [...below.filter((part) => part !== "bin"), ...(isRoot ? [] : [last])];
}

const CRATES_OF_THEIR_OWN: ReadonlySet<string> = new Set(["examples", "tests", "benches"]);
const ROOTS: ReadonlySet<string> = new Set(["main", "lib", "mod"]);
