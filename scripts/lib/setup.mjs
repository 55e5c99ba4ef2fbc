// All set-up steps, in the order of their dependencies. Each step first checks whether there is anything to do.
import { ensureAddons, ensureEngineTests, ensureProcessAddon } from "./addon.mjs";
import { ensureOldRust, whyNoOldRust } from "./debian-rust.mjs";
import { withLock } from "./lock.mjs";
import { ensureNpmPackages } from "./npm-packages.mjs";
import { inRoot } from "./paths.mjs";
import { PlainError, run } from "./run.mjs";
import { ensureSystemPackages, MissingError } from "./system-packages.mjs";
import { ensureVscodeServer } from "./vscode.mjs";
import { packageVsix } from "./vsix.mjs";

/** @typedef {"npm" | "process-addon" | "addon" | "engine-tests" | "bundles" | "rust" | "old-rust" | "lint" | "vscode" | "browser" | "fuzz" | "vsix"} Need */

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

/** An older compiler makes the tests cover more; on a machine that cannot have it, set-up says why and goes on. */
async function oldRust() {
  const skipped = (/** @type {string} */ why) => {
    console.log(`set-up: rustc 1.85 (LLVM 19) is skipped: ${why}`);
  };
  const why = whyNoOldRust();
  if (why !== undefined) {
    skipped(why);
    return;
  }
  try {
    await ensureSystemPackages(["old-rust"]);
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    skipped(error.message);
    return;
  }
  await ensureOldRust();
}

/** Always packages: this takes two seconds, and dist/ has just been rebuilt. */
async function ensureVsix() {
  await packageVsix();
}

/**
 * Makes sure that everything needed exists and is up to date.
 *
 * @param {readonly Need[]} needs
 * @throws {PlainError} if something cannot be installed or built
 */
export async function setUp(needs) {
  await withLock(async () => {
    await once("npm", ensureNpmPackages);
    const compiles = needs.includes("addon") || needs.includes("process-addon");
    const purposes = /** @type {const} */ (["addon", "engine-tests", "rust", "lint", "vscode", "browser", "fuzz"]).filter((purpose) =>
      purpose === "addon" ? compiles : needs.includes(purpose),
    );
    await once(`system ${purposes.join(" ")}`, () => ensureSystemPackages(purposes));
    if (compiles) await once("process-addon", ensureProcessAddon);
    if (needs.includes("addon")) await once("addon", ensureAddons);
    if (needs.includes("engine-tests")) await once("engine-tests", ensureEngineTests);
    if (needs.includes("old-rust")) await once("old-rust", oldRust);
    if (needs.includes("bundles")) await once("bundles", ensureBundles);
    if (needs.includes("vsix")) await once("vsix", ensureVsix);
    if (needs.includes("vscode")) await once("vscode", ensureVscodeServer);
  });
}
