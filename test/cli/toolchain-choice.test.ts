/** The toolchain of a folder, compared with what rustup itself chooses there; and linked toolchains. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { seriesOf, seriesWithEngine } from "../../src/core/machine/llvm-series.js";
import { detectToolchain, lookAtToolchain } from "../../src/core/machine/toolchain.js";
import type { CaptureReport, DoctorReport } from "../../src/protocol/reports.js";
import type { VerifyReport } from "../../src/protocol/runs.js";
import type { Toolchain } from "../../src/protocol/units.js";
import { skipWithoutRust, TestCli } from "../support/cli.js";
import { BARE_DEMO, layOut } from "../support/programs.js";

const rustup = spawnSync("rustup", ["--version"], { encoding: "utf8" });
const skip = skipWithoutRust !== false ? skipWithoutRust : rustup.status === 0 ? false : "there is no rustup";

describe("the toolchain of a folder", { skip }, () => {
  const scratch = mkdtempSync(join(tmpdir(), "lto-inspector-toolchains-"));
  const home = join(scratch, "rustup");
  const real = process.env["RUSTUP_HOME"] ?? join(homedir(), ".rustup");
  /** This machine's toolchains that an engine can load, by name, without linked ones. */
  let names: string[] = [];
  const environment: NodeJS.ProcessEnv = { ...process.env, RUSTUP_HOME: home };
  delete environment["RUSTUP_TOOLCHAIN"];
  const linked = join(scratch, "stage1");
  const cli = new TestCli(join(scratch, "store"));

  /** What rustup's own proxy says in a folder. */
  const saidByRustup = (folder: string): { release: string; sysroot: string } => {
    const ask = (...args: string[]): string => execFileSync("rustc", args, { cwd: folder, env: environment, encoding: "utf8" });
    return { release: /^release: (.*)$/m.exec(ask("-vV"))?.[1] ?? "", sysroot: ask("--print", "sysroot").trim() };
  };
  const essence = ({ release, sysroot }: Pick<Toolchain, "release" | "sysroot">): unknown => ({ release, sysroot });
  const folderWith = (files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(scratch, "folder-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  const agrees = async (folder: string): Promise<void> => {
    const said = saidByRustup(folder);
    const looked = await lookAtToolchain(folder, { environment });
    assert.deepEqual([looked.notRun, essence(looked.toolchain)], [null, said]);
    assert.deepEqual(essence(await detectToolchain(folder, { environment })), said);
  };

  before(() => {
    // A separate RUSTUP_HOME with links to the machine's toolchains.
    mkdirSync(join(home, "toolchains"), { recursive: true });
    const engines = seriesWithEngine();
    for (const name of readdirSync(join(real, "toolchains"))) {
      const place = join(real, "toolchains", name);
      const rustc = spawnSync(join(place, "bin", "rustc"), ["-vV"], { encoding: "utf8" });
      const series = seriesOf(/^LLVM version: (.*)$/m.exec(rustc.stdout)?.[1] ?? "");
      if (rustc.status !== 0 || series === undefined || !engines.includes(series)) continue;
      symlinkSync(place, join(home, "toolchains", name));
      names.push(name);
    }
    names = names.toSorted();
    writeFileSync(join(home, "settings.toml"), `version = "12"\ndefault_toolchain = "${names[0] ?? ""}"\n`);
    // Like the output of building rustc: the compiler and its libraries, without Cargo.
    const source = join(real, "toolchains", names[0] ?? assert.fail("rustup has no toolchain that can be used"));
    mkdirSync(join(linked, "bin"), { recursive: true });
    execFileSync("cp", ["-r", "--reflink=auto", join(source, "bin", "rustc"), join(linked, "bin", "rustc")]);
    execFileSync("cp", ["-rL", "--reflink=auto", join(source, "lib"), join(linked, "lib")]);
    execFileSync("rustup", ["toolchain", "link", "mine", linked], { env: environment, stdio: "ignore" });
    assert.ok(existsSync(join(home, "toolchains", "mine")));
  });

  after(() => rm(scratch, { recursive: true, force: true }));

  it("is rustup's default where nothing else is chosen", async () => {
    await agrees(folderWith({}));
  });

  it("is the channel of rust-toolchain.toml, of each that is installed", async () => {
    for (const name of names) {
      const channel = /^(.+?)-(?:x86_64|aarch64)-/.exec(name)?.[1] ?? name;
      await agrees(folderWith({ "rust-toolchain.toml": `[toolchain]\nchannel = "${channel}"\n` }));
    }
  });

  it("is the name in a rust-toolchain of one line, and that of a folder above", async () => {
    const folder = folderWith({ "rust-toolchain": `${names.at(-1) ?? ""}\n` });
    await agrees(folder);
    mkdirSync(join(folder, "src"));
    await agrees(join(folder, "src"));
  });

  it("is rustup's override, which goes before a file", async () => {
    const folder = folderWith({ "rust-toolchain.toml": '[toolchain]\nchannel = "no-such-channel"\n' });
    execFileSync("rustup", ["override", "set", names.at(-1) ?? "", "--path", folder], { env: environment, stdio: "ignore" });
    assert.match(readFileSync(join(home, "settings.toml"), "utf8"), /\[overrides\]/);
    await agrees(folder);
  });

  it("is a linked toolchain, by its name or its path", async () => {
    await agrees(folderWith({ "rust-toolchain.toml": '[toolchain]\nchannel = "mine"\n' }));
    const byPath = folderWith({ "rust-toolchain.toml": `[toolchain]\npath = "${linked}"\n` });
    assert.deepEqual(essence(await detectToolchain(byPath, { environment })), saidByRustup(byPath));
  });

  it("that is not installed is named, and another one queried in its place", async () => {
    const { notRun } = await lookAtToolchain(folderWith({ "rust-toolchain.toml": '[toolchain]\nchannel = "1.70.0"\n' }), { environment });
    assert.match(notRun?.message ?? "", /rust-toolchain\.toml chooses the toolchain 1\.70\.0, which rustup does not have/);
    assert.match(notRun?.help ?? "", /rustup toolchain install 1\.70\.0/);
  });

  it("is the one that doctor marks, with its engine", async () => {
    const folder = folderWith({ "rust-toolchain.toml": '[toolchain]\nchannel = "mine"\n' });
    const report = await cli.report<DoctorReport>(["doctor", folder], 0, { env: { RUSTUP_HOME: home } });
    const here = report.toolchains.find(({ usedHere }) => usedHere);
    assert.equal(here?.toolchain.sysroot, linked);
    assert.ok(here.library?.path.startsWith(linked), here.library?.path);
    const { release, llvmVersion } = here.toolchain;
    const engine = report.engines.find(({ series }) => llvmVersion.startsWith(`${series}.`));
    assert.ok(engine?.addon !== null && engine?.usedBy.includes(release));
  });

  it("that is linked is captured with, replayed and verified", async () => {
    const folder = mkdtempSync(join(scratch, "package-"));
    await layOut({ ...BARE_DEMO, "rust-toolchain.toml": `[toolchain]\nchannel = "mine"\n` }, folder);
    const options = { env: { RUSTUP_HOME: home } };
    const captured = await cli.report<CaptureReport>(["capture", folder], 0, options);
    const [unit] = captured.units;
    assert.ok(unit);
    assert.equal(unit.toolchain.sysroot, linked);
    const verified = await cli.report<VerifyReport>(["verify", `${unit.id}@${unit.capture}`], 0, options);
    assert.ok(verified.llvm.path.startsWith(linked), verified.llvm.path);
  });
});
