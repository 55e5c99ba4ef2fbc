/**
 * Stage files that rustc's `-C save-temps` left in a folder, without a capture that lists the modules: `<crate><extra>.<module>[.<invocation
 * id>].rcgu.<stage>.bc`, or `<hash>-<tail>` of it where the name was too long (`maybe_strip_file_name` in rustc's compiler/rustc_session/src/config.rs,
 * 1.96).
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ALL_PIPELINES, PIPELINES, type Stage } from "../../../protocol/pipelines.js";
import { taggedStages } from "../../pipelines/saved-stages.js";
import { cutTail } from "../../pipelines/stage-file-names.js";
import type { SavedTemps } from "../../replay/saved-temps.js";

interface Found {
  /** The part before `.rcgu.<stage>.bc`, without the invocation id. */
  readonly name: string;
  /** rustc cut off the beginning of the name. */
  readonly cut: boolean;
  readonly stage: Stage;
  readonly file: string;
}

/**
 * Reads a folder with rustc's stage files. If the path is a stage file, lists only its module; `<folder>/<crate><extra>` lists only one crate's
 * files.
 *
 * @returns undefined if the path is none of these
 */
export async function stagesSavedAt(path: string): Promise<SavedTemps | undefined> {
  const full = resolve(path);
  const found = await stat(full).catch(() => undefined);
  if (found?.isDirectory() === true) return inFolder(full, await readdir(full));
  const names = await readdir(dirname(full)).catch((): string[] => []);
  const file = basename(full);
  if (found === undefined || parseName(file) === undefined) {
    return inFolder(
      dirname(full),
      names.filter((name) => name.startsWith(`${file}.`)),
    );
  }
  const all = inFolder(dirname(full), names);
  const own = [...(all?.stages ?? [])].filter(([, stages]) => [...stages.values()].includes(full));
  return all === undefined ? undefined : { ...all, stages: new Map(own) };
}

/** Groups the names of a folder's files; undefined if none is a stage file. */
export function inFolder(folder: string, names: readonly string[]): SavedTemps | undefined {
  const found = names.flatMap((name) => parseName(name) ?? []);
  if (found.length === 0) return undefined;
  const crates = new Set(found.filter(({ cut }) => !cut).map(({ name }) => crateIn(name)));
  const stages = new Map<string, Map<Stage, string>>();
  for (const { name, cut, stage, file } of joinCut(found)) {
    const module = cut ? `…${name}` : crates.size > 1 || !name.includes(".") ? name : name.slice(crateIn(name).length + 1);
    const files = stages.get(module) ?? new Map<Stage, string>();
    files.set(stage, join(folder, file));
    stages.set(module, files);
  }
  const tags = new Set(found.map(({ stage }) => stage));
  const pipeline = ALL_PIPELINES.find((one) => one.stages.some(({ tag }) => tags.has(tag))) ?? PIPELINES.thin;
  return { folder, mode: pipeline.name, madeBy: "rustc", stages };
}

function parseName(file: string): Found | undefined {
  for (const { tag, file: saved } of taggedStages()) {
    const ending = `.rcgu.${saved}`;
    if (!file.endsWith(ending)) continue;
    const tail = cutTail(file);
    const whole = (tail ?? file).slice(0, -ending.length).replace(/\.[0-9a-z]{7}$/, "");
    return { name: whole, cut: tail !== undefined, stage: tag, file };
  }
  return undefined;
}

/** `<crate><extra>`: crate names have no dots. */
function crateIn(name: string): string {
  return name.split(".", 1)[0] ?? name;
}

/** Joins names that rustc shortened. How much is left depends on the stage's tag, so a module's names share their end; the longest one is used. */
function joinCut(found: readonly Found[]): Found[] {
  const cut = found.filter((item) => item.cut).sort((left, right) => right.name.length - left.name.length);
  const heads: string[] = [];
  const joined = cut.map((item) => {
    const head = heads.find((name) => name.endsWith(item.name));
    if (head === undefined) heads.push(item.name);
    return head === undefined ? item : { ...item, name: head };
  });
  return [...found.filter((item) => !item.cut), ...joined];
}
