/** Captures of real builds: what is kept, what is passed on, and errors. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "esbuild";
import { captureUnits } from "../../src/core/producers/rust/capture/capture.js";
import { loadUnit } from "../../src/core/store/captures.js";
import type { CaptureOptions, CaptureProgress } from "../../src/core/producers/captures.js";
import { isLtoError } from "../../src/core/base/errors.js";
import { detectToolchain, findToolchains } from "../../src/core/machine/toolchain.js";
import { discover } from "../../src/core/producers/rust/workspace/discover.js";
import type { LtoErrorName } from "../../src/protocol/error-table.js";
import { THIN_STAGES } from "../../src/protocol/stages.js";
import type { UnitManifest } from "../../src/protocol/units.js";
import { isRunning } from "../../scripts/lib/processes.mjs";
import { TestCli } from "../support/cli.js";
import { until } from "../support/patience.js";
import { repository } from "../support/repository.js";

let scratch = "";
let wrapper = "";
const store = (): string => path.join(scratch, "store");

before(async () => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lto-capture-"));
  wrapper = path.join(scratch, "rustc-wrapper.js");
  const entryPoints = [path.join(repository, "src/core/producers/rust/wrapper/main.ts")];
  await build({ entryPoints, outfile: wrapper, bundle: true, platform: "node", target: "node20", format: "cjs" });
});

after(() => {
  fs.rmSync(scratch, { recursive: true, force: true });
});

async function capture(folder: string, options: Partial<CaptureOptions> = {}): Promise<UnitManifest[]> {
  return captureUnits({ folder, store: store(), wrapper, ...options });
}

/** @param words in the message, or in a program's output */
function fails(name: LtoErrorName, words: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isLtoError(error), String(error));
    assert.equal(error.report.name, name, error.message);
    assert.match(`${error.message}\n${error.report.output ?? ""}`, words);
    return true;
  };
}

/** Writes files under a folder of the scratch directory. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const folder = path.join(scratch, name);
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), content);
  }
  return folder;
}

const PROGRAM = `mod part { pub fn twice(x: u32) -> u32 { println!("{x}"); x * 2 } }\nfn main() { println!("{}", part::twice(3)); }\n`;

/** A package without dependencies; LTO is thin-local by default, which spends no time on std. */
function program(name: string, manifest = "", files: Readonly<Record<string, string>> = {}): string {
  return project(name, {
    "Cargo.toml": `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${manifest}\n[workspace]\n`,
    "src/main.rs": PROGRAM,
    ...files,
  });
}

function only(units: readonly UnitManifest[]): UnitManifest {
  assert.equal(units.length, 1, units.map(({ id }) => id).join(" "));
  const [unit] = units;
  assert.ok(unit);
  assert.ok(unit.complete, unit.incompleteBecause?.message);
  return unit;
}

/** Checks that everything in a manifest exists, and that every decision of rustc is accounted for. */
function whole(unit: UnitManifest): void {
  const { decisions } = unit;
  assert.ok(decisions);
  for (const { file } of [...unit.localModules, ...unit.upstream]) assert.ok(fs.statSync(file).size > 0, file);
  const names = [...unit.localModules.map(({ name }) => name), ...unit.upstream.flatMap(({ members }) => members ?? [])];
  assert.deepEqual(names.toSorted(), [...decisions.localModules, ...decisions.upstreamOrCachedModules].toSorted());
  assert.deepEqual(Object.keys(decisions.verdicts).toSorted(), names.toSorted());
  for (const [module, verdict] of Object.entries(decisions.verdicts)) {
    const files = Object.values(unit.rustcStages[module] ?? {});
    assert.equal(files.length, verdict === "re-used" ? 0 : THIN_STAGES.length, `${module} was ${verdict}`);
    for (const file of files) assert.equal(fs.readFileSync(file).subarray(0, 2).toString(), "BC", file);
  }
  assert.ok(decisions.preservedSymbols !== null && decisions.preservedSymbols > 0);
  assert.deepEqual(unit.warnings, []);
}

function keysIn(file: string | null): Record<string, string> {
  assert.ok(file !== null);
  const lines = fs
    .readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
}

describe("the example workspace", () => {
  let folder = "";
  let first: UnitManifest;

  const edit = (option: string): void => {
    execFileSync(process.execPath, [path.join(folder, "edit.mjs"), option, folder]);
  };

  before(async () => {
    folder = path.join(scratch, "example");
    fs.cpSync(path.join(repository, "examples", "rust"), folder, { recursive: true, filter: (file) => path.basename(file) !== "target" });
    first = only(await capture(folder));
  });

  it("is captured completely", () => {
    whole(first);
    const { id, capture: number, name, crateTypes, profile, mode, incremental, deviations, settings } = first;
    assert.match(id, /^textstats-bin-[0-9a-f]{8}$/);
    assert.deepEqual([number, name, crateTypes, profile, mode, incremental], [1, "textstats (bin)", ["bin"], "release", "thin", true]);
    assert.deepEqual(deviations, []);
    assert.equal(settings.optLevel, "3");
    assert.equal(first.previousKeysFile, null);
    assert.equal(first.decisions?.previousKeys, null);
    assert.deepEqual(keysIn(first.currentKeysFile), { ...first.decisions.currentKeys });
    assert.equal(first.localModules.filter(({ origin }) => origin === "allocator").length, 1);
    for (const { origin, reserialize, file } of first.localModules) {
      assert.equal(reserialize, origin === "allocator");
      assert.equal(file.endsWith(".pre-lto.bc"), origin === "local");
    }
    const crates = first.upstream.map(({ crate }) => crate);
    for (const crate of ["text_core", "text_stats", "std", "core"]) assert.ok(crates.includes(crate), crate);
    for (const { crate, file, source } of first.upstream) assert.equal(file === source, !crate.startsWith("text_"), crate);
    assert.ok((first.outputBytes ?? 0) > 100_000);
  });

  it("leaves the user's own folder alone", () => {
    assert.deepEqual(fs.readdirSync(folder).toSorted(), [".gitignore", "Cargo.lock", "Cargo.toml", "README.md", "crates", "edit.mjs"]);
    const left = fs.readdirSync(path.join(store(), "targets"), { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      left.filter((name) => name.includes(".rcgu.") && !name.includes("incremental")),
      [],
    );
  });

  it("is the same capture if nothing changed", async () => {
    const again = only(await capture(folder));
    assert.equal(again.capture, 1);
    assert.deepEqual(again, first);
  });

  it("has re-used and re-compiled codegen units after an edit", async () => {
    edit("--apply");
    const second = only(await capture(folder));
    whole(second);
    assert.deepEqual([second.id, second.capture], [first.id, 2]);
    assert.deepEqual(keysIn(second.previousKeysFile), { ...first.decisions?.currentKeys });
    assert.ok(second.decisions);
    assert.deepEqual(second.decisions.previousKeys, first.decisions?.currentKeys);
    const { verdicts } = second.decisions;
    const locals = second.localModules.filter(({ origin }) => origin === "local");
    const green = locals.filter((module) => module.green);
    const reused = locals.filter(({ name }) => verdicts[name] === "re-used");
    assert.ok(green.length < locals.length, "the edited unit is not green");
    assert.ok(reused.length > 0 && reused.length < green.length, "importers are green but re-compiled");
    for (const { name } of reused) {
      assert.ok(
        green.some((module) => module.name === name),
        name,
      );
    }
    for (const { members } of second.upstream) for (const member of members ?? []) assert.equal(verdicts[member], "re-compiled");
    const inode = (unit: UnitManifest, stage: "thin-lto-input"): number | undefined => {
      const [member = ""] = unit.upstream.find(({ crate }) => crate === "core")?.members ?? [];
      const file = unit.rustcStages[member]?.[stage];
      return file === undefined ? undefined : fs.statSync(file).ino;
    };
    assert.equal(inode(second, "thin-lto-input"), inode(first, "thin-lto-input"), "equal files are stored once");
    assert.deepEqual(await loadUnit(store(), second.id), second);
  });

  it("is captured again after the capture was lost", async () => {
    whole(only(await capture(folder, { profile: "local" })));
    fs.rmSync(path.join(store(), "captures"), { recursive: true });
    const again = only(await capture(folder, { profile: "local" }));
    whole(again);
    assert.equal(again.capture, 1);
    assert.equal(again.previousKeysFile, null, "it was built from scratch");
    edit("--revert");
  });

  it("has two libraries for C, built together", async () => {
    const units = await capture(folder, { profile: "local", packages: ["textstats-ffi", "textstats-static"] });
    assert.deepEqual(
      units.map(({ crateTypes }) => crateTypes),
      [["staticlib"], ["cdylib"]],
    );
    for (const unit of units) whole(unit);
    assert.notDeepEqual(units[0]?.decisions?.localModules, units[1]?.decisions?.localModules);
  });

  it("has an example, tests and a benchmark", async () => {
    const units = await capture(folder, { profile: "local", packages: ["text-stats", "textstats"], cargoArgs: ["--all-targets"] });
    assert.deepEqual(units.map(({ name }) => name).toSorted(), [
      ...["program (test)", "summary (bench)", "text_stats (unit tests of the lib)", "textstats (bin)"],
      ...["textstats (unit tests of the bin)", "top_words (example)"],
    ]);
    assert.equal(units.at(-1)?.name, "textstats (bin)", "the primary one is last");
    for (const unit of units) whole(unit);
    assert.ok(units.every(({ mode, upstream }) => mode === "thin-local" && upstream.length === 0));
  });

  it("deviates without incremental compilation, and writes its own units again", async () => {
    const unit = only(await capture(folder, { profile: "local", incremental: false }));
    whole(unit);
    assert.deepEqual(unit.deviations, [{ setting: "incremental", build: "true", used: "false" }]);
    assert.ok(unit.localModules.every(({ reserialize, green }) => reserialize && green === false));
    assert.deepEqual([unit.currentKeysFile, unit.previousKeysFile], [null, null]);
  });

  it("is found by discovery, with what ordinary builds left", async () => {
    execFileSync("cargo", ["build", "--profile", "local"], { cwd: folder, stdio: "ignore" });
    execFileSync("cargo", ["build"], { cwd: folder, stdio: "ignore" });
    const { workspace, units } = await discover({ folder: path.join(folder, "crates", "textstats"), store: store() });
    assert.equal(workspace, fs.realpathSync(folder));
    const named = (kind: string, name: string): (typeof units)[number] | undefined =>
      units.find((unit) => unit.kind === kind && unit.name === name);
    assert.ok(named("capture", "textstats_c (cdylib)")?.complete);
    const session = named("session", "textstats (session)");
    assert.deepEqual([session?.mode, session?.complete, session?.profile], ["thin-local", true, "local"]);
    const debug = named("output", "textstats (bin)");
    assert.deepEqual([debug?.profile, debug?.complete, debug?.incompleteBecause?.name], ["dev", false, "NoBitcode"]);
    fs.rmSync(path.join(folder, "target"), { recursive: true });
  });
});

describe("a capture's build", () => {
  it("keeps RUSTFLAGS, or Cargo's configuration if there are none", async () => {
    const folder = program("flags", "", {
      ".cargo/config.toml": '[build]\nrustflags = ["-C", "target-cpu=x86-64-v2", "-Cno-vectorize-slp"]\n',
    });
    const configured = only(await capture(folder));
    assert.equal(configured.settings.targetCpu, "x86-64-v2");
    assert.equal(configured.settings.vectorizeSlp, false);
    const flags = only(
      await capture(folder, { environment: { ...process.env, RUSTFLAGS: "-Copt-level=2 -C llvm-args=-inline-threshold=9" } }),
    );
    assert.deepEqual([flags.settings.targetCpu, flags.settings.optLevel, flags.settings.llvmArgs], [null, "2", ["-inline-threshold=9"]]);
    assert.notEqual(flags.id, configured.id);
    assert.equal(only(await capture(folder)).id, configured.id);
  });

  it("chains an existing wrapper, and passes build scripts and macros on", async () => {
    const seen = path.join(scratch, "seen");
    const folder = project("chained", {
      "Cargo.toml": '[workspace]\nmembers = ["app", "mac"]\nresolver = "2"\n',
      ".cargo/config.toml": `[build]\nrustc-wrapper = "tools/wrap.sh"\n[env]\nRUSTC_LOG = "rustc_lint=debug"\n`,
      "tools/wrap.sh": `#!/bin/sh\necho "$*" >> '${seen}'\nexec "$@"\n`,
      "app/Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nmac = { path = "../mac" }\n',
      "app/build.rs": 'fn main() { println!("cargo::rustc-cfg=built"); println!("cargo::rustc-check-cfg=cfg(built)"); }\n',
      "app/src/main.rs": `${PROGRAM}#[cfg(built)] mac::make!();\nfn unused() {}\n`,
      "mac/Cargo.toml": '[package]\nname = "mac"\nversion = "0.1.0"\nedition = "2021"\n[lib]\nproc-macro = true\n',
      "mac/src/lib.rs":
        'extern crate proc_macro;\n#[proc_macro]\npub fn make(_: proc_macro::TokenStream) -> proc_macro::TokenStream { eprintln!("macro speaks"); "pub fn made() {}".parse().unwrap() }\n',
    });
    fs.chmodSync(path.join(folder, "tools/wrap.sh"), 0o755);
    const lines: string[] = [];
    const unit = only(await capture(folder, { onProgress: ({ message }: CaptureProgress) => lines.push(message) }));
    whole(unit);
    const calls = fs
      .readFileSync(seen, "utf8")
      .split("\n")
      .filter((line) => line.includes("--crate-name "));
    const crates = calls.flatMap((line) => / --crate-name (\w+) /.exec(line)?.[1] ?? []).filter((crate) => crate !== "___");
    assert.deepEqual([...new Set(crates)].toSorted(), ["app", "build_script_build", "mac"]);
    assert.deepEqual(calls.map((line) => line.includes("save-temps")).filter(Boolean).length, 1);
    const said = lines.join("\n");
    assert.match(said, /macro speaks/);
    assert.match(said, /function `unused` is never used/);
    assert.doesNotMatch(said, /back::lto/);
  });

  it("bypasses a compiler cache for the final crate, and says so", async () => {
    const folder = program("cached");
    const cache = path.join(scratch, "bin", "sccache");
    fs.mkdirSync(path.dirname(cache), { recursive: true });
    fs.writeFileSync(cache, '#!/bin/sh\ncase "$*" in *save-temps*) exit 1;; esac\nexec "$@"\n', { mode: 0o755 });
    const temporary = path.join(scratch, "tmp");
    fs.mkdirSync(temporary);
    const unit = only(await capture(folder, { environment: { ...process.env, RUSTC_WRAPPER: cache, TMPDIR: temporary } }));
    assert.match(unit.warnings.join("\n"), /sccache.*bypassed/);
    assert.deepEqual(fs.readdirSync(temporary), [], "rustc keeps what it made for the linker, but the capture does not");
  });

  it("reports Cargo's errors if it fails", async () => {
    const folder = program("broken", "", { "src/main.rs": "fn main() { missing(); }\n" });
    await assert.rejects(capture(folder), (error) => {
      assert.ok(fails("BuildFailed", /cannot find function `missing`/)(error));
      const [problem, ...others] = isLtoError(error) ? (error.report.problems ?? []) : [];
      const file = path.join(folder, "src/main.rs");
      const [start, end] = [12, 19].map((character) => ({ line: 0, character }));
      const message = "cannot find function `missing` in this scope: not found in this scope";
      assert.deepEqual([problem, others], [{ severity: "error", code: "E0425", message, file, start, end }, []]);
      return true;
    });
    await assert.rejects(capture(folder, { bins: ["nothing"] }), fails("BuildFailed", /no bin target named `nothing`/));
    await assert.rejects(capture(scratch), fails("NothingToInspect", /could not find `Cargo.toml`/));
    await assert.rejects(capture(path.join(scratch, "nowhere")), fails("UnreadableFile", /nowhere/));
    await assert.rejects(capture(folder, { cargoArgs: ["--target-dir", "/x"] }), fails("Usage", /--target-dir/));
  });

  it("reports that there is no final crate", async () => {
    const folder = project("library", {
      "Cargo.toml": '[package]\nname = "library"\nversion = "0.1.0"\n[workspace]\n',
      "src/lib.rs": "pub fn f() {}\n",
    });
    await assert.rejects(capture(folder), fails("NothingToInspect", /library/));
    await assert.rejects(capture(program("plain"), { profile: "dev" }), fails("NothingToInspect", /dev/));
  });

  it("is incomplete for a library that is also an rlib if LTO was requested", async () => {
    const manifest = '[lib]\ncrate-type = ["rlib", "cdylib"]\n[profile.release]\nlto = "thin"\n';
    const folder = program("both", manifest, { "src/lib.rs": '#[no_mangle] pub extern "C" fn f(x: u32) -> u32 { x + 1 }\n' });
    const [unit] = await capture(folder, { cargoArgs: ["--lib"] });
    assert.equal(unit?.complete, false);
    assert.equal(unit.incompleteBecause?.name, "IncompleteUnit");
    assert.match(unit.incompleteBecause.help ?? "", /--lto thin-local/);
    const said = await new TestCli(store()).run(["capture", folder, "--", "--lib"]);
    assert.equal(said.code, 3);
    assert.match(said.stderr, /^ {2}warning: incomplete: .*\n {4}help: .*--lto thin-local/m);
    const local = only(await capture(folder, { cargoArgs: ["--lib"], lto: "thin-local" }));
    assert.deepEqual([local.mode, local.crateTypes], ["thin-local", ["rlib", "cdylib"]]);
    whole(local);
  });

  it("waits only for a while for Cargo's lock", { skip: !fs.existsSync("/usr/bin/flock") }, async () => {
    const folder = program("locked");
    const unit = only(await capture(folder));
    const outDir = unit.commandLine[unit.commandLine.indexOf("--out-dir") + 1] ?? "";
    const holder = spawn("flock", [path.join(path.dirname(outDir), ".cargo-lock"), "-c", "echo held; sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    await assert.rejects(capture(folder, { lockWait: 200 }), fails("CargoLocked", /waiting for file lock/));
    process.kill(-(holder.pid ?? 0));
    await new Promise((resolve) => holder.once("close", resolve));
    assert.equal(only(await capture(folder)).capture, 1);
  });

  it("is cancelled at once, and does not block the next one", async () => {
    // It would take a day.
    const sleeper =
      'fn main() { std::fs::write("pid", std::process::id().to_string()).unwrap(); std::thread::sleep(std::time::Duration::from_secs(86_400)); }\n';
    const folder = program("cancelled", "", { "build.rs": sleeper });
    const controller = new AbortController();
    const building = assert.rejects(capture(folder, { signal: controller.signal }), fails("Cancelled", /cancelled/));
    const pid = await until("the build script", () => fs.readFileSync(path.join(folder, "pid"), "utf8"));
    controller.abort();
    await building;
    await until("the end of the build script", () => !isRunning(Number(pid)));
    fs.writeFileSync(path.join(folder, "build.rs"), "fn main() {}\n");
    whole(only(await capture(folder)));
  });

  it("works with every installed toolchain", async () => {
    const folder = program("toolchains");
    const toolchains = (await findToolchains()).filter(({ problem }) => problem === null);
    assert.ok(toolchains.length > 0);
    for (const { toolchain } of toolchains) {
      const unit = only(await capture(folder, { toolchain: toolchain.rustc }));
      whole(unit);
      assert.deepEqual(unit.toolchain, toolchain);
    }
  });
});

describe("the toolchain that Cargo uses", () => {
  it("is the one of RUSTC, of `build.rustc`, and of the first rustc in PATH", async () => {
    const folder = program("which");
    const usable = (await findToolchains()).filter(({ problem }) => problem === null).map(({ toolchain }) => toolchain);
    const here = await detectToolchain(folder);
    assert.ok(usable.some(({ rustc }) => rustc === here.rustc));
    for (const { rustc } of usable) {
      assert.equal((await detectToolchain(folder, { environment: { ...process.env, RUSTC: rustc } })).rustc, rustc);
      fs.mkdirSync(path.join(folder, ".cargo"), { recursive: true });
      fs.writeFileSync(path.join(folder, ".cargo", "config.toml"), `[build]\nrustc = ${JSON.stringify(rustc)}\n`);
      assert.equal((await detectToolchain(folder)).rustc, rustc);
      fs.rmSync(path.join(folder, ".cargo"), { recursive: true });
      const PATH = [path.dirname(rustc), process.env["PATH"]].join(path.delimiter);
      assert.equal((await detectToolchain(folder, { environment: { ...process.env, PATH } })).rustc, rustc);
    }
    assert.deepEqual(fs.readdirSync(folder).toSorted(), ["Cargo.toml", "src"], "nothing was built or written");
  });

  it("is refused with a clear message if it is too old or missing", async () => {
    const old = path.join(scratch, "old-rustc");
    const version =
      "rustc 1.63.0\\nbinary: rustc\\ncommit-hash: x\\nhost: x86_64-unknown-linux-gnu\\nrelease: 1.63.0\\nLLVM version: 14.0.6\\n";
    fs.writeFileSync(old, `#!/bin/sh\nif [ "$1" = -vV ]; then printf '${version}'; else echo /nowhere; fi\n`, { mode: 0o755 });
    const environment = { ...process.env, RUSTC: old };
    await assert.rejects(
      detectToolchain(scratch, { environment }),
      fails("NoToolchain", /rustc 1\.63\.0 uses LLVM 14\.0\.6; this build has .*LLVM (?:.* and )?22/),
    );
    await assert.rejects(
      detectToolchain(scratch, { environment: { ...process.env, RUSTC: "/nowhere/rustc" } }),
      fails("NoToolchain", /\/nowhere\/rustc/),
    );
    await assert.rejects(detectToolchain(scratch, { toolchain: "no-such-toolchain-1" }), fails("NoToolchain", /no-such-toolchain-1/));
  });
});
