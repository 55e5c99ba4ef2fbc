/**
 * The functions of a Rust source file, found with tree-sitter's grammar: files that do not compile have functions too. The parser and the grammar are
 * WebAssembly modules of @vscode/tree-sitter-wasm, which ship beside the bundles.
 */
import { Language, Parser, type Node } from "@vscode/tree-sitter-wasm";
import { ownFile } from "../base/own-files.js";
import { LIMITS, readRegularFile } from "../base/read-file.js";

export interface RustFunction {
  /** Within the file: modules, the type of an `impl` or the trait, outer functions, and the function: ["inner", "Bar", "draw"]. */
  readonly path: readonly string[];
  /** Of its name, from 0. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** Of the whole function, from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** The largest source file that is parsed, in characters: generated bindings can be larger, and nobody reads those. */
const LARGEST = 2_000_000;

let parser: Promise<Parser> | undefined;

async function start(): Promise<Parser> {
  await Parser.init({ locateFile: () => ownFile("tree-sitter.wasm") });
  const made = new Parser();
  made.setLanguage(await Language.load(await readRegularFile(ownFile("tree-sitter-rust.wasm"), LIMITS.text)));
  return made;
}

// A failed start is tried again.
function started(): Promise<Parser> {
  return (parser ??= start().catch((error: unknown) => {
    parser = undefined;
    throw error;
  }));
}

/** Loads the grammar, so that the first file does not wait for it. */
export async function prepareRustFunctions(): Promise<void> {
  await started();
}

/**
 * Finds the functions with bodies, in their order in the file.
 *
 * @returns none for a file that is too large
 */
export async function rustFunctions(text: string): Promise<RustFunction[]> {
  if (text.length > LARGEST) return [];
  const tree = (await started()).parse(text);
  if (tree === null) return [];
  try {
    return tree.rootNode.descendantsOfType("function_item").flatMap((node) => (node === null ? [] : functionAt(node)));
  } finally {
    tree.delete();
  }
}

function functionAt(node: Node): RustFunction[] {
  const name = node.childForFieldName("name");
  if (name === null) return [];
  const path = [name.text];
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    const part = partOf(outer);
    if (part !== undefined) path.unshift(part);
  }
  return [
    {
      path,
      line: name.startPosition.row,
      column: name.startPosition.column,
      endColumn: name.endPosition.column,
      firstLine: node.startPosition.row + 1,
      lastLine: node.endPosition.row + 1,
    },
  ];
}

/** What an enclosing item adds to the path; undefined: nothing. */
function partOf(node: Node): string | undefined {
  if (node.type === "mod_item" || node.type === "trait_item" || node.type === "function_item") return node.childForFieldName("name")?.text;
  return node.type === "impl_item" ? typeName(node.childForFieldName("type")) : undefined;
}

/** "Bar" of `bars::Bar<'_, T>` and of `&mut Bar`. */
function typeName(type: Node | null): string | undefined {
  if (type === null) return undefined;
  if (type.type === "generic_type" || type.type === "reference_type") return typeName(type.childForFieldName("type"));
  if (type.type === "scoped_type_identifier") return type.childForFieldName("name")?.text;
  return type.text;
}
