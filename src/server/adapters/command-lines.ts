/** Command lines of `lto-inspector`: for a task, and for the user to paste into a terminal. */
import { DEFAULT_COMMAND, pipelineOf, type LtoCommand } from "../../protocol/pipelines.js";
import type { RunOrigin } from "../../protocol/runs.js";
import { storeRoot } from "../../core/store/store-paths.js";
import { LtoError } from "../../core/base/errors.js";
import { sourceOfRef } from "../../core/views/named-source.js";
import type { CliChoice } from "../../protocol/requests/documents.js";
import { stageShort } from "../../protocol/stages.js";
import type { Subject } from "../../protocol/uris.js";
import type { ProgramLine, RunSource } from "../../protocol/views.js";
import { captureArguments } from "./capture-options.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

/** The command line's program as a process, with the environment variables that it needs in addition to the client's. */
export function cliProgram(state: ServerState, args: readonly string[], cwd: string): ProgramLine {
  // In a desktop's extension host the program is the editor itself, which runs as Node only with this variable.
  const electron = process.versions["electron"] === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" };
  return {
    program: process.execPath,
    args: [state.programs.cli, ...args],
    cwd,
    env: { ...electron, LTO_INSPECTOR_STORE: state.workbench.core.layout.root },
  };
}

/** A line for a POSIX shell. */
export async function cliLine(state: ServerState, choice: CliChoice): Promise<{ line: string }> {
  const { root } = state.workbench.core.layout;
  const variables = root === storeRoot() ? [] : [`LTO_INSPECTOR_STORE=${quoted(root)}`];
  const words = ["node", state.programs.cli, ...(await wordsOf(state, choice))];
  return { line: [...variables, ...words.map(quoted)].join(" ") };
}

async function wordsOf(state: ServerState, choice: CliChoice): Promise<string[]> {
  switch (choice.command) {
    case "capture":
      return captureArguments(state, choice.choice);
    case "thin":
      return [await runCommand(state, choice.source), ...sourceWords(choice.source), ...llvmWords(state.settings.libLLVM)];
    case "verify":
      return ["verify", ...sourceWords(choice.source), ...llvmWords(state.settings.libLLVM)];
    case "show": {
      const { words, llvm } = await subjectWords(state, choice.subject);
      return ["show", ...words, choice.module, "--stage", stageShort(choice.stage), ...functionWords(choice.function), ...llvmWords(llvm)];
    }
    case "diff": {
      const { words, llvm } = await subjectWords(state, choice.subject);
      const stages = [stageShort(choice.from), stageShort(choice.to)];
      return ["diff", ...words, choice.module, ...stages, ...functionWords(choice.function), ...llvmWords(llvm)];
    }
    case "compare-llvm": {
      const [from, to] = [await subjectWords(state, { run: choice.from }), await subjectWords(state, { run: choice.to })];
      const at = ["--stage", stageShort(choice.stage), ...functionWords(choice.function ?? undefined)];
      const what = choice.function === null ? [] : at;
      return ["compare-llvm", ...from.words, choice.module, "--to", to.llvm, ...what, ...llvmWords(from.llvm)];
    }
    case "find": {
      const { words, llvm } = await subjectWords(state, choice.subject);
      return ["find", ...words, choice.symbol, ...llvmWords(llvm)];
    }
    case "passes": {
      const { words, llvm } = await subjectWords(state, choice.subject);
      return ["passes", ...words, choice.module, ...functionWords(choice.function), "--at", String(choice.at), ...llvmWords(llvm)];
    }
  }
}

/** The command that does the same as Run. If the unit is gone, running the command reports it. */
async function runCommand({ workbench }: ServerState, source: RunSource): Promise<LtoCommand> {
  if (!("unit" in source)) return source.mode ?? DEFAULT_COMMAND;
  const found = await sourceOfRef(workbench.core.layout, source.unit).catch(() => undefined);
  return found?.kind === "unit" ? pipelineOf(found.unit.mode).command : DEFAULT_COMMAND;
}

function sourceWords(source: RunSource): string[] {
  return "unit" in source ? [source.unit] : source.files.map(pathOf);
}

/** Names a run by its inputs; of several plain files, the command line takes one at a time. */
async function subjectWords(state: ServerState, subject: Subject): Promise<{ words: string[]; llvm: string }> {
  if ("unit" in subject) return { words: [subject.unit], llvm: state.settings.libLLVM };
  const origin = await state.workbench.history.origin(subject.run);
  if (origin === undefined) {
    throw new LtoError({
      name: "IncompleteUnit",
      message: `The run ${subject.run} does not record its inputs.`,
      help: "Run thin LTO again.",
    });
  }
  return { words: originWords(origin), llvm: origin.llvm };
}

function originWords({ source }: RunOrigin): string[] {
  if ("paths" in source) return [...source.paths.slice(0, 1)];
  return ["unit" in source ? source.unit : source.session];
}

function functionWords(name: string | undefined): string[] {
  return name === undefined ? [] : ["--function", name];
}

function llvmWords(choice: string): string[] {
  return choice === "auto" ? [] : ["--llvm", choice];
}

/** Adds single quotes if a shell would interpret the word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
