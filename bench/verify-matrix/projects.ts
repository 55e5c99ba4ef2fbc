/** The workspaces of the matrix. */
import fs from "node:fs/promises";
import path from "node:path";
import { layOutProgram } from "../lib/crates-io.js";
import type { PublishedProgram } from "../lib/crates-io.js";
import type { BodyEdit } from "../lib/edit.js";
import { ROOT } from "../lib/paths.js";
import { LIBRARY_EDIT, RIPGREP_EDIT, ripgrepWorkspace } from "../ripgrep/workspace.js";
import type { CrateChoice } from "./configurations.js";
import type { MatrixToolchain } from "./toolchains.js";

export interface Target {
  /** Options of `capture` that choose the crate. */
  readonly select: readonly string[];
  readonly edit: BodyEdit;
}

export interface Project {
  readonly name: string;
  /** Creates the workspace without edits, and returns its folder. `folder` belongs to the caller. */
  readonly prepare: (folder: string, toolchain: MatrixToolchain) => Promise<string>;
  readonly targets: Readonly<Partial<Record<CrateChoice, Target>>>;
  /** Additional environment variables for Cargo. */
  readonly variables?: NodeJS.ProcessEnv;
}

export const EXAMPLE: Project = {
  name: "example",
  prepare: async (folder) => {
    await fs.cp(path.join(ROOT, "examples", "rust"), folder, {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => path.basename(source) !== "target",
    });
    return folder;
  },
  targets: {
    program: {
      select: ["--package", "textstats"],
      edit: {
        file: "crates/textstats/src/bars.rs",
        function: "bars::bar",
        from: `let mut text = "#".repeat(filled);`,
        to: `let mut text = if filled == WIDTH { "=" } else { "-" }.repeat(filled);`,
      },
    },
    cdylib: {
      select: ["--package", "textstats-ffi"],
      edit: {
        file: "crates/textstats-ffi/src/lib.rs",
        function: "figures",
        from: "words: summary.words.total(),",
        to: "words: summary.words.total() | 1,",
      },
    },
    staticlib: {
      select: ["--package", "textstats-static"],
      edit: {
        file: "crates/textstats-static/src/lib.rs",
        function: "textstats_count_words",
        from: "Summary::of(text).words.total())",
        to: "Summary::of(text).words.total() | 1)",
      },
    },
  },
};

export const RIPGREP: Project = {
  name: "ripgrep",
  prepare: async (_, { cargo, environment }) => ripgrepWorkspace(cargo, environment),
  targets: {
    program: { select: ["--package", "ripgrep"], edit: RIPGREP_EDIT },
    cdylib: { select: ["--package", "grep-c-dynamic"], edit: LIBRARY_EDIT },
    staticlib: { select: ["--package", "grep-c-static"], edit: LIBRARY_EDIT },
    "cdylib+staticlib": { select: ["--package", "grep-c-both"], edit: LIBRARY_EDIT },
  },
};

/** Some of them request a single codegen unit, which leaves a program nothing to decide. */
const SIXTEEN_UNITS = { CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16" };

function published(name: string, program: PublishedProgram, edit: BodyEdit): Project {
  return {
    name,
    prepare: async (folder, downloader) => {
      await layOutProgram(program, folder, downloader);
      return folder;
    },
    targets: { program: { select: ["--bin", name], edit } },
    variables: SIXTEEN_UNITS,
  };
}

/** Programs that the project was not written for; bore is asynchronous (tokio). */
const PUBLISHED: readonly Project[] = [
  published(
    "hexyl",
    { name: "hexyl", version: "0.16.0" },
    { file: "src/lib.rs", function: "Byte::category", from: "if self.0 == 0x00 {", to: "if self.0 == 0x01 {" },
  ),
  published(
    "fd",
    { name: "fd-find", version: "10.2.0" },
    {
      file: "src/exit_codes.rs",
      function: "<i32 as From<ExitCode>>::from",
      from: "ExitCode::KilledBySigint => 130,",
      to: "ExitCode::KilledBySigint => 131,",
    },
  ),
  published(
    "exa",
    { name: "exa", version: "0.10.1" },
    {
      file: "src/output/render/size.rs",
      function: "DeviceIDs::render",
      from: "major.len() + 1 + minor.len()",
      to: "major.len() + 2 + minor.len()",
    },
  ),
  published(
    "bore",
    { name: "bore-cli", version: "0.5.3" },
    {
      file: "src/shared.rs",
      function: "Delimited::recv_timeout",
      from: "timeout(NETWORK_TIMEOUT, self.recv())",
      to: "timeout(NETWORK_TIMEOUT * 2, self.recv())",
    },
  ),
];

export const PROJECTS: readonly Project[] = [EXAMPLE, RIPGREP, ...PUBLISHED];
