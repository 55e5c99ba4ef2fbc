/** Building blocks of formats, and the check that a format's schema matches its type in src/protocol. */
import * as z from "zod/mini";
import { CRATE_PLACES } from "../../protocol/crate-places.js";
import { LTO_ERROR_NAMES } from "../../protocol/error-table.js";
import type { BuildProblem, LtoErrorReport } from "../../protocol/errors.js";
import type { Fidelity, ReasonKind, UnitSummary, UsedLlvm, UsedSettings, Verdict } from "../../protocol/runs.js";
import { ALL_PIPELINES, ARTIFACTS, type ArtifactKind, type LtoCommand, type LtoMode, type Stage } from "../../protocol/pipelines.js";
import { allStages } from "../../protocol/stages.js";
import type { CratePlace, CrateType, Deviation, ModuleOrigin, OptLevel, RelocationModel } from "../../protocol/units.js";

/** A type in a comparable form: without `readonly`, and with optional properties marked. */
type Spelled<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Spelled<Item>[]
    : {
        -readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K>
          ? { readonly absentOr: Spelled<Required<Pick<T, K>>[K]> }
          : Spelled<T[K]>;
      };

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** An additional constraint on a schema: none if it yields the type, impossible if it does not. */
type Giving<Schema extends z.ZodMiniType, Type> =
  Same<Spelled<z.output<Schema>>, Spelled<Type>> extends true ? unknown : { readonly differsFrom: Type };

/**
 * Ties a schema to a type: it compiles only if the schema yields exactly that type, including optional properties (but ignoring `readonly`), so
 * that neither can change without the other. Creates the schema on first use: creating all of them would take a tenth of the time of `--help`.
 */
export function formatOf<Type>() {
  return <Schema extends z.ZodMiniType>(make: () => Schema & Giving<Schema, Type>): z.ZodMiniLazy<Schema> => z.lazy<Schema>(make);
}

/** Like `formatOf`, for a choice of words, which is cheap to create and can be used for keys. */
export function wordsOf<Type extends string>() {
  return <Schema extends z.ZodMiniType>(schema: Schema & Giving<Schema, Type>): Schema => schema;
}

function textThat(is: (text: string) => boolean, what: string): z.ZodMiniString {
  return z.string().check(z.refine(is, { error: what }));
}

/** A whole number that counts something, or a size in bytes. */
export const count = z.int().check(z.nonnegative());

/** A duration in milliseconds. */
export const millis = z.number().check(z.nonnegative(), z.maximum(Number.MAX_SAFE_INTEGER));

/** Text that Node and the system take as a path: not empty, no NUL. */
export const filePath = textThat(isPath, "a path");

/** An argument of a program. */
export const argument = textThat((text) => !text.includes("\0"), "text without null bytes");

/** The name of something that Cargo builds: Cargo takes a word that begins with "-" for an option. */
export const cargoName = textThat((text) => /^[^-\0][^\0]*$/.test(text), "a name that is no option");

/** One of Cargo's options that choose features. */
export const featureOption = textThat(
  (text) => /^--(?:features=[^\0]*|all-features|no-default-features)$/.test(text),
  "an option that chooses features",
);

export const targetTriple = textThat(isTargetTriple, "a target's triple");

export const toolchainName = textThat(isToolchainName, "the name of a rustup toolchain");

/** Not the path of a specification. */
export function isTargetTriple(text: string): boolean {
  return isToolchainName(text) && !text.endsWith(".json");
}

/** Not a path, which could name any program. */
export function isToolchainName(text: string): boolean {
  return /^[A-Za-z\d][\w.-]*$/.test(text);
}

/** The path of a file, absolute or below the folder of the format's own file. */
export const pathBelow = textThat(staysBelow, "an absolute path or one that stays below its folder");

/** The name of a folder of the store: one component of a path. */
export const folderName = textThat(isFolderName, "a name without slashes");

/** ThinLTO's key of a module: SHA-1 in hex. */
export const keyDigits = z.string().check(z.regex(/^[0-9A-Fa-f]{40}$/, { error: "a key of 40 hexadecimal digits" }));

/** SHA-256 or BLAKE3-256 in hex: a blob's name in the store, from which its path is made. */
export const digest256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, { error: "64 hexadecimal digits" }));

/** SHA-256 in hex. */
export const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, { error: "a digest of 64 hexadecimal digits" }));

/** ISO 8601. */
export const instant = textThat((text) => !Number.isNaN(Date.parse(text)), "a point in time");

const STAGES = allStages().map(({ tag }) => tag);

/** A stage of any pipeline; code that knows the pipeline checks it. */
export const stage = wordsOf<Stage>()(z.enum(STAGES));

/** The same for records without all stages. */
export const stageKey = textThat((text) => STAGES.includes(text), `one of ${STAGES.join(", ")}`);

export const artifactKind = wordsOf<ArtifactKind>()(z.enum(Object.values(ARTIFACTS).map(({ kind }) => kind)));

export const ltoMode = wordsOf<LtoMode>()(z.enum(ALL_PIPELINES.map(({ name }) => name)));

export const ltoCommand = wordsOf<LtoCommand>()(z.enum([...new Set(ALL_PIPELINES.map(({ command }) => command))]));

export const crateType = wordsOf<CrateType>()(z.enum(["bin", "cdylib", "staticlib", "dylib", "rlib", "lib", "proc-macro", "sdylib"]));

export const optLevel = wordsOf<OptLevel>()(z.enum(["0", "1", "2", "3", "s", "z"]));

export const RELOCATION_MODELS = [
  "static",
  "pic",
  "pie",
  "dynamic-no-pic",
  "ropi",
  "rwpi",
  "ropi-rwpi",
] as const satisfies readonly RelocationModel[];

export const relocationModel = wordsOf<RelocationModel>()(z.enum(RELOCATION_MODELS));

export const moduleOrigin = wordsOf<ModuleOrigin>()(z.enum(["local", "upstream", "allocator", "input"]));

export const cratePlace = wordsOf<CratePlace>()(z.enum(CRATE_PLACES));

export const verdict = wordsOf<Verdict>()(z.enum(["re-used", "re-compiled", "linked", "failed"]));

export const reasonKind = wordsOf<ReasonKind>()(
  z.enum([
    "key-equal",
    "both-keys-absent",
    "key-equal-but-not-cached",
    "key-equal-but-not-green",
    "key-changed",
    "new-module",
    "no-previous-keys",
    "no-session",
    "base-module",
    "linked-into-base",
    "failed",
  ]),
);

export const fidelity = wordsOf<Fidelity>()(z.enum(["verified", "same LLVM, not verified", "other LLVM"]));

export const deviation = formatOf<Deviation>()(() => z.object({ setting: z.string(), build: z.string(), used: z.string() }));

const textPlace = z.lazy(() => z.object({ line: count, character: count }));

const buildProblem = formatOf<BuildProblem>()(() =>
  z.object({
    severity: z.enum(["error", "warning"]),
    code: z.nullable(z.string()),
    message: z.string(),
    file: filePath,
    start: textPlace,
    end: textPlace,
  }),
);

/** Captures and runs of earlier versions have `mend` instead of `help`. */
const withHelp = z.transform((given: unknown): unknown => {
  if (typeof given !== "object" || given === null || "help" in given || !("mend" in given)) return given;
  const { mend, ...others } = given;
  return { ...others, help: mend };
});

export const errorReport = formatOf<LtoErrorReport>()(() =>
  z.pipe(
    withHelp,
    z.object({
      name: z.enum(LTO_ERROR_NAMES),
      message: z.string(),
      output: z.exactOptional(z.string()),
      file: z.exactOptional(z.string()),
      module: z.exactOptional(z.string()),
      stage: z.exactOptional(z.string()),
      help: z.exactOptional(z.string()),
      problems: z.exactOptional(z.array(buildProblem)),
    }),
  ),
);

export const unitSummary = formatOf<UnitSummary>()(() =>
  z.object({ id: z.string(), name: z.string(), crateTypes: z.array(crateType), profile: z.string(), mode: ltoMode }),
);

export const usedLlvm = formatOf<UsedLlvm>()(() =>
  z.object({ path: filePath, version: z.string(), revision: z.string(), matchesProducer: z.boolean() }),
);

export const usedSettings = formatOf<UsedSettings>()(() =>
  z.object({
    optLevel,
    targetCpu: z.nullable(z.string()),
    targetFeatures: z.string(),
    relocationModel: z.string(),
    llvmArgs: z.array(z.string()),
    preservedSymbols: count,
  }),
);

function isPath(text: string): boolean {
  return text !== "" && !text.includes("\0");
}

function staysBelow(text: string): boolean {
  return isPath(text) && (text.startsWith("/") || !text.split("/").includes(".."));
}

function isFolderName(text: string): boolean {
  return /^[^/\0]{1,255}$/.test(text) && text !== "." && text !== "..";
}
