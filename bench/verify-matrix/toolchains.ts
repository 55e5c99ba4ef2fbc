/**
 * The toolchains of the matrix: rustup's stable and nightly, a rustc outside rustup (Debian's rustc-web 1.96, if the machine has no other), and Debian's
 * rustc-web 1.85. The tests' set-up unpacks Debian's separately from the machine's own (scripts/lib/debian-rust.mjs).
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { whyUnusable } from "../../src/core/machine/llvm-series.js";
import { cargoFor, describeRustc, findToolchains } from "../../src/core/machine/toolchain.js";
import { isLtoError } from "../../src/core/base/errors.js";
import type { Toolchain } from "../../src/protocol/units.js";
import { ROOT } from "../lib/paths.js";

export const TOOLCHAIN_NAMES = ["stable", "nightly", "system", "debian-1.85"] as const;
export type ToolchainName = (typeof TOOLCHAIN_NAMES)[number];

export interface MatrixToolchain {
  readonly name: ToolchainName;
  readonly cargo: string;
  /** Makes Cargo, and programs that call rustc, use this toolchain. */
  readonly environment: NodeJS.ProcessEnv;
  readonly described: Toolchain;
}

/** @returns the toolchain, or the reason why none can be used */
export async function findMatrixToolchain(name: ToolchainName): Promise<MatrixToolchain | string> {
  if (name === "debian-1.85") return unpackedToolchain(name, "1.85");
  return name === "system" ? systemToolchain() : rustupToolchain(name);
}

async function rustupToolchain(name: ToolchainName): Promise<MatrixToolchain | string> {
  try {
    const { cargo, environment } = await cargoFor({ environment: plainEnvironment(), toolchain: name });
    const described = await describeRustc(path.join(path.dirname(cargo), "rustc"), { environment });
    return whyNot(described) ?? { name, cargo, environment, described };
  } catch (error) {
    if (isLtoError(error, "NoToolchain")) return error.message;
    throw error;
  }
}

async function systemToolchain(): Promise<MatrixToolchain | string> {
  const rustup = process.env["RUSTUP_HOME"] ?? path.join(os.homedir(), ".rustup");
  const found = (await findToolchains(plainEnvironment())).filter(({ toolchain }) => !toolchain.sysroot.startsWith(`${rustup}${path.sep}`));
  const usable = found.find(({ toolchain }) => whyNot(toolchain) === undefined);
  if (usable === undefined) {
    const [first] = found;
    const why = first === undefined ? undefined : whyNot(first.toolchain);
    return why ?? unpackedToolchain("system", "1.96");
  }
  const { rustc } = usable.toolchain;
  const environment = { ...plainEnvironment(), PATH: [path.dirname(rustc), process.env["PATH"] ?? ""].join(path.delimiter) };
  return { name: "system", cargo: path.join(path.dirname(rustc), "cargo"), environment, described: usable.toolchain };
}

async function unpackedToolchain(name: ToolchainName, release: string): Promise<MatrixToolchain | string> {
  const folder = path.join(ROOT, ".cache", "rust", release, "usr", "bin");
  if (!fs.existsSync(path.join(folder, "rustc"))) {
    return `${folder} has no rustc: the set-up of the tests unpacks it where Debian's packages are to be had.`;
  }
  const environment = { ...plainEnvironment(), PATH: [folder, process.env["PATH"] ?? ""].join(path.delimiter) };
  const described = await describeRustc(path.join(folder, "rustc"), { environment });
  return whyNot(described) ?? { name, cargo: path.join(folder, "cargo"), environment, described };
}

function whyNot(toolchain: Toolchain): string | undefined {
  return whyUnusable(toolchain)?.message;
}

/** The environment without the user's own variables for Cargo: the matrix sets everything itself. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:CARGO_(?!HOME$)|RUSTFLAGS$|RUSTC|RUSTUP_TOOLCHAIN$|RUST_LOG$|LTO_INSPECTOR_)/.test(name),
  );
  return Object.fromEntries(kept);
}
