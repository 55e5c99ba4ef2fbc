/** The files to mutate: a store with everything that the product writes, made by the product. */
import fs from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { CAPTURE_FOLDER, RECORD_SOCKET, RECORDED } from "../../../src/core/producers/rust/wrapper/record.js";
import { applyEdit, type BodyEdit } from "../../lib/edit.js";
import { BenchFailure } from "../../lib/failure.js";
import { mustRun } from "../../lib/run.js";
import { EXAMPLE } from "../../verify-matrix/projects.js";
import { findMatrixToolchain, type MatrixToolchain } from "../../verify-matrix/toolchains.js";
import { lastLines, runProgram } from "../program.js";

export interface Corpus {
  readonly workspace: string;
  readonly store: string;
  /** The captured unit, which has two captures. */
  readonly unit: string;
  /** The folder of the latest capture. */
  readonly capture: string;
  readonly run: string;
  /** The linked program of the latest capture. */
  readonly executable: string;
  /** A finished session of the user's own build, with thin-local LTO. */
  readonly session: string;
  /** A folder with one of the wrapper's records, and the message that announces it. */
  readonly records: string;
}

/** The program to build, in a package of the same name. */
export interface CorpusProgram {
  readonly name: string;
  /** Creates its workspace. @returns the folder */
  readonly prepare: (folder: string) => Promise<string>;
  readonly edit: BodyEdit;
}

export interface CorpusOptions {
  readonly cli: string;
  readonly work: string;
  /** Default: the example's. */
  readonly program?: CorpusProgram;
}

/** Builds the program, captures it twice, runs and verifies it. */
export async function makeCorpus({ cli, work, program }: CorpusOptions): Promise<Corpus & { readonly env: NodeJS.ProcessEnv }> {
  const toolchain = await findMatrixToolchain("stable");
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Install Rust 1.95 or newer.");
  const { name, prepare, edit } = program ?? exampleFor(toolchain);
  const workspace = await prepare(path.join(work, "workspace"));
  const store = path.join(work, "store");
  const env = { ...toolchain.environment, LTO_INSPECTOR_STORE: store };
  const cliRun = async (...args: readonly string[]): Promise<string> => {
    const ended = await runProgram(process.execPath, [cli, ...args], { env });
    if (ended.code === 0) return ended.stdout;
    throw new BenchFailure(`\`${args.join(" ")}\` failed: ${lastLines(ended.stderr, 5)}`, "Look at it.");
  };
  const capture = async (): Promise<string> => (await cliRun("capture", workspace, "--package", name)).trim().split("\n").at(-1) ?? "";
  await capture();
  await applyEdit(workspace, edit);
  const unit = await capture();
  await cliRun("thin", unit);
  await cliRun("verify", unit);
  const [run = ""] = await fs.readdir(path.join(store, "runs"));
  const own = { ...env, CARGO_PROFILE_RELEASE_LTO: "false", CARGO_INCREMENTAL: "1", CARGO_TARGET_DIR: path.join(workspace, "target") };
  await mustRun(`Building ${name}`, toolchain.cargo, ["build", "--release", "--package", name], { cwd: workspace, env: own });
  return {
    ...{ workspace, store, unit, run, env },
    capture: path.join(store, "captures", unit, "2"),
    executable: await theOnly(path.join(store, "targets"), new RegExp(`^[^/]+/target/release/${name}$`)),
    session: path.dirname(
      await theOnly(
        path.join(workspace, "target", "release", "incremental"),
        new RegExp(`^${name}-[^/]+/s-[^/]+/thin-lto-past-keys\\.bin$`),
      ),
    ),
    records: await makeRecord(name, work, workspace, toolchain.cargo, env),
  };
}

function exampleFor(toolchain: MatrixToolchain): CorpusProgram {
  const { edit } = EXAMPLE.targets.program ?? {};
  if (edit === undefined) throw new BenchFailure("The example has no program.", "Look at bench/verify-matrix/projects.ts.");
  return { name: "textstats", prepare: (folder) => EXAMPLE.prepare(folder, toolchain), edit };
}

/** How many blobs and stage records to keep: each mutation lists the whole store, and these are all alike. */
const ALIKE = 20;

/** Reduces the store to the tested formats: removes Cargo's output and most of what there are hundreds of. Runs then have no stages. */
export async function thinOut({ store, executable, capture }: Corpus): Promise<void> {
  const built = path.dirname(executable);
  for (const folder of ["build", "deps", "incremental", ".fingerprint"]) {
    await fs.rm(path.join(built, folder), { recursive: true, force: true });
  }
  // The first capture's stages from rustc; of this capture, only the keys are read.
  await fs.rm(path.join(path.dirname(capture), "1", "rustc"), { recursive: true, force: true });
  for (const part of ["blobs", "stages"]) {
    const entries = await fs.readdir(path.join(store, part), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
    for (const file of files.toSorted().slice(ALIKE)) await fs.rm(file);
  }
}

/** Copies the corpus to another folder, so that a process of the campaign can mutate its own files. */
export async function copyCorpus(corpus: Corpus, from: string, to: string): Promise<Corpus> {
  const there = (file: string): string => path.join(to, path.relative(from, file));
  const { workspace, store, records } = corpus;
  for (const folder of [workspace, store, records]) {
    await fs.cp(folder, there(folder), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  }
  return {
    ...{ unit: corpus.unit, run: corpus.run, workspace: there(workspace), store: there(store), records: there(records) },
    ...{ capture: there(corpus.capture), executable: there(corpus.executable), session: there(corpus.session) },
  };
}

/** The wrapper's record of a run of rustc, as a file. */
async function makeRecord(name: string, work: string, workspace: string, cargo: string, env: NodeJS.ProcessEnv): Promise<string> {
  const records = path.join(work, "records");
  await fs.mkdir(records);
  const launcher = await theOnly(path.join(env["LTO_INSPECTOR_STORE"] ?? "", "targets"), /^[^/]+\/rustc-wrapper$/);
  const address = path.join(await fs.mkdtemp(path.join(tmpdir(), "lto-faults-")), "socket");
  let message = "";
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("data", (chunk) => (message += chunk.toString()));
    socket.on("end", () => {
      socket.end(RECORDED);
    });
  }).listen(address);
  const recorded = { [CAPTURE_FOLDER]: records, [RECORD_SOCKET]: address, RUSTC_WRAPPER: launcher };
  const own = { ...env, CARGO_TARGET_DIR: path.join(work, "recorded"), ...recorded };
  await mustRun("Recording rustc", cargo, ["build", "--release", "--package", name], { cwd: workspace, env: own });
  server.close();
  await fs.rm(path.dirname(address), { recursive: true });
  await fs.writeFile(path.join(records, "message.json"), message);
  return records;
}

async function theOnly(folder: string, fits: RegExp): Promise<string> {
  const found = (await fs.readdir(folder, { recursive: true })).filter((name) => fits.test(name));
  const [name] = found;
  if (name === undefined) {
    throw new BenchFailure(`Nothing in ${folder} fits ${String(fits)}.`, "The layout has changed: update the campaign.");
  }
  return path.join(folder, name);
}
