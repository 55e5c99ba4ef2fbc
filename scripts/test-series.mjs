// `npm run test:series`: the LLVM series and Rust compilers that need a newer system than this one, in a scratch root of Debian unstable. Not part of
// `npm test`: it needs root, the network for Debian's packages, and 4 GB. What a machine cannot have is skipped, with the reason.
// `npm run test:series -- --matrix` runs only the compilers there, with every configuration of the bench verify-matrix instead of the tests' selection (an hour).
import fs from "node:fs";
import path from "node:path";
import { ensureEngineTests } from "./lib/addon.mjs";
import { noCounts } from "./lib/counts.mjs";
import { LLVM_SERIES, supportedSeriesOf, USUAL_SERIES } from "./lib/llvm-series.mjs";
import { main } from "./lib/main.mjs";
import { cache, dist, inRoot } from "./lib/paths.mjs";
import { finish, report } from "./lib/report.mjs";
import { findRust } from "./lib/rust.mjs";
import { PlainError, run, seconds } from "./lib/run.mjs";
import { ensureAnotherRust, ensureScratchRoot, readFromScratchRoot, runInScratchRoot, whyNoScratchRoot } from "./lib/scratch-root.mjs";
import { setUp } from "./lib/setup.mjs";
import { ALL_TESTS } from "./lib/test-choice.mjs";
import { googleTests, judgeNodeTest, NODE_TEST } from "./lib/tiers.mjs";

/** The series whose library this machine may not have, oldest first; the engine of the last one is also tested on clang's bitcode and on older one. */
const SERIES = LLVM_SERIES.filter(({ engine, packages }) => engine && packages.suite !== null);
const NEWEST = SERIES.at(-1) ?? USUAL_SERIES;
const ANOTHER_SUITE = "experimental";

const wholeMatrix = process.argv.includes("--matrix");

/** @type {import("./lib/report.mjs").Result[]} */
const results = [];

/** @param {string} text */
const show = (text) => process.stdout.write(text);

/**
 * @param {string} name
 * @param {() => Promise<import("./lib/tiers.mjs").Outcome>} work
 */
async function part(name, work) {
  const started = Date.now();
  console.log(`\n=== ${name}`);
  const outcome = await work();
  if (outcome.problem !== undefined) console.log(`${name}: ${outcome.problem}`);
  results.push({ name, time: seconds(started), ...outcome });
}

/** @param {string} name @param {string} why */
function skip(name, why) {
  console.log(`\n=== ${name}\nskipped: ${why}`);
  results.push({ name, time: "", counts: { ...noCounts(), skipped: 1 }, problem: why.split("\n")[0] ?? why });
}

/**
 * @param {string} file in test/
 * @param {import("./lib/scratch-root.mjs").InsideOptions} options
 * @param {readonly string[]} [args] of Node's
 */
async function nodeTests(file, options, args = []) {
  const command = ["node", ...NODE_TEST, ...args, path.join("test", file)];
  return judgeNodeTest(await runInScratchRoot(command, { ...options, onOutput: show }));
}

/** The path of a series' library in the root. @param {import("./lib/llvm-series.mjs").LlvmSeries} series */
async function libraryOf({ name }) {
  const found = await readFromScratchRoot(["sh", "-c", `readlink -f /usr/lib/*/libLLVM.so.${name}`]);
  return found.trim();
}

/**
 * Captures the example with this machine's rustc, if its LLVM is older than the newest and it is in a folder of its own, which the root can have too.
 *
 * @returns {Promise<import("./lib/scratch-root.mjs").InsideOptions>} what the tests need to find the unit and its compiler
 */
async function captureHere() {
  const { usable } = findRust();
  if (usable === undefined || supportedSeriesOf(usable.llvm) === NEWEST) return {};
  const compiler = await run(path.join(usable.folder, "rustc"), ["--print", "sysroot"]);
  const sysroot = compiler.output.trim();
  if (compiler.code !== 0 || sysroot === "/usr") return {};
  const folder = path.join(cache, "series", "captured");
  fs.rmSync(folder, { recursive: true, force: true });
  const workspace = path.join(folder, "example");
  fs.cpSync(inRoot("examples", "rust"), workspace, { recursive: true, filter: (source) => path.basename(source) !== "target" });
  const store = path.join(folder, "store");
  const env = { ...process.env, LTO_INSPECTOR_STORE: store };
  const { code, output } = await run(process.execPath, [path.join(dist, "cli.js"), "capture", workspace, "--package", "textstats"], {
    env,
  });
  if (code !== 0) throw new PlainError(`capturing examples/rust failed:\n${output}`);
  console.log(`captured with rustc ${usable.release} (LLVM ${usable.llvm})`);
  const unit = output.trim().split("\n").at(-1) ?? "";
  const environment = {
    LTO_INSPECTOR_TEST_CAPTURED: `${store}\n${unit}`,
    PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${path.join(sysroot, "bin")}`,
  };
  return { folders: [sysroot], environment };
}

/** The verification of examples/rust with a rustc in the root. @param {string} name @param {string} folder of rustc and cargo */
async function matrix(name, folder) {
  const version = await readFromScratchRoot([path.join(folder, "rustc"), "-vV"]);
  const release = /^release: (.*)$/m.exec(version)?.[1] ?? "";
  const llvm = /^LLVM version: (.*)$/m.exec(version)?.[1] ?? "";
  const series = supportedSeriesOf(llvm);
  const label = `examples/rust with rustc ${release} (LLVM ${llvm}) of Debian ${name}`;
  if (series === undefined) {
    skip(label, `no engine can be built for LLVM ${llvm}`);
    return;
  }
  await setUp(["npm", "addon"], { series: [series] });
  const environment = { PATH: `${folder}:/usr/sbin:/usr/bin:/sbin:/bin` };
  await part(label, () =>
    wholeMatrix ? everyConfiguration({ environment }) : nodeTests("cli/verify-matrix/system.test.ts", { environment }),
  );
}

/** @param {import("./lib/scratch-root.mjs").InsideOptions} options @returns {Promise<import("./lib/tiers.mjs").Outcome>} configurations that equal rustc's */
async function everyConfiguration(options) {
  const args = ["--import", "tsx", "bench/main.ts", "verify-matrix", "--project", "example", "--toolchain", "system"];
  const { output } = await runInScratchRoot(["node", ...args], { ...options, onOutput: show });
  const [, measured, different] = /^(\d+) configurations measured, (\d+) of them differ from rustc$/m.exec(output) ?? [];
  if (measured === undefined) return { counts: { ...noCounts(), failed: 1 }, problem: "the matrix did not end" };
  return { counts: { ...noCounts(), passed: Number(measured) - Number(different), failed: Number(different) } };
}

/** @returns {Promise<string | undefined>} why nothing can be tested */
async function prepare() {
  const why = whyNoScratchRoot();
  if (why !== undefined) return why;
  try {
    await setUp(["npm", "series"]);
    const libraries = SERIES.map(({ packages }) => packages.library);
    await ensureScratchRoot([...libraries, `clang-${NEWEST.major}`, `lld-${NEWEST.major}`]);
    return undefined;
  } catch (error) {
    if (error instanceof PlainError) return error.message;
    throw error;
  }
}

async function testAll() {
  if (!wholeMatrix) await testEngines();
  await testCompilers();
}

async function testEngines() {
  await setUp(["npm", "addon", "bundles", "rust"], { series: [...SERIES, USUAL_SERIES] });
  await ensureEngineTests(SERIES);
  for (const series of SERIES) {
    await part(`engine on LLVM ${series.major} (C++)`, () =>
      googleTests(series, ALL_TESTS, (program, args) => runInScratchRoot([program, ...args], { onOutput: show })),
    );
  }
  const environment = { LTO_INSPECTOR_TEST_LLVM: await libraryOf(NEWEST), LTO_INSPECTOR_TEST_CLANG: NEWEST.major };
  await part(`addon on LLVM ${NEWEST.major}`, () => nodeTests("addon/engine.test.ts", { environment }));
  await part(`C and C++ of clang ${NEWEST.major}`, () => nodeTests("series/clang.test.ts", { environment }));
  const captured = await captureHere();
  await part(`older bitcode on LLVM ${NEWEST.major}`, () =>
    nodeTests("series/older-bitcode.test.ts", { ...captured, environment: { ...environment, ...captured.environment } }),
  );
}

async function testCompilers() {
  await setUp(["npm", "bundles", "rust"]);
  await matrix("unstable", "/usr/bin");
  try {
    await matrix(ANOTHER_SUITE, await ensureAnotherRust(ANOTHER_SUITE));
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    skip(`examples/rust with the rustc of Debian ${ANOTHER_SUITE}`, error.message);
  }
}

await main(async () => {
  const started = Date.now();
  const why = await prepare();
  if (why === undefined) await testAll();
  else skip("everything", why);
  report("part", results);
  console.log(`all parts after ${seconds(started)}`);
  finish(results);
});
