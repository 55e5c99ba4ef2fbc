/**
 * Ways to run code of a workspace when it is only inspected. Each plants files; a program that runs leaves a mark beside itself, so it needs no
 * arguments. The tests of the command line and the extension host, and the fault campaign, share this table.
 */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** The mark that a workspace's program or library leaves beside itself when it runs. */
const MARK = ".RAN";

/** A program that leaves a mark. A wrapper's first argument is a program, which it then runs. */
const PROGRAM = `#!/bin/sh
: > "$0${MARK}"
case "$1" in /*) exec "$@" ;; esac
exit 1
`;

/** A library that leaves a mark when it is loaded. */
const LIBRARY = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
__attribute__((constructor)) static void loaded(void) {
  Dl_info info;
  char mark[4096];
  if (dladdr((void *)loaded, &info) == 0) return;
  snprintf(mark, sizeof mark, "%s${MARK}", info.dli_fname);
  close(open(mark, O_CREAT | O_WRONLY, 0644));
}
`;

/** A static program, which runs although the loader should only list its libraries. */
const STATIC_PROGRAM = `#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char mark[4096];
  snprintf(mark, sizeof mark, "%s${MARK}", argv[0]);
  close(open(mark, O_CREAT | O_WRONLY, 0644));
  return argc < 0;
}
`;

export interface Attempt {
  /** The part of the workspace that tries to run, and how. */
  readonly name: string;
  /** Text files of the workspace by path, \`\${workspace}\` is replaced by its folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs of the workspace by path. */
  readonly programs?: readonly string[];
  /** Libraries of the workspace by path. */
  readonly libraries?: readonly string[];
  /** The environment of the inspecting command, in addition to the usual one. */
  readonly env?: (workspace: string, env: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
  /** Folders of the workspace that everybody may write to. */
  readonly worldWritable?: readonly string[];
  /** The inspected folder, below the workspace; default: the workspace itself. */
  readonly folder?: string;
}

const PACKAGE = `[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n`;

/** Files of every workspace besides those of its attempt. */
export const HELLO: Readonly<Record<string, string>> = { "Cargo.toml": PACKAGE, "src/main.rs": "fn main() {}\n" };

const TOOLCHAIN = ["tc/bin/cargo", "tc/bin/rustc", "tc/bin/rustup", "tc/bin/rustdoc", "tc/bin/ldd", "tc/bin/git", "tc/bin/sh"];
const BY_PATH = `[toolchain]\npath = "./tc"\n`;

function first(entry: (workspace: string) => string): NonNullable<Attempt["env"]> {
  return (workspace, env) => ({ ...env, PATH: `${entry(workspace)}:${env["PATH"] ?? ""}` });
}

/** Attempts to run when a workspace is inspected without a build. */
export const ON_LOOKING: readonly Attempt[] = [
  { name: "rust-toolchain.toml names a toolchain by path", files: { "rust-toolchain.toml": BY_PATH }, programs: TOOLCHAIN },
  { name: "rust-toolchain, the older name, names a toolchain by path", files: { "rust-toolchain": BY_PATH }, programs: TOOLCHAIN },
  {
    name: "rust-toolchain.toml of a parent folder names a toolchain by path",
    files: {
      "rust-toolchain.toml": BY_PATH,
      "member/Cargo.toml": PACKAGE.replace("hello", "member"),
      "member/src/main.rs": "fn main() {}\n",
      "Cargo.toml": `[workspace]\nmembers = ["member"]\n`,
    },
    programs: TOOLCHAIN,
    folder: "member",
  },
  {
    name: "rust-toolchain.toml names it absolutely",
    files: { "rust-toolchain.toml": `[toolchain]\npath = "\${workspace}/tc"\n` },
    programs: TOOLCHAIN,
  },
  {
    name: "rust-toolchain.toml names a channel that leads out of rustup's folder",
    files: { "rust-toolchain.toml": `[toolchain]\nchannel = "../../../../../../../../\${workspace}/tc"\n` },
    programs: TOOLCHAIN,
  },
  { name: "build.rustc", files: { ".cargo/config.toml": `[build]\nrustc = "tc/bin/rustc"\n` }, programs: TOOLCHAIN },
  {
    name: "build.rustc in .cargo/config, the older name",
    files: { ".cargo/config": `[build]\nrustc = "tc/bin/rustc"\n` },
    programs: TOOLCHAIN,
  },
  {
    name: "build.rustc in an included file",
    files: { ".cargo/config.toml": `include = ["more.toml"]\n`, ".cargo/more.toml": `[build]\nrustc = "tc/bin/rustc"\n` },
    programs: TOOLCHAIN,
  },
  { name: "build.rustc-wrapper", files: { ".cargo/config.toml": `[build]\nrustc-wrapper = "./wrapper"\n` }, programs: ["wrapper"] },
  {
    name: "build.rustc-workspace-wrapper",
    files: { ".cargo/config.toml": `[build]\nrustc-workspace-wrapper = "./wrapper"\n` },
    programs: ["wrapper"],
  },
  {
    name: "[env] preloads a library",
    files: { ".cargo/config.toml": `[env]\nLD_PRELOAD = { value = "evil.so", relative = true, force = true }\n` },
    libraries: ["evil.so"],
  },
  {
    name: "[env] names a compiler and a wrapper",
    files: {
      ".cargo/config.toml": `[env]\nRUSTC = { value = "tc/bin/rustc", relative = true, force = true }\nRUSTC_WRAPPER = { value = "tc/bin/rustc", relative = true, force = true }\nPATH = { value = "tc/bin", relative = true, force = true }\n`,
    },
    programs: TOOLCHAIN,
  },
  {
    name: "[alias] of the commands that are used",
    files: {
      ".cargo/config.toml": `[alias]\nmetadata = "run"\nconfig = "run"\nbuild = "run"\n`,
      "src/main.rs": `fn main() { std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/main${MARK}"), "").unwrap(); }\n`,
    },
  },
  {
    name: "a credential provider",
    files: {
      ".cargo/config.toml": `[registry]\nglobal-credential-providers = ["./provider"]\n[registries.own]\nindex = "sparse+https://localhost:1/"\ncredential-provider = ["./provider"]\n`,
      "Cargo.toml": `${PACKAGE}[dependencies]\nother = { version = "1", registry = "own" }\n`,
    },
    programs: ["provider"],
  },
  {
    name: "a linker and a runner",
    files: { ".cargo/config.toml": `[target.'cfg(all())']\nlinker = "./linker"\nrunner = "./linker"\n` },
    programs: ["linker"],
  },
  {
    name: "git for dependencies",
    files: {
      ".cargo/config.toml": `[net]\ngit-fetch-with-cli = true\n[env]\nGIT_SSH_COMMAND = { value = "helper", relative = true, force = true }\n`,
      "Cargo.toml": `${PACKAGE}[dependencies]\nother = { git = "ssh://git@localhost/other.git" }\n`,
    },
    programs: ["helper"],
  },
  { name: "a build script", files: { "build.rs": `fn main() { std::fs::write("build${MARK}", "").unwrap(); }\n` } },
  { name: "PATH has a relative folder", programs: TOOLCHAIN, env: first(() => "tc/bin") },
  { name: "PATH has an empty entry", programs: ["cargo", "rustc", "rustup", "ldd", "git"], env: first(() => "") },
  { name: "PATH has a dot", programs: ["cargo", "rustc", "rustup", "ldd", "git"], env: first(() => ".") },
  { name: "PATH has a folder of the workspace", programs: TOOLCHAIN, env: first((workspace) => join(workspace, "tc/bin")) },
  {
    name: "PATH has a folder that everybody may write to",
    programs: TOOLCHAIN,
    env: first((workspace) => join(workspace, "..", "shared/bin")),
    worldWritable: ["../shared/bin"],
  },
  { name: "RUSTC is a program of the workspace", programs: TOOLCHAIN, env: (_workspace, env) => ({ ...env, RUSTC: "tc/bin/rustc" }) },
  {
    name: "LD_LIBRARY_PATH has an empty entry",
    libraries: ["libz.so.1", "libffi.so.8", "libedit.so.2"],
    env: (_workspace, env) => ({ ...env, LD_LIBRARY_PATH: `:${env["LD_LIBRARY_PATH"] ?? ""}` }),
  },
  {
    name: "a folder beside the engine's scratch folder, where libLLVM would look for what it needs",
    libraries: ["../tmp/lib/libz.so.1", "../tmp/lib/libffi.so.8", "../tmp/lib/libedit.so.2"],
    env: (workspace, env) => ({ ...env, TMPDIR: join(workspace, "../tmp") }),
  },
  {
    name: "an engine in the workspace",
    files: {
      "dist/engine-host.js": `require("node:fs").writeFileSync(__filename + "${MARK}", "");\n`,
      "engine-host.js": `require("node:fs").writeFileSync(__filename + "${MARK}", "");\n`,
    },
    libraries: ["dist/lto_inspector-22.node", "lto_inspector-22.node"],
  },
];

/** The files of attempts as texts, for callers that can only write text files. Programs have to be made executable afterwards. */
export function textsOf(attempts: readonly Attempt[], workspace: string): Record<string, string> {
  const texts: Record<string, string> = { ...HELLO };
  for (const { files = {}, programs = [] } of attempts) {
    for (const [name, text] of Object.entries(files)) texts[name] = text.replaceAll("${workspace}", workspace);
    for (const name of programs) texts[name] = PROGRAM;
  }
  return texts;
}

/** Plants an attempt in a folder. */
export async function plant(attempt: Attempt, workspace: string): Promise<void> {
  for (const [name, text] of Object.entries(textsOf([attempt], workspace))) await write(join(workspace, name), text);
  for (const folder of attempt.worldWritable ?? []) {
    for (const name of TOOLCHAIN) await write(join(workspace, folder, name.replace("tc/bin/", "")), PROGRAM, 0o755);
    await chmod(join(workspace, folder), 0o777);
  }
  for (const name of attempt.programs ?? []) await chmod(join(workspace, name), 0o755);
  for (const name of attempt.libraries ?? []) await compile(LIBRARY, join(workspace, name), ["-shared", "-fPIC"]);
}

/** Writes a program that leaves a mark. */
export async function plantProgram(file: string): Promise<void> {
  await write(file, PROGRAM, 0o755);
}

/** Compiles a library that leaves a mark when it is loaded. */
export async function hostileLibrary(file: string, ...options: readonly string[]): Promise<void> {
  await compile(LIBRARY, file, ["-shared", "-fPIC", ...options]);
}

/** Compiles a program that runs and leaves a mark even under LD_TRACE_LOADED_OBJECTS. */
export async function hostileProgram(file: string): Promise<void> {
  await compile(STATIC_PROGRAM, file, ["-static"]);
}

async function compile(source: string, file: string, options: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await write(`${file}.c`, source);
  execFileSync("gcc", [...options, "-o", file, `${file}.c`]);
}

async function write(file: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode });
}

/** The programs that ran, by path below a folder. */
export async function whatRan(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names
    .filter(({ name }) => name.endsWith(MARK))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).slice(0, -MARK.length))
    .sort();
}
