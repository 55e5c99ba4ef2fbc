/**
 * Finds the toolchain that Cargo would use in a folder by reading files. It only runs a cargo and a rustc of this machine, by their full paths, so
 * that neither rustup's proxies nor Cargo follow what the workspace says. A toolchain that the workspace chooses by path is reported and not run.
 *
 * Mirrors rustup's order (RUSTUP_TOOLCHAIN, directory overrides and toolchain files from the folder upwards, the default;
 * `Cfg::find_override_config`, 1.28). If this differs from rustup's own reading, the only effect is that another of the machine's toolchains is
 * queried.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { parse } from "smol-toml";
import type { LtoErrorReport } from "../../protocol/errors.js";
import { LtoError } from "../base/errors.js";
import { readTextFile } from "../base/read-file.js";
import { cargoConfigString } from "./cargo-config.js";
import { refuseOddCargoFiles } from "./cargo-files.js";
import { isRustupProxy, lookingEnvironment, machineCompilers, machinePrograms, rustupToolchains, type Looking } from "./machine.js";
import { isExecutable, rustupHome } from "./programs.js";

/** Programs of this machine, and the environment to start them in. */
export interface MachineProgram {
  readonly cargo: string;
  readonly rustc: string;
  readonly environment: NodeJS.ProcessEnv;
}

export interface ToolchainChoice {
  /** The program that may be run. */
  readonly program: MachineProgram;
  /** The workspace's own choice, which was not run; null: the program is the one that would be used. */
  readonly notRun: LtoErrorReport | null;
}

/** The choice of a file, a variable or rustup's settings. */
interface Wish {
  /** A toolchain's name, or the path of its folder or its rustc. */
  readonly wanted: string;
  /** The file or the variable with the choice. */
  readonly by: string;
}

/** The help for a toolchain that was not run. */
export const RUN_IT = "Add --run-toolchain to run it; `lto-inspector capture` builds, so it runs it too.";

/**
 * Finds the toolchain that may be run to inspect a folder.
 *
 * @throws LtoError NoToolchain if this machine has none; UnreadableFile for a file that would block Cargo
 */
export async function machineToolchain(looking: Looking, signal?: AbortSignal): Promise<ToolchainChoice> {
  await refuseOddCargoFiles(looking.folder, looking.environment);
  const environment = await lookingEnvironment(looking);
  const [cargo] = await machinePrograms("cargo", looking);
  const proxied = cargo === undefined || (await isRustupProxy(cargo));
  const { program, notRun } = proxied
    ? await ofRustup(looking, environment)
    : { program: await besideCargo(cargo, looking, environment), notRun: null };
  return { program, notRun: notRun ?? (await otherCompiler(looking, program, signal)) };
}

async function besideCargo(cargo: string, looking: Looking, environment: NodeJS.ProcessEnv): Promise<MachineProgram> {
  const rustc =
    (await machineCompilers(looking)).find((file) => path.dirname(file) === path.dirname(cargo)) ??
    (await machinePrograms("rustc", looking))[0];
  if (rustc === undefined) throw none();
  return { cargo, rustc, environment: { ...environment, RUSTC: rustc } };
}

async function ofRustup(looking: Looking, environment: NodeJS.ProcessEnv): Promise<ToolchainChoice> {
  const toolchains = await rustupToolchains(looking.environment);
  const settings = await rustupSettings(looking.environment);
  const wish = await wishOf(looking, settings);
  const name = wish === undefined ? undefined : installed(wish.wanted, toolchains);
  const fallback = installed(settings.defaultToolchain ?? "stable", toolchains) ?? [...toolchains.keys()][0];
  const used = name ?? fallback;
  const folder = used === undefined ? undefined : toolchains.get(used);
  if (used === undefined || folder === undefined) throw none();
  const [cargo, rustc] = ["cargo", "rustc"].map((program) => path.join(folder, "bin", program));
  if (cargo === undefined || rustc === undefined) throw none();
  const program = {
    cargo: (await isExecutable(cargo)) ? cargo : await anyCargo(toolchains),
    rustc,
    environment: {
      ...environment,
      RUSTC: rustc,
      RUSTUP_TOOLCHAIN: used,
      PATH: [path.join(folder, "bin"), environment["PATH"]].join(path.delimiter),
    },
  };
  return { program, notRun: wish === undefined || name !== undefined ? null : notRun(wish, used) };
}

async function anyCargo(toolchains: ReadonlyMap<string, string>): Promise<string> {
  for (const folder of toolchains.values()) {
    const cargo = path.join(folder, "bin", "cargo");
    if (await isExecutable(cargo)) return cargo;
  }
  throw none();
}

/** RUSTC and `build.rustc`, which take precedence over rustup's choice. To find out, Cargo only reads its files. */
async function otherCompiler(looking: Looking, program: MachineProgram, signal?: AbortSignal): Promise<LtoErrorReport | null> {
  const set = looking.environment["RUSTC"];
  const configured = set === undefined || set === "" ? await cargoConfigString(looking.folder, program, "build.rustc", signal) : undefined;
  const wanted = configured ?? set;
  if (wanted === undefined || wanted === "") return null;
  const by = configured === undefined ? "RUSTC" : "build.rustc in Cargo's configuration";
  return (await isMachineCompiler(wanted, looking)) ? null : notRun({ wanted, by }, program.rustc);
}

/** A bare name is looked up in PATH, as Cargo does. */
async function isMachineCompiler(wanted: string, looking: Looking): Promise<boolean> {
  if (!wanted.includes("/")) return (await machinePrograms(wanted, looking)).length > 0;
  if (!path.isAbsolute(wanted)) return false;
  const all = [wanted, ...(await machineCompilers(looking)), ...(await machinePrograms("rustc", looking))];
  const [real, ...compilers] = await Promise.all(all.map((file) => fs.realpath(file).catch(() => file)));
  return real !== undefined && compilers.includes(real);
}

function notRun({ wanted, by }: Wish, used: string): LtoErrorReport {
  const name = !wanted.includes("/") && !by.includes("rustc");
  return {
    name: "NoToolchain",
    message: name
      ? `${by} chooses the toolchain ${wanted}, which rustup does not have; ${used} was queried instead.`
      : `${by} chooses ${wanted}. It was not run, because inspecting a workspace runs none of its programs; ${used} was queried instead.`,
    help: name ? `Install it: rustup toolchain install ${wanted}` : RUN_IT,
    ...(path.isAbsolute(by) ? { file: by } : {}),
  };
}

interface RustupSettings {
  readonly defaultToolchain: string | undefined;
  /** Folder → toolchain. */
  readonly overrides: ReadonlyMap<string, string>;
}

async function rustupSettings(environment: NodeJS.ProcessEnv): Promise<RustupSettings> {
  const file = path.join(rustupHome(environment), "settings.toml");
  const settings = path.isAbsolute(file) ? await tomlIn(file) : {};
  const overrides = Object.entries(tableIn(settings, "overrides")).flatMap(([folder, name]) =>
    typeof name === "string" ? [[folder, name] as const] : [],
  );
  return { defaultToolchain: textIn(settings, "default_toolchain"), overrides: new Map(overrides) };
}

async function wishOf({ environment, folder }: Looking, { overrides }: RustupSettings): Promise<Wish | undefined> {
  const set = environment["RUSTUP_TOOLCHAIN"];
  if (set !== undefined && set !== "") return { wanted: set, by: "RUSTUP_TOOLCHAIN" };
  const start = await fs.realpath(folder).catch(() => path.resolve(folder));
  for (let here = start; ; here = path.dirname(here)) {
    const override = overrides.get(here);
    if (override !== undefined) return { wanted: override, by: "rustup's override of this folder" };
    for (const name of ["rust-toolchain", "rust-toolchain.toml"]) {
      const wanted = await wishIn(path.join(here, name));
      if (wanted !== undefined) return { wanted, by: path.join(here, name) };
    }
    if (path.dirname(here) === here) return undefined;
  }
}

/** A toolchain file: TOML, or (as `rust-toolchain` only) a single line with a name. */
async function wishIn(file: string): Promise<string | undefined> {
  const text = await readTextFile(file).catch(() => undefined);
  if (text === undefined) return undefined;
  const line = text.trim();
  if (!file.endsWith(".toml") && line !== "" && !/[\n[\]=]/.test(line)) return line;
  const toolchain = tableIn(await tomlIn(file), "toolchain");
  const chosen = textIn(toolchain, "path");
  // The value of `path` is always a path, even without a slash.
  return chosen === undefined ? textIn(toolchain, "channel") : path.resolve(path.dirname(file), chosen);
}

/** The full name of an installed toolchain: "stable" is `stable-x86_64-unknown-linux-gnu`. */
function installed(wanted: string, toolchains: ReadonlyMap<string, string>): string | undefined {
  if (toolchains.has(wanted)) return wanted;
  const [byFolder] = [...toolchains].find(([, folder]) => folder === wanted) ?? [];
  if (byFolder !== undefined) return byFolder;
  const host = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  return [...toolchains.keys()].find((name) => name.startsWith(`${wanted}-${host}-`));
}

async function tomlIn(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return parse(await readTextFile(file));
  } catch {
    // rustup or Cargo reports it when it is used in a build.
    return {};
  }
}

function tableIn(table: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = table[name];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textIn(table: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = table[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function none(): LtoError {
  return new LtoError({
    name: "NoToolchain",
    message: "Neither rustup's toolchains, Cargo's folder, /usr/bin nor a trusted folder of PATH has both cargo and rustc.",
    help: "Install Rust with rustup (https://rustup.rs). Folders of PATH that are relative, writable by everybody or in the workspace are not trusted.",
  });
}
