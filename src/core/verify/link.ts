/** `link`: the output of a build, made again from the objects of a replay and compared with the build's. */
import { lstat } from "node:fs/promises";
import path from "node:path";
import type { LinkReport } from "../../protocol/runs.js";
import { copyFileNew } from "../base/atomic-file.js";
import { LtoError, systemCode } from "../base/errors.js";
import type { CoreContext } from "../engine/core-context.js";
import { allObjects } from "../replay/all-objects.js";
import type { RunHooks } from "../replay/each-module.js";
import { openUnit } from "../replay/open.js";
import type { UnitSource } from "../replay/producer.js";
import { whileInUse } from "../store/in-use.js";
import { whyNoObjects } from "./compare-objects.js";
import { outputsOf, whyNoOutput } from "./outputs.js";

export interface LinkOptions {
  readonly llvm: string;
  /** Where to put the output; null: it is only compared. */
  readonly output: string | null;
}

type Hooks = Pick<RunHooks, "progress" | "signal">;

/** @throws LtoError IncompleteUnit, BuildFailed if the linker fails, Usage for an output that exists, and what a replay can throw */
export async function linkUnit(core: CoreContext, source: UnitSource, options: LinkOptions, hooks: Hooks = {}): Promise<LinkReport> {
  const { unit } = source;
  const why = await whyNoOutput(unit);
  const [output] = outputsOf(unit);
  if (why !== undefined || output === undefined) {
    throw why ?? new LtoError({ name: "IncompleteUnit", message: `${unit.name} was not linked.` });
  }
  await refuseExisting(options.output);
  return whileInUse(core.layout, { making: true }, async () => {
    hooks.progress?.({ kind: "opening" });
    const open = await openUnit(core, source, { llvm: options.llvm, overrides: {}, keysFile: null }, hooks.signal);
    try {
      const none = whyNoObjects(open, unit);
      if (none !== undefined) {
        throw new LtoError({ name: "IncompleteUnit", message: `${unit.name} cannot be linked again: ${none.why}.`, help: none.help });
      }
      const { objects } = await allObjects(core, open, { what: "The link", ignoresStore: false }, hooks);
      return await output.remake(
        open,
        objects,
        async ({ file, bytes, millis, identical, differs }) => {
          if (options.output !== null) await keep(file, options.output);
          const { unit: summary } = open.inputs;
          const { llvm, warnings } = open;
          return {
            ...{ schema: 1 as const, command: "link" as const, unit: summary, llvm, output: options.output },
            ...{ bytes, millis, identical, differs, warnings: [...warnings, ...core.work.takeWarning()] },
          };
        },
        hooks.signal,
      );
    } finally {
      await open.close();
    }
  });
}

/** A file that exists may be a build's, and so may what a link leads to. @throws LtoError Usage */
async function refuseExisting(file: string | null): Promise<void> {
  if (file !== null && (await lstat(file).catch(() => undefined)) !== undefined) throw existing(file);
}

/** @throws LtoError Usage if the file was made in the meantime */
async function keep(linked: string, file: string): Promise<void> {
  try {
    await copyFileNew(linked, file);
  } catch (error) {
    throw systemCode(error) === "EEXIST" ? existing(file) : error;
  }
}

function existing(file: string): LtoError {
  return new LtoError({
    name: "Usage",
    message: `${path.resolve(file)} exists, and link replaces no file.`,
    file,
    help: "Name a new file with -o, or leave -o out to only compare.",
  });
}
