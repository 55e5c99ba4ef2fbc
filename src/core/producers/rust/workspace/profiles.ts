/**
 * The profiles that a workspace has: Cargo's own, and those in the root's Cargo.toml, with what each says about LTO after inheritance. Cargo's
 * configuration and environment are left out: its unit graph has them, for one profile at a time.
 *
 * Sources: `src/cargo/core/profiles.rs` (defaults and inheritance; cargo 1.95), `Session::lto` (`compiler/rustc_session/src/session.rs`, 1.95).
 */
import path from "node:path";
import { parse } from "smol-toml";
import * as z from "zod/mini";
import type { ProfileChoice } from "../../../../protocol/build-choices.js";
import { LtoError, messageOf } from "../../../base/errors.js";
import { describeIssue } from "../../../base/parse.js";
import { readTextFile } from "../../../base/read-file.js";

/** The settings that decide about LTO, as Cargo.toml has them. */
interface Settings {
  readonly inherits?: string | undefined;
  readonly lto?: string | boolean | undefined;
  readonly "opt-level"?: string | number | undefined;
  readonly incremental?: boolean | undefined;
  readonly "codegen-units"?: number | undefined;
}

const settings = z.looseObject({
  inherits: z.optional(z.string()),
  lto: z.optional(z.union([z.string(), z.boolean()])),
  "opt-level": z.optional(z.union([z.string(), z.number()])),
  incremental: z.optional(z.boolean()),
  "codegen-units": z.optional(z.number()),
});

const manifest = z.looseObject({ profile: z.optional(z.record(z.string(), settings)) });

/** What Cargo's own profiles are made of. */
const OWN: ReadonlyMap<string, Settings> = new Map([
  ["release", { lto: false, "opt-level": "3", incremental: false }],
  ["dev", { lto: false, "opt-level": "0", incremental: true }],
  ["bench", { inherits: "release" }],
  ["test", { inherits: "dev" }],
]);

type Profiles = ReadonlyMap<string, Settings>;

/**
 * The profiles of a workspace: Cargo's own first, then the others by name.
 *
 * @param root the workspace's folder
 * @throws UnreadableFile if its Cargo.toml cannot be read, or has a profile that Cargo would refuse
 */
export async function workspaceProfiles(root: string): Promise<ProfileChoice[]> {
  const file = path.join(root, "Cargo.toml");
  const given = await profilesIn(file);
  const custom = [...given.keys()].filter((name) => !OWN.has(name));
  return [...OWN.keys(), ...custom.toSorted()].map((name) => profile(name, given));
}

async function profilesIn(file: string): Promise<Profiles> {
  const unreadable = (why: string): LtoError =>
    new LtoError({
      name: "UnreadableFile",
      message: `The profiles in ${file} cannot be read: ${why}.`,
      file,
      help: "Correct the file; `cargo build` says what is wrong with it.",
    });
  let raw: unknown;
  try {
    raw = parse(await readTextFile(file));
  } catch (error) {
    throw unreadable(messageOf(error).split("\n")[0] ?? "");
  }
  const parsed = manifest.safeParse(raw);
  if (!parsed.success) throw unreadable(describeIssue(raw, parsed.error.issues[0]));
  return new Map(Object.entries(parsed.data.profile ?? {}));
}

function profile(name: string, given: Profiles): ProfileChoice {
  const { lto, "opt-level": level = "0", incremental = false, "codegen-units": units } = resolved(name, given);
  const optLevel = String(level);
  return {
    name,
    inherits: OWN.has(name) ? null : (given.get(name)?.inherits ?? null),
    lto: ltoOf(lto, optLevel, units),
    optLevel,
    incremental,
  };
}

/** @param seen profiles on the way: one that inherits itself ends there, and Cargo reports it when it builds */
function resolved(name: string, given: Profiles, seen: readonly string[] = []): Settings {
  const own = OWN.get(name);
  const here = given.get(name) ?? {};
  const parent = own === undefined ? here.inherits : own.inherits;
  const inherited = parent === undefined || seen.includes(parent) ? {} : resolved(parent, given, [...seen, name]);
  return { ...inherited, ...own, ...Object.fromEntries(Object.entries(here).filter(([, value]) => value !== undefined)) };
}

/** `lto = false` is thin-local LTO, which rustc leaves out without optimisation or with a single codegen unit. */
function ltoOf(lto: Settings["lto"], optLevel: string, units: number | undefined): ProfileChoice["lto"] {
  if (lto === true || lto === "true" || lto === "fat") return "fat";
  if (lto === "thin") return "thin";
  if (lto === "off" || lto === "n" || lto === "no") return "off";
  return optLevel === "0" || units === 1 ? "off" : "thin-local";
}
