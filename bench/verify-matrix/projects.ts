/** The workspaces that the matrix is run over. */
import fs from "node:fs/promises";
import path from "node:path";
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
  /** Lays the workspace out, without edits, and returns its folder. `folder` is the caller's own. */
  readonly prepare: (folder: string, toolchain: MatrixToolchain) => Promise<string>;
  readonly targets: Readonly<Partial<Record<CrateChoice, Target>>>;
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

const RIPGREP: Project = {
  name: "ripgrep",
  prepare: async (_, { cargo, environment }) => ripgrepWorkspace(cargo, environment),
  targets: {
    program: { select: ["--package", "ripgrep"], edit: RIPGREP_EDIT },
    cdylib: { select: ["--package", "grep-c-dynamic"], edit: LIBRARY_EDIT },
    staticlib: { select: ["--package", "grep-c-static"], edit: LIBRARY_EDIT },
    "cdylib+staticlib": { select: ["--package", "grep-c-both"], edit: LIBRARY_EDIT },
  },
};

export const PROJECTS: readonly Project[] = [EXAMPLE, RIPGREP];
