/**
 * Reads one of rustc's incremental session directories as a unit: the CGUs that it contains as `pre-lto.bc`. What a session does not record
 * (upstream crates, settings, crate types) comes from the toolchain's defaults, with a warning.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { crateOfSessions, looksLikeSession } from "../../../protocol/session-names.js";
import type { UnitManifest } from "../../../protocol/units.js";
import { LtoError } from "../../base/errors.js";
import { lookAtToolchain } from "../../machine/toolchain.js";
import { PLAIN_SETTINGS } from "../../replay/inputs.js";
import { parseKeys, readKeysFile } from "../../pipelines/keys-file.js";
import { KEYS_FILE, refuseUnderWay } from "../../pipelines/session-folder.js";

const PRE_LTO = ".pre-lto.bc";

/** Whether a path is a session directory (`…/incremental/<crate>-<hash>/s-…`). */
export async function isSessionFolder(path: string): Promise<boolean> {
  const full = resolve(path);
  if (!looksLikeSession(basename(full))) return false;
  return (await stat(full).catch(() => undefined))?.isDirectory() === true;
}

/**
 * Describes a session directory as a unit. Only thin-local sessions are complete: with `lto = "thin"` the upstream crates took part, and the
 * session does not record where their files are.
 *
 * @throws LtoError SessionUnderWay, NothingToInspect (no bitcode), IncompleteUnit (upstream crates are missing), NoToolchain
 */
export async function unitOfSession(path: string): Promise<UnitManifest> {
  const folder = resolve(path);
  refuseUnderWay(folder);
  const names = (await readdir(folder)).filter((name) => name.endsWith(PRE_LTO)).sort();
  const crate = crateOfSessions(basename(dirname(folder)));
  if (names.length === 0) {
    throw new LtoError({
      name: "NothingToInspect",
      message: `${folder} holds no \`*${PRE_LTO}\`: the build did not use thin LTO, or not incrementally.`,
      file: folder,
      help: "Run `lto-inspector capture` in the workspace, which keeps everything.",
    });
  }
  const modules = names.map((name) => name.slice(0, -PRE_LTO.length));
  await refuseUpstream(folder, modules, crate);
  const { toolchain, notRun } = await lookAtToolchain(dirname(folder));
  return {
    schema: 1,
    folder,
    id: basename(folder),
    capture: 1,
    name: `${crate} (session)`,
    crateName: crate,
    packageName: crate,
    crateTypes: ["rlib"],
    profile: basename(dirname(dirname(dirname(folder)))),
    mode: "thin-local",
    incremental: true,
    sessionFolders: [basename(dirname(folder))],
    workspace: dirname(folder),
    capturedAt: new Date((await stat(folder)).mtimeMs).toISOString(),
    toolchain,
    commandLine: [],
    settings: PLAIN_SETTINGS,
    deviations: [{ setting: "settings", build: "not recorded in the session", used: "rustc's defaults at opt-level 3" }],
    complete: true,
    localModules: modules.map((name, index) => ({
      name,
      origin: "local",
      file: join(folder, names[index] ?? ""),
      reserialize: false,
      green: true,
    })),
    upstream: [],
    previousKeysFile: join(folder, KEYS_FILE),
    currentKeysFile: null,
    decisions: null,
    rustcStages: {},
    outputBytes: null,
    warnings: [
      "A session directory does not record settings, crate types or the allocator module, so keys and later stages can differ from rustc's.",
      ...(notRun === null ? [] : [`${notRun.message} If it uses another LLVM, name that with --llvm PATH.`]),
    ],
  };
}

async function refuseUpstream(folder: string, modules: readonly string[], crate: string): Promise<void> {
  const file = join(folder, KEYS_FILE);
  const keys = await readKeysFile(file).catch(() => parseKeys("", file));
  const foreign = [...keys.keys()].find((name) => !modules.includes(name) && name.endsWith(".rcgu.o"));
  if (foreign === undefined) return;
  throw new LtoError({
    name: "IncompleteUnit",
    message: `The session of ${crate} was built with LTO across crates (${foreign} took part), and sessions do not record where their files are.`,
    file: folder,
    help: "Run `lto-inspector capture` in the workspace, which records them.",
  });
}
