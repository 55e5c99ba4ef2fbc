// The parts that are compiled from C++, each by cmake-js if one of its sources has changed: the engine's addon for each LLVM series, in addon/build/22 and so
// on, with the plugin for rustc where the series needs it; file locks and the supervisor, which take a second; and the engine's tests, which take as long as
// the addon and are only built before they run.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { addonBuild, cache, dist, inRoot, root } from "./paths.mjs";
import { LLVM_SERIES, USUAL_SERIES } from "./llvm-series.mjs";
import { PlainError, runLogged, step } from "./run.mjs";
import { llvmCmakeFolder, runsHere } from "./system-packages.mjs";

/** @typedef {import("./llvm-series.mjs").LlvmSeries} LlvmSeries */

/**
 * @typedef {object} Target
 * @property {string} name of CMake's target
 * @property {string} label
 * @property {LlvmSeries} series the LLVM that it is built with
 * @property {readonly string[]} files what it makes
 * @property {boolean} shipped whether the files are copied to dist/
 * @property {(file: string) => boolean} isSource whether a file, relative to addon/, is a source of the target
 */

/** @param {string} file */
const ofProcess = (file) => file.startsWith("process/") || file === "binding/lock_module.cpp";
/** @param {string} file */
const ofEngine = (file) => !ofProcess(file) && !["plugin/", "test/", "fuzz/"].some((folder) => file.startsWith(folder));
/** @param {string} file */
const ofPlugin = (file) => file.startsWith("plugin/") || file.startsWith("portable/") || file === "CMakeLists.txt";

/** CMake's folder for a series. @param {LlvmSeries} series */
function buildFolder({ major }) {
  return path.join(addonBuild, major);
}

/** @param {LlvmSeries} series the name in dist/ of its addon */
function addonName({ major }) {
  return `lto_inspector-${major}.node`;
}

/** @param {LlvmSeries} series the name in dist/ of its plugin for rustc */
function pluginName({ major }) {
  return `lto_inspector_use_lists-${major}.so`;
}

/** The program with the engine's C++ tests. @param {LlvmSeries} series */
export function engineTests(series) {
  return path.join(buildFolder(series), "lto-engine-tests");
}

/** @param {LlvmSeries} series @returns {Target} */
function addonTarget(series) {
  return {
    name: "lto_inspector",
    label: `native addon for LLVM ${series.major} (C++; minutes the first time)`,
    series,
    files: [path.join(buildFolder(series), "Release", addonName(series))],
    shipped: true,
    isSource: ofEngine,
  };
}

/** @param {LlvmSeries} series one without an option that writes use-lists @returns {Target} */
function pluginTarget(series) {
  return {
    name: "lto_inspector_use_lists",
    label: `plugin for the LLVM ${series.major} of rustc (C++)`,
    series,
    files: [path.join(buildFolder(series), "Release", pluginName(series))],
    shipped: true,
    isSource: ofPlugin,
  };
}

/** @param {LlvmSeries} series in whose folder it is built; it needs no LLVM @returns {Target} */
function processTarget(series) {
  return {
    name: "lto_inspector_process",
    label: "file locks and supervisor (C++)",
    series,
    files: PROCESS_FILES.map((file) => path.join(buildFolder(series), file)),
    shipped: true,
    isSource: (file) => ofProcess(file) || file === "CMakeLists.txt" || file === "package.json",
  };
}
const PROCESS_FILES = ["Release/lto_inspector_lock.node", "lto-inspector-supervise"];

/** @param {LlvmSeries} series @returns {Target} */
function testTarget(series) {
  return {
    name: "lto-engine-tests",
    label: `tests of the engine for LLVM ${series.major} (C++)`,
    series,
    files: [engineTests(series)],
    shipped: false,
    isSource: (file) => ofEngine(file) || file.startsWith("test/"),
  };
}

/** @param {LlvmSeries} series */
function needsPlugin({ useListsOption }) {
  return !useListsOption;
}

/** The series whose engine is in dist/. @returns {readonly LlvmSeries[]} */
export function builtSeries() {
  return LLVM_SERIES.filter((series) => fs.existsSync(inDist(addonName(series))));
}

/** The compiled files that every package contains, by their names in dist/: the engine of at least one series, with its plugin. */
export function shippedFiles() {
  const built = builtSeries();
  const series = built.length > 0 ? built : [USUAL_SERIES];
  return [...series.map(addonName), ...series.filter(needsPlugin).map(pluginName), ...PROCESS_FILES.map((file) => path.basename(file))];
}

/** @param {Target} target */
function markOf({ name, series }) {
  return path.join(cache, `${name}-${series.major}.hash`);
}

/** @param {string} folder @returns {string[]} every file below it that is a source */
function sources(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(addonBuild + path.sep))
    .sort();
}

/**
 * Everything that a build depends on: the sources, LLVM's version, the versions of cmake-js and node-addon-api, and the repository's path.
 *
 * @param {Target} target
 */
function inputs({ isSource, series }) {
  const hash = crypto.createHash("sha256");
  const llvm = llvmCmakeFolder(series);
  const files = [
    ...sources(inRoot("addon")).filter((file) => isSource(path.relative(inRoot("addon"), file))),
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

/** @param {Target} target @param {string} hash */
function isUpToDate(target, hash) {
  const mark = markOf(target);
  const shipped = target.shipped ? target.files.map(inDist) : [];
  return [...target.files, ...shipped, mark].every((file) => fs.existsSync(file)) && fs.readFileSync(mark, "utf8") === hash;
}

/** @param {string} file */
function inDist(file) {
  return path.join(dist, path.basename(file));
}

/** Removes a build folder that was configured elsewhere, such as before the repository was moved, because CMake rejects it. @param {string} folder */
function dropForeignBuildFolder(folder) {
  const cacheFile = path.join(folder, "CMakeCache.txt");
  if (!fs.existsSync(cacheFile)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(fs.readFileSync(cacheFile, "utf8"))?.[1];
  if (home !== inRoot("addon")) fs.rmSync(folder, { recursive: true });
}

/**
 * @param {Target} target
 * @param {string} folder where CMake builds
 * @param {readonly string[]} [more] options of cmake-js
 */
async function compile({ name, series }, folder, more = []) {
  dropForeignBuildFolder(folder);
  const llvm = llvmCmakeFolder(series);
  const options = ["-d", "addon", "-O", path.relative(root, folder), "--CDCMAKE_EXPORT_COMPILE_COMMANDS=ON", ...more];
  if (llvm !== undefined) options.push(`--CDLLVM_DIR=${llvm}`);
  // CI builds once, from scratch.
  options.push(`--CDCMAKE_UNITY_BUILD=${process.env["CI"] ? "ON" : "OFF"}`);
  const cmakeJs = inRoot("node_modules", "cmake-js", "bin", "cmake-js");
  // Configures each time, because what CMake did not find before may be installed now. Then `build`, not `compile`, which answers every compiler
  // error with a second build from scratch.
  await runLogged("configuring the addon", `${name}-${series.major}-configure`, process.execPath, [cmakeJs, "configure", ...options]);
  await runLogged(`building ${name}`, `${name}-${series.major}`, process.execPath, [cmakeJs, "build", "--target", name, ...options]);
}

/** @param {string} file copied with its mode */
function copyToDist(file) {
  fs.mkdirSync(dist, { recursive: true });
  const temporary = `${inDist(file)}.${process.pid}.tmp`;
  fs.copyFileSync(file, temporary);
  fs.renameSync(temporary, inDist(file));
}

/** @param {Target} target @throws {PlainError} with the end of the compiler's output */
async function ensure(target) {
  const hash = inputs(target);
  if (isUpToDate(target, hash)) return;
  await step(target.label, async () => {
    await compile(target, buildFolder(target.series));
    const missing = target.files.find((file) => !fs.existsSync(file));
    if (missing !== undefined) {
      throw new PlainError(`building ${target.name}: no error, but there is no ${path.relative(root, missing)}`);
    }
    if (target.shipped) target.files.forEach(copyToDist);
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(markOf(target), hash);
  });
}

/**
 * Builds file locks and the supervisor if they are not up to date; a program that opens no bitcode needs nothing else.
 *
 * @param {LlvmSeries} series in whose folder
 */
export function ensureProcessAddon(series) {
  return ensure(processTarget(series));
}

/** Builds the engine's addon for a series, and its plugin for rustc, if they are not up to date. @param {LlvmSeries} series */
export async function ensureAddon(series) {
  await ensure(addonTarget(series));
  if (needsPlugin(series)) await ensure(pluginTarget(series));
  dropOthers();
  linkCompileCommands(series);
}

/** Removes addons and plugins from dist/ that no build makes any more, because they would be packaged. */
function dropOthers() {
  const made = [...LLVM_SERIES.map(addonName), ...LLVM_SERIES.filter(needsPlugin).map(pluginName), "lto_inspector_lock.node"];
  const others = fs.readdirSync(dist).filter((file) => /\.(?:node|so)$/.test(file) && !made.includes(file));
  others.forEach((file) => fs.rmSync(inDist(file)));
}

/** Links compile_commands.json where editors look for it: that of the usual series, if it is built. @param {LlvmSeries} series */
function linkCompileCommands(series) {
  const link = path.join(addonBuild, "compile_commands.json");
  const usual = fs.existsSync(path.join(buildFolder(USUAL_SERIES), "compile_commands.json"));
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.join((usual ? USUAL_SERIES : series).major, "compile_commands.json"), link);
}

/** The series that the engine's C++ tests are built and run for on this machine: the usual one, and those that an engine is built for. */
export function testedSeries() {
  const others = builtSeries().filter((series) => series !== USUAL_SERIES && runsHere(series));
  return [USUAL_SERIES, ...others];
}

/** Builds the engine's C++ tests if they are not up to date. @param {readonly LlvmSeries[]} [of] those that run on this machine by default */
export async function ensureEngineTests(of = testedSeries()) {
  for (const series of of) await ensure(testTarget(series));
}

/**
 * Builds the addon and the engine's C++ tests without optimisation and with debug info, in addon/build/22/debug.
 *
 * @param {LlvmSeries} series
 */
export async function buildForDebuggers(series) {
  const folder = path.join(buildFolder(series), "debug");
  for (const target of [addonTarget(series), testTarget(series)]) {
    await step(`${target.label}, for debuggers`, () => compile(target, folder, ["--debug"]));
  }
}

/** Only GCC's objects reveal at link time that one name has two types. */
function isBuiltByGcc() {
  const folder = path.join(buildFolder(USUAL_SERIES), "CMakeFiles");
  const files = fs.readdirSync(folder).map((version) => path.join(folder, version, "CMakeCXXCompiler.cmake"));
  return files.some((file) => fs.existsSync(file) && /^set\(CMAKE_CXX_COMPILER_ID "GNU"\)/m.test(fs.readFileSync(file, "utf8")));
}

/** Checks the one-definition rule over the objects of the engine, its binding and its tests. @returns {import("./checks.mjs").Check} */
export function odrCheck() {
  const args = ["--build", buildFolder(USUAL_SERIES), "--target", "odr-check"];
  return {
    name: "one definition for each name (-Wodr)",
    program: isBuiltByGcc() ? "cmake" : undefined,
    args,
    fix: args,
    otherwise: "needs GCC",
  };
}
