/**
 * The program that Cargo starts as RUSTC_WRAPPER: a shell script that passes final crates to the wrapper and starts everything else directly, so
 * that most crates avoid Node's start-up time of some 40 ms.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { writeFileWhole } from "../../../base/atomic-file.js";
import { LtoError } from "../../../base/errors.js";
import { readTextFile } from "../../../base/read-file.js";
import { exists } from "./kept-files.js";
import { CAPTURE_FOLDER, CHAINED_WRAPPER } from "../wrapper/record.js";

/**
 * Writes the script, unless it exists: Cargo queries rustc's version again if the wrapper's modification time changes.
 *
 * @returns its path
 */
export async function writeLauncher(folder: string, wrapper: string): Promise<string> {
  const file = path.join(folder, "rustc-wrapper");
  const script = launcherScript(process.execPath, wrapper);
  const present = await readTextFile(file).catch(() => "");
  if (present !== script) {
    await writeFileWhole(file, script);
    await fs.chmod(file, 0o755);
  }
  return file;
}

/** The script only excludes crates that surely are not final; the wrapper decides about the others (`isFinalCrate`). */
export function launcherScript(node: string, wrapper: string): string {
  const options = [
    "--crate-type bin",
    "--crate-type cdylib",
    "--crate-type staticlib",
    "--crate-type dylib",
    "--crate-type=",
    "--test",
    "--cfg test",
  ];
  const final = options.map((option) => (option.endsWith("=") ? `*" ${option}"*` : `*" ${option} "*`)).join("|");
  return `#!/bin/sh
case " $* " in
*" --crate-name build_script_"*) ;;
${final}|*" @"*)
  if [ -n "\${CARGO_PRIMARY_PACKAGE+set}" ] && [ -n "\${${CAPTURE_FOLDER}:-}" ]; then
    ELECTRON_RUN_AS_NODE=1 exec ${quoted(node)} ${quoted(wrapper)} "$@"
  fi ;;
esac
exec \${${CHAINED_WRAPPER}:+"$${CHAINED_WRAPPER}"} "$@"
`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The bundled wrapper: beside this program's own bundle, or in dist/ when run from the sources.
 *
 * @throws Internal when it has not been built
 */
export async function findWrapper(): Promise<string> {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    for (const file of [path.join(folder, "rustc-wrapper.js"), path.join(folder, "dist", "rustc-wrapper.js")]) {
      if (await exists(file)) return file;
    }
    if (path.dirname(folder) === folder) break;
  }
  throw new LtoError({ name: "Internal", message: "The rustc wrapper (dist/rustc-wrapper.js) is missing.", help: "Run `npm run build`." });
}
