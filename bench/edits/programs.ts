/** The programs to edit: the fixture, and published programs that the project was not written for. */
import fs from "node:fs/promises";
import path from "node:path";
import { layOutProgram, type PublishedProgram } from "../lib/crates-io.js";
import { BENCH } from "../lib/paths.js";
import { BORE_EDITS, HEXYL_EDITS } from "./published-edits.js";
import { FIXTURE_EDITS, WITHOUT_DEBUG_INFO, type Edit } from "./table.js";

export interface EditedProgram {
  readonly name: string;
  /** Creates the sources. */
  readonly prepare: (folder: string) => Promise<void>;
  /** Options of `capture`. */
  readonly select: readonly string[];
  readonly variables: NodeJS.ProcessEnv;
  readonly edits: readonly Edit[];
}

async function copyFixture(folder: string): Promise<void> {
  await fs.cp(path.join(BENCH, "edits", "fixture"), folder, { recursive: true });
}

function published(name: string, program: PublishedProgram, edits: readonly Edit[]): EditedProgram {
  return {
    name,
    prepare: async (folder) => layOutProgram(program, folder, { cargo: "cargo", environment: process.env }),
    select: ["--bin", name, "--lto", "thin", "--incremental"],
    variables: { CARGO_PROFILE_RELEASE_DEBUG: "line-tables-only", CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16" },
    edits,
  };
}

export const PROGRAMS: readonly EditedProgram[] = [
  { name: "fixture", prepare: copyFixture, select: [], variables: {}, edits: FIXTURE_EDITS },
  { name: "no-debug", prepare: copyFixture, select: [], variables: { CARGO_PROFILE_RELEASE_DEBUG: "0" }, edits: WITHOUT_DEBUG_INFO },
  published("hexyl", { name: "hexyl", version: "0.16.0" }, HEXYL_EDITS),
  published("bore", { name: "bore-cli", version: "0.5.3" }, BORE_EDITS),
];
