/**
 * names: how many codegen units have a readable name, and whether each equals what rustc itself shows with `-Z human-readable-cgu-names`: two builds
 * of each project with nightly, with and without that flag.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import type { CaptureReport } from "../../src/protocol/reports.js";
import type { RunReport } from "../../src/protocol/runs.js";
import { layOutProgram } from "../lib/crates-io.js";
import { BenchFailure } from "../lib/failure.js";
import { CLI, RESULTS, WORK } from "../lib/paths.js";
import { mustRun } from "../lib/run.js";
import { EXAMPLE } from "../verify-matrix/projects.js";
import { findMatrixToolchain, type MatrixToolchain } from "../verify-matrix/toolchains.js";

export const NAMES_USAGE = `usage: npm run bench -- names [options]

  --project NAME     example or ripgrep; repeatable (default: both)
  --help             print this help

Exits with 1 if a name differs from rustc's, or fewer than 90 % of the local units have one.`;

/** The share of exact names that is asked for. */
const WANTED = 0.9;

interface Project {
  readonly name: string;
  readonly prepare: (folder: string, toolchain: MatrixToolchain) => Promise<string>;
  readonly select: readonly string[];
}

const PROJECTS: readonly Project[] = [
  { name: "example", prepare: EXAMPLE.prepare, select: ["--package", "textstats"] },
  {
    name: "ripgrep",
    // Debian's ripgrep depends on a version of ahash that nightly does not compile.
    prepare: async (folder, downloader) => {
      await layOutProgram({ name: "ripgrep", version: "13.0.0" }, folder, downloader);
      return folder;
    },
    select: ["--bin", "rg"],
  },
];

/** Codegen units of the crate itself. */
interface Units {
  /** As reports show them: rustc's readable name; null: none was found. */
  readonly readable: readonly (string | null)[];
  /** As rustc names them. */
  readonly names: readonly string[];
}

interface Compared {
  readonly project: string;
  readonly units: number;
  readonly exact: number;
  /** Names that rustc does not show. */
  readonly wrong: readonly string[];
  /** Names of rustc's that were not found. */
  readonly missing: readonly string[];
}

/** @returns the exit code */
export async function benchNames(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { project: { type: "string", multiple: true } } });
  const chosen = PROJECTS.filter(({ name }) => values.project?.includes(name) ?? true);
  if (chosen.length === 0) throw new BenchFailure(`There is no project ${String(values.project)}.`, NAMES_USAGE);
  const toolchain = await findMatrixToolchain("nightly");
  if (typeof toolchain === "string") throw new BenchFailure(toolchain, "Install it: rustup toolchain install nightly.");
  const compared: Compared[] = [];
  for (const project of chosen) compared.push(await compare(project, toolchain, signal));
  const text = report(compared, toolchain.described.release);
  await fs.mkdir(RESULTS, { recursive: true });
  await fs.writeFile(path.join(RESULTS, "names.md"), text);
  console.log(text);
  return compared.every(({ wrong, exact, units }) => wrong.length === 0 && exact >= WANTED * units) ? 0 : 1;
}

async function compare(project: Project, toolchain: MatrixToolchain, signal: AbortSignal): Promise<Compared> {
  const folder = path.join(WORK, "names", project.name);
  const workspace = await project.prepare(path.join(folder, "workspace"), toolchain);
  const hashed = await unitsOf(workspace, { project, toolchain, store: path.join(folder, "hashed"), flags: "", signal });
  const flags = "-Zhuman-readable-cgu-names";
  const readable = await unitsOf(workspace, { project, toolchain, store: path.join(folder, "readable"), flags, signal });
  // Other flags give a crate another id; what follows it is the unit's name.
  const rustcs = new Set(readable.names.map(withoutIds));
  const ours = new Set(hashed.readable.flatMap((name) => (name === null ? [] : [withoutIds(name)])));
  return {
    project: project.name,
    units: hashed.names.length,
    exact: hashed.readable.filter((name) => name !== null).length,
    wrong: [...ours].filter((name) => !rustcs.has(name)),
    missing: [...rustcs].filter((name) => !ours.has(name)),
  };
}

interface Build {
  readonly project: Project;
  readonly toolchain: MatrixToolchain;
  readonly store: string;
  readonly flags: string;
  readonly signal: AbortSignal;
}

async function unitsOf(workspace: string, { project, toolchain, store, flags, signal }: Build): Promise<Units> {
  await fs.rm(store, { recursive: true, force: true });
  await fs.mkdir(store, { recursive: true });
  const env = {
    ...toolchain.environment,
    ...{ LTO_INSPECTOR_STORE: store, RUSTFLAGS: flags, CARGO_PROFILE_RELEASE_LTO: "thin" },
    // The default of incremental builds; ripgrep asks for a single unit.
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "256",
  };
  const [captured, run] = ["capture.json", "run.json"].map((name) => path.join(store, name));
  if (captured === undefined || run === undefined) throw new Error("two files have two names");
  const inspector = (what: string, args: readonly string[]) => mustRun(what, process.execPath, [CLI, ...args], { env, signal });
  console.log(`names: ${project.name}${flags === "" ? "" : ` with ${flags}`}`);
  await inspector("Capturing", ["capture", workspace, "--incremental", ...project.select, "--json", captured]);
  const { units } = JSON.parse(await fs.readFile(captured, "utf8")) as CaptureReport;
  await inspector("Analysing", ["thin", units.at(-1)?.id ?? "", "--analyze", "--json", run]);
  const { modules } = JSON.parse(await fs.readFile(run, "utf8")) as RunReport;
  const local = modules.filter(({ origin }) => origin === "local");
  return { readable: local.map(({ readable }) => readable?.rustc ?? null), names: local.map(({ name }) => name) };
}

/** "core.2e83d792916d981-in-textstats.2e83d792916d981-str" → "core-in-textstats-str" */
function withoutIds(name: string): string {
  return name.replace(/\.[0-9a-f]{8,16}(?=$|[-.])/g, "");
}

function report(compared: readonly Compared[], release: string): string {
  const rows = compared.map(({ project, units, exact, wrong, missing }) => {
    const share = ((100 * exact) / units).toFixed(1);
    return `| ${project} | ${exact} of ${units} (${share} %) | ${exact - wrong.length} of ${exact} | ${missing.length} |`;
  });
  const listed = compared.flatMap(({ project, wrong, missing }) => [
    ...wrong.map((name) => `${project}: ${name} is not a name of rustc's`),
    ...missing.map((name) => `${project}: ${name} was not found`),
  ]);
  return [
    "# names",
    "",
    `Codegen units of the crate itself, incremental, \`lto = "thin"\`, rustc ${release}; asked for: ${100 * WANTED} % with an exact name, all equal to rustc's.`,
    "",
    "| project | with an exact name | equal to `-Z human-readable-cgu-names` | rustc's names that were not found |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(listed.length === 0 ? [] : ["", ...listed]),
    "",
  ].join("\n");
}
