/** Which static library a linker takes for `-lNAME`, as GNU ld, gold, lld and mold search. */
import { statSync } from "node:fs";
import path from "node:path";

/** Follows the words of a command line in order: options between them decide whether shared libraries count. */
export class SearchedLibraries {
  readonly #folders: readonly string[];
  #static = false;

  /** @param cwd where the linker was started */
  constructor(words: readonly string[], cwd: string) {
    this.#folders = words.flatMap((word, index) => {
      const folder = word === "-L" ? words[index + 1] : word.startsWith("-L") ? word.slice(2) : undefined;
      return folder === undefined || folder === "" ? [] : [path.resolve(cwd, folder)];
    });
  }

  /** @returns the static library that the word names; undefined: it names none, or it is in one of the system's folders */
  next(word: string): string | undefined {
    if (["-Wl,-Bstatic", "-Wl,-Bdynamic", "-static"].includes(word)) this.#static = word !== "-Wl,-Bdynamic";
    if (!word.startsWith("-l") || word === "-l") return undefined;
    const name = word.slice(2);
    const names = name.startsWith(":") ? [name.slice(1)] : [...(this.#static ? [] : [`lib${name}.so`]), `lib${name}.a`];
    const found = this.#folders.flatMap((folder) => names.map((one) => path.join(folder, one))).find(isFile);
    return found?.endsWith(".a") === true ? found : undefined;
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
