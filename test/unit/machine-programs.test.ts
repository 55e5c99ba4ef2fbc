/** Programs of this machine, and the toolchain that a folder chooses. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync } from "node:fs";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { machineToolchain } from "../../src/core/machine/chosen-toolchain.js";
import {
  isRustupProxy,
  machineCompilers,
  machineFolders,
  withoutRelativeLibraries,
  workspaceAround,
} from "../../src/core/machine/machine.js";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "lto-inspector-machine-")));
const workspace = join(scratch, "ws");
const member = join(workspace, "crates", "member");
const rustup = join(scratch, "rustup");
const HOST = `${{ x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch}-unknown-linux-gnu`;

async function program(file: string, text = "#!/bin/sh\nexit 1\n"): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o755 });
  return file;
}

before(async () => {
  await mkdir(member, { recursive: true });
  for (const folder of [workspace, member]) await writeFile(join(folder, "Cargo.toml"), "");
  for (const name of [`stable-${HOST}`, `nightly-${HOST}`, "linked"]) {
    for (const tool of ["cargo", "rustc"]) await program(join(rustup, "toolchains", name, "bin", tool));
  }
  await writeFile(
    join(rustup, "settings.toml"),
    `default_toolchain = "stable-${HOST}"\n[overrides]\n"${join(scratch, "overridden")}" = "nightly-${HOST}"\n`,
  );
  await program(join(scratch, "proxies", "rustup"));
  for (const tool of ["cargo", "rustc"]) await symlink("rustup", join(scratch, "proxies", tool));
});

after(() => rm(scratch, { recursive: true, force: true }));

function environment(PATH = join(scratch, "proxies")): NodeJS.ProcessEnv {
  return { PATH, RUSTUP_HOME: rustup, CARGO_HOME: join(scratch, "cargo"), HOME: join(scratch, "home") };
}

describe("the machine's folders of PATH", () => {
  it("are absolute, not writable by everybody, and not in the workspace", async () => {
    const good = join(scratch, "good");
    const open = join(scratch, "open");
    const inside = join(workspace, "bin");
    const link = join(scratch, "link");
    for (const folder of [good, open, inside]) await mkdir(folder);
    await chmod(open, 0o777);
    await symlink(inside, link);
    const PATH = [".", "", "bin", open, inside, link, join(scratch, "none"), good, "/usr/bin"].join(":");
    const folders = await machineFolders({ environment: environment(PATH), folder: member });
    assert.deepEqual(folders, [good, "/usr/bin", join(scratch, "cargo", "bin"), "/usr/local/bin"]);
  });

  it("include Cargo's own folder even if everybody may write to it, as in Rust's containers", async () => {
    const own = join(scratch, "cargo", "bin");
    await mkdir(own, { recursive: true });
    await chmod(own, 0o777);
    const folders = await machineFolders({ environment: environment(`${own}:/usr/bin`), folder: member });
    assert.equal(folders[0], own);
  });

  it("exclude the workspace, which is the topmost folder with a manifest", async () => {
    assert.equal(await workspaceAround(member), workspace);
    assert.equal(await workspaceAround(scratch), undefined);
    assert.equal(await workspaceAround("/"), undefined);
  });

  it("exclude programs whose links lead into the workspace", async () => {
    await program(join(workspace, "evil"));
    await mkdir(join(scratch, "linked"));
    await symlink(join(workspace, "evil"), join(scratch, "linked", "rustc"));
    const compilers = await machineCompilers({ environment: environment(join(scratch, "linked")), folder: member });
    assert.ok(
      compilers.every((file) => file.startsWith(rustup) || file.startsWith("/usr")),
      compilers.join("\n"),
    );
  });

  it("identify rustup's proxies by link and by inode", async () => {
    assert.ok(await isRustupProxy(join(scratch, "proxies", "cargo")));
    assert.ok(!(await isRustupProxy(join(rustup, "toolchains", "linked", "bin", "cargo"))));
  });

  it("drop loader paths that mean the current folder", () => {
    assert.deepEqual(withoutRelativeLibraries({ LD_LIBRARY_PATH: ":/opt/lib::lib:./x", A: "b" }), { A: "b", LD_LIBRARY_PATH: "/opt/lib" });
    assert.deepEqual(withoutRelativeLibraries({ LD_LIBRARY_PATH: ":" }), {});
  });
});

describe("the toolchain that a folder chooses", () => {
  interface Case {
    readonly name: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly env?: NodeJS.ProcessEnv;
    readonly folder?: string;
    /** The toolchain that may be run. */
    readonly used: string;
    /** What was not run, if anything. */
    readonly notRun?: RegExp;
  }
  const cases: readonly Case[] = [
    { name: "the default", used: `stable-${HOST}` },
    { name: "RUSTUP_TOOLCHAIN", env: { RUSTUP_TOOLCHAIN: "nightly" }, used: `nightly-${HOST}` },
    {
      name: "RUSTUP_TOOLCHAIN as a path",
      env: { RUSTUP_TOOLCHAIN: "/opt/tc" },
      used: `stable-${HOST}`,
      notRun: /RUSTUP_TOOLCHAIN chooses \/opt\/tc\. It was not run/,
    },
    { name: "a directory override", folder: join(scratch, "overridden", "below"), used: `nightly-${HOST}` },
    { name: "a channel", files: { "rust-toolchain.toml": `[toolchain]\nchannel = "nightly"\n` }, used: `nightly-${HOST}` },
    { name: "a channel in the older file", files: { "rust-toolchain": "nightly\n" }, used: `nightly-${HOST}` },
    { name: "a table in the older file", files: { "rust-toolchain": `[toolchain]\nchannel = "nightly"\n` }, used: `nightly-${HOST}` },
    { name: "a linked toolchain", files: { "rust-toolchain.toml": `[toolchain]\nchannel = "linked"\n` }, used: "linked" },
    {
      name: "one that is not installed",
      files: { "rust-toolchain.toml": `[toolchain]\nchannel = "1.50"\n` },
      used: `stable-${HOST}`,
      notRun: /1\.50, which rustup does not have/,
    },
    { name: "one in a folder above", files: { "../rust-toolchain.toml": `[toolchain]\nchannel = "nightly"\n` }, used: `nightly-${HOST}` },
    {
      name: "a path",
      files: { "rust-toolchain.toml": `[toolchain]\npath = "tc"\n` },
      used: `stable-${HOST}`,
      notRun: /rust-toolchain\.toml chooses .*\/tc\. It was not run/,
    },
    {
      name: "a path next to a channel",
      files: { "rust-toolchain.toml": `[toolchain]\nchannel = "nightly"\npath = "tc"\n` },
      used: `stable-${HOST}`,
      notRun: /It was not run/,
    },
    {
      name: "a name that is a path",
      files: { "rust-toolchain.toml": `[toolchain]\nchannel = "../../evil"\n` },
      used: `stable-${HOST}`,
      notRun: /It was not run/,
    },
    { name: "a file that is not TOML", files: { "rust-toolchain.toml": "[[[" }, used: `stable-${HOST}` },
  ];
  for (const [index, { name, files = {}, env = {}, folder, used, notRun }] of cases.entries()) {
    it(name, async () => {
      const here = folder ?? join(scratch, `case-${index}`, "package");
      await mkdir(here, { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeFile(join(here, file), text);
      const choice = await machineToolchain({ environment: { ...environment(), ...env }, folder: here });
      assert.equal(choice.program.rustc, join(rustup, "toolchains", used, "bin", "rustc"));
      assert.equal(choice.program.environment["RUSTUP_TOOLCHAIN"], used);
      if (notRun === undefined) assert.equal(choice.notRun, null);
      else assert.match(choice.notRun?.message ?? "", notRun);
    });
  }
});
