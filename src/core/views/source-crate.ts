/** The crate of a Rust source file, as far as its place tells. */
import { dirname, join, relative, sep } from "node:path";
import { readTextFile } from "../base/read-file.js";
import { modulesOfFile } from "../language/rust-paths.js";

export interface SourceCrate {
  /** Of the package's libraries and programs, as symbols have them. */
  readonly names: ReadonlySet<string>;
  /** The file's modules in its crate. */
  readonly modules: readonly string[];
}

/** The crates that a source file may belong to: the package's whose folder it is in. @returns undefined: it is in none */
export async function crateOf(file: string): Promise<SourceCrate | undefined> {
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    const manifest = await readTextFile(join(folder, "Cargo.toml")).catch(() => undefined);
    if (manifest === undefined) continue;
    const below = relative(folder, file).split(sep).join("/");
    // A superset is enough: of all names in the manifest, only crates are in symbols.
    const listed = [...manifest.matchAll(/^\s*name\s*=\s*"([^"]+)"/gm)].map(([, name = ""]) => name);
    const own = /(?:^|\/)(?:bin|examples|tests|benches)\/([^/]+?)(?:\/main)?(?:\.rs)?$/.exec(below)?.[1];
    const names = new Set([...listed, ...(own === undefined ? [] : [own])].map((name) => name.replaceAll("-", "_")));
    return { names, modules: modulesOfFile(below) };
  }
  return undefined;
}
