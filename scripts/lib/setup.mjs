// All set-up steps, in the order of their dependencies. Each step first checks whether there is anything to do.
import { builtSeries, ensureAddon, ensureEngineTests, ensureProcessAddon } from "./addon.mjs";
import { DEBIAN_RUSTS, ensureDebianRust, folderOf, isAdditional, whyNoDebianRust } from "./debian-rust.mjs";
import { USUAL_SERIES } from "./llvm-series.mjs";
import { withLock } from "./lock.mjs";
import { ensureNpmPackages } from "./npm-packages.mjs";
import { inRoot } from "./paths.mjs";
import { PlainError, run } from "./run.mjs";
import { neededSeries } from "./rust.mjs";
import { ensureMoreHeaders, ensureSystemPackages, MissingError } from "./system-packages.mjs";
import { ensureVscodeServer } from "./vscode.mjs";
import { packageVsix } from "./vsix.mjs";

/** @typedef {"npm" | "process-addon" | "addon" | "engine-tests" | "bundles" | "rust" | "more-rust" | "lint" | "vscode" | "browser" | "fuzz" | "series" | "vsix"} Need */

/** @type {Map<string, Promise<void>>} what this process has already done or failed to do */
const attempts = new Map();

/**
 * Does something at most once in this process; a failure is reported again, but not retried.
 *
 * @param {string} name
 * @param {() => Promise<void>} work
 */
function once(name, work) {
  const attempt = attempts.get(name) ?? work();
  attempts.set(name, attempt);
  return attempt;
}

async function ensureBundles() {
  // esbuild builds everything in less time than a check for changes would take.
  const { code, output } = await run(process.execPath, [inRoot("scripts", "build.mjs")]);
  if (code !== 0) throw new PlainError(`bundling dist/ failed:\n${output.trimEnd()}`);
}

/** Debian's compilers in addition to the machine's own, for more test coverage; if the machine cannot have one, set-up says why and continues. */
async function moreRust() {
  for (const rust of DEBIAN_RUSTS.filter(isAdditional)) {
    const why = whyNoDebianRust(rust) ?? (await whyNoLibraries());
    if (why === undefined) await ensureDebianRust(rust);
    else console.log(`set-up: rustc ${rust.release} (LLVM ${rust.llvm}) is skipped: ${why}`);
  }
}

/** @returns {Promise<string | undefined>} why the libraries that these compilers need cannot be installed */
async function whyNoLibraries() {
  try {
    await ensureSystemPackages(["more-rust"]);
    return undefined;
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    return error.message;
  }
}

/** Always packages: this takes two seconds, and dist/ has just been rebuilt. */
async function ensureVsix() {
  await packageVsix();
}

/**
 * Compiles what every program needs, and the engine of each series whose headers can be installed. Only the first one is required.
 *
 * @param {readonly Need[]} needs
 * @param {readonly import("./rust.mjs").NeededSeries[]} needed
 */
async function compileFor(needs, [first, ...others]) {
  if (first === undefined) return;
  // A Rust compiler that set-up has just installed may use another series than was assumed without it.
  await once(`headers ${first.series.major}`, () => ensureSystemPackages([], [first.series]));
  await once("process-addon", () => ensureProcessAddon(first.series));
  if (!needs.includes("addon")) return;
  await once(`addon ${first.series.major}`, () => ensureAddon(first.series));
  for (const one of others) {
    await once(`addon ${one.series.major}`, async () => {
      if (await ensureMoreHeaders(one)) await ensureAddon(one.series);
    });
  }
}

/**
 * Makes sure that everything needed exists and is up to date.
 *
 * @param {readonly Need[]} needs
 * @param {{ series?: readonly import("./llvm-series.mjs").LlvmSeries[], everyBuilt?: boolean }} [options] `series`: the engines that are needed, instead of
 *   those for the machine's toolchains; `everyBuilt`: also those that were built before
 * @throws {PlainError} if something cannot be installed or built
 */
export async function setUp(needs, { series, everyBuilt = false } = {}) {
  await withLock(async () => {
    await once("npm", ensureNpmPackages);
    const compiles = needs.includes("addon") || needs.includes("process-addon");
    const purposes = /** @type {const} */ (["addon", "engine-tests", "rust", "lint", "vscode", "browser", "fuzz", "series"]).filter(
      (purpose) => (purpose === "addon" ? compiles : needs.includes(purpose)),
    );
    const headers = () => [
      ...(compiles ? (series ?? [neededSeries()[0].series]) : []),
      ...(needs.includes("engine-tests") ? [USUAL_SERIES] : []),
    ];
    await once(`system ${purposes.join(" ")}`, () => ensureSystemPackages(purposes, headers()));
    if (needs.includes("more-rust")) await once("more-rust", moreRust);
    if (compiles) {
      const needed = series?.map(asNeeded) ?? neededSeries(needs.includes("more-rust") ? DEBIAN_RUSTS.map(folderOf) : []);
      await compileFor(needs, [...needed, ...(everyBuilt ? builtSeries().map(asNeeded) : [])]);
    }
    if (needs.includes("engine-tests")) await once("engine-tests", () => ensureEngineTests());
    if (needs.includes("bundles")) await once("bundles", ensureBundles);
    if (needs.includes("vsix")) await once("vsix", ensureVsix);
    if (needs.includes("vscode")) await once("vscode", ensureVscodeServer);
  });
}

/** @param {import("./llvm-series.mjs").LlvmSeries} series @returns {import("./rust.mjs").NeededSeries} */
function asNeeded(series) {
  return { series, because: "the command" };
}
