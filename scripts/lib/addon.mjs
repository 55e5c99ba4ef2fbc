// The native addon and its C++ tests: built by cmake-js in addon/build when a source has changed; the addon is then copied to dist/.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { addonBuild, cache, dist, inRoot, root } from "./paths.mjs";
import { PlainError, runLogged, step } from "./run.mjs";
import { llvmCmakeFolder } from "./system-packages.mjs";

const built = path.join(addonBuild, "Release", "lto_inspector.node");
export const engineTests = path.join(addonBuild, "lto-engine-tests");
export const addonFile = path.join(dist, "lto_inspector.node");
const mark = path.join(cache, "addon.hash");

/** @param {string} folder @returns {string[]} every file below it that is a source */
function sources(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(addonBuild + path.sep))
    .sort();
}

/** All that decides what is built: the sources, LLVM's version, the versions of cmake-js and node-addon-api, and where the repository is. */
function inputs() {
  const hash = crypto.createHash("sha256");
  const llvm = llvmCmakeFolder();
  const files = [
    ...sources(inRoot("addon")),
    inRoot("node_modules", "cmake-js", "package.json"),
    inRoot("node_modules", "node-addon-api", "package.json"),
    ...(llvm === undefined ? [] : [path.join(llvm, "LLVMConfigVersion.cmake")]),
  ];
  for (const file of files) {
    const content = fs.readFileSync(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** @param {string} hash */
function isUpToDate(hash) {
  const files = [built, addonFile, engineTests, mark];
  return files.every((file) => fs.existsSync(file)) && fs.readFileSync(mark, "utf8") === hash;
}

/** CMake refuses a build folder that was configured elsewhere, as after a repository has been moved. */
function dropForeignBuildFolder() {
  const cacheFile = path.join(addonBuild, "CMakeCache.txt");
  if (!fs.existsSync(cacheFile)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(fs.readFileSync(cacheFile, "utf8"))?.[1];
  if (home !== inRoot("addon")) fs.rmSync(addonBuild, { recursive: true });
}

async function compile() {
  dropForeignBuildFolder();
  const llvm = llvmCmakeFolder();
  const options = ["-d", "addon", "-O", "addon/build", "--CDCMAKE_EXPORT_COMPILE_COMMANDS=ON"];
  if (llvm !== undefined) options.push(`--CDLLVM_DIR=${llvm}`);
  // `build`, not `compile`: the latter answers every compiler error with a second build from nothing.
  const cmakeJs = inRoot("node_modules", "cmake-js", "bin", "cmake-js");
  await runLogged("building the addon", "addon", process.execPath, [cmakeJs, "build", ...options]);
  for (const file of [built, engineTests]) {
    if (!fs.existsSync(file)) throw new PlainError(`building the addon: no error, and yet there is no ${path.relative(root, file)}`);
  }
}

function copyToDist() {
  fs.mkdirSync(dist, { recursive: true });
  const temporary = `${addonFile}.${process.pid}.tmp`;
  fs.copyFileSync(built, temporary);
  fs.renameSync(temporary, addonFile);
}

/** Builds the addon and its tests when they are not up to date. @throws {PlainError} with the compiler's last words */
export async function ensureAddon() {
  const hash = inputs();
  if (isUpToDate(hash)) return;
  await step("native addon (C++; minutes the first time)", async () => {
    await compile();
    copyToDist();
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(mark, hash);
  });
}
