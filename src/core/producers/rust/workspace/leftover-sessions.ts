/** rustc's sessions in the user's own target directory as units. */
import fs from "node:fs/promises";
import path from "node:path";
import type { FoundUnit } from "../../../../protocol/discovery.js";
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import type { LtoMode } from "../../../../protocol/stages.js";
import { LtoError, messageOf, systemCode } from "../../../base/errors.js";
import { readTextFile } from "../../../base/read-file.js";
import { KEYS_FILE, preLtoModules } from "../../../pipelines/sessions.js";
import type { Session } from "../../../pipelines/sessions.js";

const CAPTURE = "Run `lto-inspector capture` in the workspace: it builds in a separate target directory and keeps everything.";

/** Describes a session as a unit: complete if only its own codegen units took part in LTO. */
export async function sessionUnit(session: Session): Promise<FoundUnit> {
  const modules = await preLtoModules(session.folder);
  const keys = modules.size === 0 ? undefined : await keyNames(session);
  const mode = keys instanceof LtoError ? null : modeOf(session, [...modules.keys()], keys);
  const incompleteBecause = keys instanceof LtoError ? keys.report : whyIncomplete(session, modules.size, mode);
  return {
    kind: "session",
    unit: session.folder,
    name: `${session.crateName} (session)`,
    path: session.folder,
    profile: path.basename(path.dirname(path.dirname(path.dirname(session.folder)))),
    mode,
    modules: modules.size,
    modifiedAt: (await fs.stat(session.folder)).mtime.toISOString(),
    complete: incompleteBecause === undefined,
    ...(incompleteBecause === undefined ? {} : { incompleteBecause }),
  };
}

/**
 * The modules that the key map lists; undefined: there is no key map. Returns an error instead of throwing it, so that one session does not hide
 * others.
 */
async function keyNames({ folder }: Session): Promise<string[] | LtoError | undefined> {
  const file = path.join(folder, KEYS_FILE);
  try {
    const keys = await readTextFile(file);
    return keys.split("\n").flatMap((line) => (line.includes(" ") ? [line.slice(0, line.lastIndexOf(" "))] : []));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    return error instanceof LtoError ? error : new LtoError({ name: "UnreadableFile", message: messageOf(error), file, help: CAPTURE });
  }
}

/** Finds the mode by the key map: it lists upstream modules if LTO spanned crates; fat LTO writes no key map. */
function modeOf(session: Session, modules: readonly string[], keys: readonly string[] | undefined): LtoMode | null {
  if (modules.length === 0) return null;
  if (keys === undefined) return session.underWay ? null : "fat";
  const own = new Set(modules);
  return keys.some((name) => !own.has(name) && name.endsWith(".rcgu.o")) ? "thin" : "thin-local";
}

function whyIncomplete({ underWay, folder, crateName }: Session, modules: number, mode: LtoMode | null): LtoErrorReport | undefined {
  if (underWay) {
    return {
      name: "SessionUnderWay",
      message: `rustc is compiling ${crateName}: its session is in progress (or left by an interrupted build).`,
      file: folder,
      help: "Wait for the build to finish; rustc then renames the folder.",
    };
  }
  if (modules === 0) {
    return {
      name: "NoBitcode",
      message: `The session of ${crateName} has no bitcode: its build did no LTO.`,
      file: folder,
      help: CAPTURE,
    };
  }
  if (mode === "thin-local") return undefined;
  const missing = mode === "thin" ? "the allocator's codegen unit and where the upstream crates' bitcode is" : "what rustc linked together";
  return { name: "IncompleteUnit", message: `The session of ${crateName} does not record ${missing}.`, file: folder, help: CAPTURE };
}
