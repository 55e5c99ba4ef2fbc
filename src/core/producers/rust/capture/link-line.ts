/**
 * Keeps what the linker needs to make the output again: its command line, and those of its files that a later build replaces or removes. Files of the
 * toolchain and of the system stay where they are.
 */
import { statSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { BEFORE_FILES, staysOneOption } from "../../../../protocol/linked-files.js";
import type { KeptOutput, LinkLine, LinkWord, RustcObject } from "../../../../protocol/units.js";
import { endsTheRun, messageOf, systemCode } from "../../../base/errors.js";
import { makeFolder } from "../../../base/folders.js";
import { copyRegularFileSync, readTextFileSync } from "../../../base/read-file-sync.js";
import { LIMITS } from "../../../base/read-file.js";
import type { RustcRecord } from "../wrapper/record.js";
import { exists } from "./kept-files.js";
import { linkerVariables, linkerWords } from "./link-args.js";
import { writesElsewhere } from "./linker-outputs.js";
import { SearchedLibraries } from "./searched-libraries.js";
import { isLinkFolder } from "./temporaries.js";

export interface LinkParts {
  /** The file with the linker's command line; there is none if no linker was started. */
  readonly printed: string;
  /** Where rustc was started, and with which environment. */
  readonly record: Pick<RustcRecord, "cwd" | "environment">;
  /** Folders whose files are kept: Cargo's target directory and the workspace. Those that rustc makes for the linker alone are kept also. */
  readonly changing: readonly string[];
  /** The capture's folder. */
  readonly target: string;
  /** rustc's objects of modules of LTO, which the capture has already. */
  readonly objects: Readonly<Record<string, RustcObject>>;
  /** Other files that the capture has already: where the build has them → in the capture. */
  readonly kept: ReadonlyMap<string, string>;
  /** Called if a file cannot be kept, with the reason. */
  readonly failed: (why: string) => void;
}

/** Why an output cannot be linked again. */
export interface Unlinkable {
  readonly why: string;
  /** The output, if it was kept nevertheless. */
  readonly output?: KeptOutput;
}

/** A replay does without it, so a file that cannot be kept is no error. @returns undefined: no linker was started */
export async function keepLinkLine(parts: LinkParts): Promise<LinkLine | Unlinkable | undefined> {
  try {
    return await keepAll(parts);
  } catch (error) {
    if (systemCode(error) === undefined && endsTheRun(error)) throw error;
    await fs.rm(path.join(parts.target, "link"), { recursive: true, force: true });
    const why = `a file that the linker needs could not be kept: ${messageOf(error)}`;
    parts.failed(why);
    return { why };
  }
}

async function keepAll(parts: LinkParts): Promise<LinkLine | Unlinkable | undefined> {
  if (!(await exists(parts.printed))) return undefined;
  const line = readTextFileSync(parts.printed, LIMITS.text).trim().split("\n").at(-1) ?? "";
  const [program, ...words] = linkerWords(line);
  const at = words.indexOf("-o");
  const written = words[at + 1];
  if (line.startsWith("cd ")) return { why: "rustc started the linker in another folder" };
  if (program === undefined || at === -1 || written === undefined) return { why: "it names no output" };
  const { cwd } = parts.record;
  const source = path.resolve(cwd, written);
  const output = path.join("link", "output", path.basename(source));
  if (!isFile(source)) return { why: "the linker wrote no output" };
  await copy(source, output, parts.target);
  const imported = await ImportLibraries.of(words, cwd);
  const elsewhere = writesElsewhere(words);
  if (elsewhere !== undefined) return { why: elsewhere, output: { file: output, source } };
  const environment = linkerVariables(line);
  delete environment["PATH"];
  const keeper = new Keeper(parts, words, imported);
  const kept: LinkWord[] = [];
  for (const [index, word] of words.entries()) {
    // rustc's empty folder of import libraries has another name in each build.
    if (isRawDylibs(word) || (word === "-L" && isRawDylibs(words[index + 1]))) continue;
    kept.push(index === at + 1 ? { output: true } : await keeper.keep(word, words[index - 1] ?? ""));
  }
  const [unnamed] = imported.unnamed;
  if (unnamed !== undefined) {
    const why = `rustc made an import library for it (\`raw-dylib\`) that no \`-l\` names: ${unnamed}`;
    return { why, output: { file: output, source } };
  }
  return { program, words: kept, environment, folder: cwd, output, source };
}

/** Options whose next word can be a program or a plugin: such a file stays where it is, because it must not come from a capture. */
const RUNS_NEXT = /(?:^|[-,])(?:plugin|fplugin|wrapper|specs|load|config|mllvm|Xlinker|Xclang|B)$/;

class Keeper {
  readonly #parts: LinkParts;
  readonly #modules: ReadonlyMap<string, string>;
  readonly #copied = new Map<string, string>();
  readonly #searched: SearchedLibraries;
  readonly #imported: ImportLibraries;

  constructor(parts: LinkParts, words: readonly string[], imported: ImportLibraries) {
    this.#parts = parts;
    this.#imported = imported;
    this.#searched = new SearchedLibraries(words, parts.record.cwd);
    this.#modules = new Map(Object.entries(parts.objects).map(([module, { source }]) => [source, module]));
  }

  /** @param previous the word before it */
  async keep(word: string, previous: string): Promise<LinkWord> {
    const { cwd } = this.#parts.record;
    const module = this.#modules.get(path.resolve(cwd, word));
    if (module !== undefined) return { module };
    if (RUNS_NEXT.test(previous)) return word;
    const imported = this.#imported.named(word);
    if (imported !== undefined) return { file: await this.#kept(imported), before: "" };
    const library = this.#searched.next(word);
    if (library !== undefined && this.#changes(library)) return { file: await this.#kept(library), before: "" };
    for (const before of BEFORE_FILES) {
      const name = word.startsWith(before) ? word.slice(before.length) : "";
      const source = path.resolve(cwd, name);
      const isOneFile = name !== "" && staysOneOption(before, name) && isFile(source);
      if (isOneFile && this.#changes(source)) return { file: await this.#kept(source), before };
    }
    return word;
  }

  /** A shared library's path can become part of the output, so it is left in place. */
  #changes(file: string): boolean {
    const { changing, record } = this.#parts;
    if (/\.so(?:\.|$)/.test(path.basename(file))) return false;
    return isLinkFolder(path.dirname(file), record) || changing.some((folder) => file.startsWith(folder + path.sep));
  }

  /** The file keeps its name, by which options such as `--exclude-libs` select it. */
  async #kept(source: string): Promise<string> {
    const known = this.#parts.kept.get(source) ?? this.#copied.get(source);
    if (known !== undefined) return known;
    const file = path.join("link", String(this.#copied.size), path.basename(source));
    await copy(source, file, this.#parts.target);
    this.#copied.set(source, file);
    return file;
  }
}

/**
 * Import libraries that rustc made for `#[link(kind = "raw-dylib")]`, in a folder of its own that the linker searches first. They are named by their paths
 * when linking again: each has its library's name inside, which is what the output gets.
 */
class ImportLibraries {
  readonly #folder: string;
  readonly #unnamed: Set<string>;

  private constructor(folder: string, names: readonly string[]) {
    this.#folder = folder;
    this.#unnamed = new Set(names);
  }

  static async of(words: readonly string[], cwd: string): Promise<ImportLibraries> {
    const folder = path.resolve(cwd, words.find(isRawDylibs) ?? "");
    const names = words.some(isRawDylibs) ? await fs.readdir(folder).catch((): string[] => []) : [];
    return new ImportLibraries(folder, names);
  }

  /** Those that no word has named so far. */
  get unnamed(): readonly string[] {
    return [...this.#unnamed];
  }

  /** The library that `-lNAME` or `-l:FILE` names; undefined: it names none of these. */
  named(word: string): string | undefined {
    if (!word.startsWith("-l")) return undefined;
    const name = word.slice(2);
    const names = name.startsWith(":") ? [name.slice(1)] : [`lib${name}.so`, `lib${name}.dll.a`, `lib${name}.a`];
    const found = names.map((one) => path.join(this.#folder, one)).find((file) => isBelow(file, this.#folder) && isFile(file));
    if (found === undefined) return undefined;
    this.#unnamed.delete(path.basename(found));
    return found;
  }
}

function isBelow(file: string, folder: string): boolean {
  return path.dirname(file) === folder && path.basename(folder) === "raw-dylibs";
}

function isRawDylibs(word: string | undefined): boolean {
  return word !== undefined && path.basename(word) === "raw-dylibs";
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

async function copy(from: string, name: string, target: string): Promise<void> {
  const to = path.join(target, name);
  await makeFolder(path.dirname(to));
  copyRegularFileSync(from, to, LIMITS.bitcode);
}
