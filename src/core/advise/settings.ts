/** Settings to compare, as they are written: `lto=fat,codegen-units=1`. */
import { ALL_PIPELINES, type LtoMode } from "../../protocol/pipelines.js";
import type { OptLevel, UnitManifest } from "../../protocol/units.js";
import { LtoError } from "../base/errors.js";
import { RustcArguments } from "../pipelines/rustc-args.js";

/** What is given instead of the build's own settings. */
export interface Setting {
  /** As it is shown; "as built" for none. */
  readonly name: string;
  /** What only another build can have. Empty: the captured build is replayed. */
  readonly build: BuildSetting;
  /** The level of LTO and code generation alone. */
  readonly ltoLevel: OptLevel | null;
  /** Arguments of LLVM in LTO and code generation, such as `-import-instr-limit=10`. */
  readonly llvmArgs: readonly string[];
}

/** Settings of the profile, with Cargo's values. */
export interface BuildSetting {
  readonly lto?: LtoMode | "off";
  readonly codegenUnits?: number;
  readonly optLevel?: OptLevel;
}

export const AS_BUILT: Setting = { name: "as built", build: {}, ltoLevel: null, llvmArgs: [] };

const LTO = ["off", ...ALL_PIPELINES.map(({ name }) => name).toReversed()] as const;
const LEVELS = ["0", "1", "2", "3", "s", "z"] as const;

/** What `advise` compares if nothing is named. */
export const DEFAULT_SETTINGS: readonly string[] = [
  "lto=off",
  "lto=thin-local",
  "lto=thin",
  "lto=fat",
  "codegen-units=1",
  "opt-level=s",
  "import-instr-limit=10",
];

const HELP =
  "Write `lto=off|thin-local|thin|fat`, `codegen-units=N`, `opt-level=0|1|2|3|s|z` (each a build of its own), `lto-opt-level=LEVEL`, or an argument of LLVM such as `import-instr-limit=10`; commas combine them.";

/** @throws LtoError Usage */
export function parseSetting(text: string): Setting {
  const parts = text.split(",").map((part) => part.trim());
  let setting: Setting = { ...AS_BUILT, name: parts.join(",") };
  for (const part of parts) setting = withPart(setting, part);
  return setting;
}

function withPart(setting: Setting, part: string): Setting {
  const [, name = "", value = ""] = /^-?-?([A-Za-z][\w-]*)=(\S+)$/.exec(part) ?? [];
  const build = (one: BuildSetting): Setting => ({ ...setting, build: { ...setting.build, ...one } });
  switch (name) {
    case "":
      throw wrong(part, "it is not NAME=VALUE");
    case "lto":
      return build({ lto: oneOf(LTO, value, part) });
    case "codegen-units":
      if (!/^[1-9]\d{0,3}$/.test(value)) throw wrong(part, "its value is not a number from 1 to 9999");
      return build({ codegenUnits: Number(value) });
    case "opt-level":
      return build({ optLevel: oneOf(LEVELS, value, part) });
    case "lto-opt-level":
      return { ...setting, ltoLevel: oneOf(LEVELS, value, part) };
    default:
      return { ...setting, llvmArgs: [...setting.llvmArgs, `-${name}=${value}`] };
  }
}

function oneOf<T extends string>(allowed: readonly T[], value: string, part: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw wrong(part, `its value is none of ${allowed.join(", ")}`);
  return found;
}

function wrong(part: string, why: string): LtoError {
  return new LtoError({ name: "Usage", message: `The setting \`${part}\` is not understood: ${why}.`, help: HELP });
}

/**
 * Without what the captured build has anyway: it would be built twice.
 *
 * @param codegenUnits of the build's command line
 */
function withoutOwn(
  setting: Setting,
  { mode, settings }: Pick<UnitManifest, "mode" | "settings">,
  codegenUnits: string | undefined,
): Setting {
  const { lto, optLevel, codegenUnits: wanted } = setting.build;
  return {
    ...setting,
    build: {
      ...(lto === undefined || lto === mode ? {} : { lto }),
      ...(optLevel === undefined || optLevel === settings.optLevel ? {} : { optLevel }),
      ...(wanted === undefined || String(wanted) === codegenUnits ? {} : { codegenUnits: wanted }),
    },
  };
}

/** What a text asks for beyond what the captured build has. @throws LtoError Usage */
export function settingOf(text: string, unit: Pick<UnitManifest, "mode" | "settings" | "commandLine">): Setting {
  return withoutOwn(parseSetting(text), unit, new RustcArguments(unit.commandLine).codegen("codegen-units"));
}

/** Whether only another build has this setting. */
export function needsBuild({ build }: Setting): boolean {
  return Object.keys(build).length > 0;
}

/**
 * Lines that make a build have this setting.
 *
 * @param profile of the build
 * @returns null: the build has it, or no build can have it
 */
export function snippetOf({ build, ltoLevel, llvmArgs }: Setting, profile: string): string | null {
  const { lto, codegenUnits, optLevel } = build;
  if (ltoLevel !== null || !llvmArgs.every(isOfImports)) return null;
  const lines = [
    ...(lto === undefined ? [] : [`lto = ${LTO_OF_PROFILE[lto]}`]),
    ...(codegenUnits === undefined ? [] : [`codegen-units = ${codegenUnits}`]),
    ...(optLevel === undefined ? [] : [`opt-level = ${/^\d$/.test(optLevel) ? optLevel : `"${optLevel}"`}`]),
  ];
  const flags = llvmArgs.map((argument) => `"-Cllvm-args=${argument}"`).join(", ");
  const parts = [
    ...(lines.length === 0 ? [] : ["# Cargo.toml", `[profile.${profile}]`, ...lines]),
    ...(flags === "" ? [] : ["# .cargo/config.toml", "[build]", `rustflags = [${flags}]`]),
  ];
  return parts.length === 0 ? null : parts.join("\n");
}

/** As Cargo writes it. */
const LTO_OF_PROFILE: Readonly<Record<LtoMode | "off", string>> = { off: '"off"', "thin-local": "false", thin: '"thin"', fat: '"fat"' };

/** Nothing before LTO reads these arguments, so a build with them gives what a replay gives. */
export function isOfImports(argument: string): boolean {
  return argument.startsWith("-import-");
}
