// The package that VS Code installs, with this platform's addon. .vscodeignore lists its contents.
import fs from "node:fs";
import path from "node:path";
import { shippedFiles } from "./addon.mjs";
import { inRoot, root } from "./paths.mjs";
import { PlainError, run } from "./run.mjs";

/** An engine for one LLVM series takes 0.6 MB of it. */
const LARGEST_BYTES = 12_000_000;
const vsce = inRoot("node_modules", "@vscode", "vsce", "vsce");

/** @typedef {{ name: string, version: string, main?: string }} Manifest */

/** @param {string} folder @returns {Manifest} */
function manifestOf(folder) {
  return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
}

/** Whether this repository contains an extension besides the command line. */
export function hasExtension() {
  return manifestOf(root).main !== undefined;
}

/** Where `packageVsix` writes an extension's package. @param {string} [folder] */
export function vsixFile(folder = root) {
  const { name, version } = manifestOf(folder);
  return inRoot("build", `${name}-${version}-${process.platform}-${process.arch}.vsix`);
}

/** @param {string} folder @param {readonly string[]} args */
async function runVsce(folder, args) {
  const { code, output } = await run(process.execPath, [vsce, ...args, "--no-dependencies"], { cwd: folder });
  if (code !== 0) throw new PlainError(`vsce ${args[0] ?? ""} failed:\n${output.trim()}`);
  return output;
}

/** Checks first, because vsce itself reports a missing file only late, in the middle of an installation. @param {string} folder */
async function checkContents(folder) {
  const { main } = manifestOf(folder);
  const files = (await runVsce(folder, ["ls"])).split("\n").map((line) => line.trim());
  const texts = folder === root ? ["package.nls.json", "l10n/bundle.l10n.json"] : [];
  const native = folder === root ? shippedFiles().map((file) => `dist/${file}`) : [];
  const wanted = ["package.json", "README.md", "LICENSE", ...(main === undefined ? [] : [path.posix.normalize(main)]), ...texts, ...native];
  const missing = wanted.filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new PlainError(`The package would lack ${missing.join(", ")}: is it built, and does .vscodeignore name it?`);
  }
}

/**
 * Packages an extension that is already built.
 *
 * @param {string} [folder] where its package.json and .vscodeignore are
 * @returns {Promise<string>} the package's file, in build/
 * @throws {PlainError} if something is missing or the package is too large
 */
export async function packageVsix(folder = root) {
  await checkContents(folder);
  const file = vsixFile(folder);
  const temporary = `${file}.${process.pid}.tmp.vsix`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    const target = `${process.platform}-${process.arch}`;
    // Relative links in README.md stay relative: there is no public address to resolve them against.
    const options = ["--allow-missing-repository", "--no-rewrite-relative-links", "--no-update-package-json"];
    await runVsce(folder, ["package", "--target", target, "--out", temporary, ...options]);
    const { size } = fs.statSync(temporary);
    if (size > LARGEST_BYTES) {
      throw new PlainError(
        `The package has ${size} bytes, more than ${LARGEST_BYTES}. \`npx vsce ls --tree --no-dependencies\` lists its contents.`,
      );
    }
    fs.renameSync(temporary, file);
    return file;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}
