/** Where functions of a build are in the source files: by a line of debug info, or by their path in the workspace. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SourcePlace } from "../../protocol/calls.js";
import { readTextFile } from "../base/read-file.js";
import { rustFunctions, type RustFunction } from "../language/rust-functions.js";
import type { FunctionPath } from "../language/rust-paths.js";
import { crateOf } from "./source-crate.js";

/** The most source files of a workspace that are looked at, and of a crate that are parsed for one function. */
const MOST_FILES = 5000;
const MOST_PARSED = 200;

export interface PlacedFunction {
  /** Absolute. */
  readonly file: string;
  readonly found: RustFunction;
  /** The lines of the file. */
  readonly lines: readonly string[];
}

interface ParsedFile {
  readonly functions: readonly RustFunction[];
  readonly lines: readonly string[];
}

interface WorkspaceFile {
  readonly file: string;
  readonly names: ReadonlySet<string>;
  readonly modules: readonly string[];
}

/** Use one for one answer: what it has read may change. */
export class FunctionPlaces {
  readonly #workspace: string;
  readonly #parsed = new Map<string, Promise<ParsedFile>>();
  #files: Promise<readonly WorkspaceFile[]> | undefined;

  /** @param workspace the folder in which functions are looked for by their path; empty: nowhere */
  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** The innermost function of this name around a line. */
  async around({ file, line }: SourcePlace, name: string): Promise<PlacedFunction | undefined> {
    const { functions, lines } = await this.#parse(file);
    const found = functions.filter(({ path, firstLine, lastLine }) => path.at(-1) === name && firstLine <= line && line <= lastLine).at(-1);
    return found === undefined ? undefined : { file, found, lines };
  }

  /** The function of the workspace with this path, or, as a type can be of another module, the only one with its end. */
  async named([crate = "", ...rest]: FunctionPath): Promise<PlacedFunction | undefined> {
    const own = (await (this.#files ??= this.#list())).filter(({ names }) => names.has(crate));
    const isPrefix = (modules: readonly string[]): boolean => modules.every((part, index) => rest[index] === part);
    const near = own.filter(({ modules }) => isPrefix(modules)).sort((left, right) => right.modules.length - left.modules.length);
    for (const { file, modules } of near) {
      const { functions, lines } = await this.#parse(file);
      const found = functions.find(({ path }) => [...modules, ...path].join("::") === rest.join("::"));
      if (found !== undefined) return { file, found, lines };
    }
    if (rest.length < 2 || own.length > MOST_PARSED) return undefined;
    const end = rest.slice(-2).join("::");
    const alike = await Promise.all(
      own.map(async ({ file }) => {
        const { functions, lines } = await this.#parse(file);
        return functions.filter(({ path }) => path.slice(-2).join("::") === end).map((found): PlacedFunction => ({ file, found, lines }));
      }),
    );
    const [only, ...others] = alike.flat();
    return others.length === 0 ? only : undefined;
  }

  /** Empty: the file cannot be read. */
  async linesOf(file: string): Promise<readonly string[]> {
    return (await this.#parse(file)).lines;
  }

  /** A file that cannot be read has no functions. */
  #parse(file: string): Promise<ParsedFile> {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    const parsed = readTextFile(file).then(
      async (text) => ({ functions: await rustFunctions(text), lines: text.split("\n") }),
      () => ({ functions: [], lines: [] }),
    );
    this.#parsed.set(file, parsed);
    return parsed;
  }

  async #list(): Promise<WorkspaceFile[]> {
    const files = this.#workspace === "" ? [] : await sourceFiles(this.#workspace, MOST_FILES);
    const crates = await Promise.all(files.map(async (file) => ({ file, crate: await crateOf(file) })));
    return crates.flatMap(({ file, crate }) => (crate === undefined ? [] : { file, ...crate }));
  }
}

/** The Rust files below a folder, without hidden folders and builds. */
async function sourceFiles(folder: string, most: number): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.shift(); next !== undefined && found.length < most; next = folders.shift()) {
    const inside = next;
    const entries = await readdir(inside, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "target") folders.push(join(inside, entry.name));
      if (entry.isFile() && entry.name.endsWith(".rs")) found.push(join(inside, entry.name));
    }
  }
  return found.slice(0, most);
}
