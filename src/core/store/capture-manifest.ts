/** `manifest.json` of a capture. */
import * as z from "zod/mini";
import type { ArchiveList, CaptureScope, LinkLine, TargetSpec, UnitManifest } from "../../protocol/units.js";
import { BEFORE_FILES } from "../../protocol/linked-files.js";
import { byName } from "../base/by-name.js";
import { toolchain } from "../machine/toolchain-format.js";
import {
  argument,
  cargoName,
  count,
  cratePlace,
  crateType,
  deviation,
  digest256,
  errorReport,
  featureOption,
  targetTriple,
  toolchainName,
  filePath,
  folderName,
  formatOf,
  instant,
  keyDigits,
  ltoMode,
  optLevel,
  pathBelow,
  relocationModel,
  stageKey,
} from "../base/values.js";

const settings = formatOf<UnitManifest["settings"]>()(() =>
  z.object({
    optLevel,
    targetTriple: z.nullable(z.string()),
    targetCpu: z.nullable(z.string()),
    targetFeatures: z.string(),
    relocationModel,
    codeModel: z.nullable(z.string()),
    llvmArgs: z.array(z.string()),
    vectorizeLoops: z.boolean(),
    vectorizeSlp: z.boolean(),
    mergeFunctions: z.boolean(),
    passes: z.array(z.string()),
    noPrepopulatePasses: z.boolean(),
    fewerNames: z.boolean(),
    preferDynamic: z.boolean(),
    dylibLto: z.boolean(),
    linkerPluginLto: z.boolean(),
    profilerRuntime: z.boolean(),
    instrumentation: z.exactOptional(
      z.object({
        coverage: z.boolean(),
        profileGenerate: z.nullable(z.string()),
        profileUse: z.nullable(z.string()),
        sanitizers: z.array(z.string()),
      }),
    ),
  }),
);

const targetSpec = formatOf<TargetSpec>()(() =>
  z.object({
    llvmTarget: z.string(),
    relocationModel,
    codeModel: z.nullable(z.string()),
    mergeFunctions: z.enum(["disabled", "trampolines", "aliases"]),
    functionSections: z.boolean(),
    trapUnreachable: z.boolean(),
    relaxElfRelocations: z.boolean(),
    useCtorsSection: z.boolean(),
    generateArangeSection: z.boolean(),
    emulatedTls: z.boolean(),
    singlethread: z.boolean(),
    abi: z.string(),
    floatAbi: z.enum(["default", "soft", "hard"]),
    features: z.string(),
    llvmArgs: z.array(z.string()),
  }),
);

const localModule = formatOf<UnitManifest["localModules"][number]>()(() =>
  z.object({
    name: z.string(),
    origin: z.enum(["local", "allocator"]),
    file: pathBelow,
    reserialize: z.boolean(),
    green: z.nullable(z.boolean()),
    inMemory: z.exactOptional(z.boolean()),
    useListsFile: z.exactOptional(pathBelow),
    namesFile: z.exactOptional(pathBelow),
    withGlobalAllocator: z.exactOptional(pathBelow),
  }),
);

const decisions = z.lazy(() =>
  z.object({
    preservedSymbols: z.nullable(count),
    previousKeys: z.nullable(byName(keyDigits)),
    currentKeys: byName(keyDigits),
    verdicts: byName(z.enum(["re-used", "re-compiled"])),
    localModules: z.array(z.string()),
    upstreamOrCachedModules: z.array(z.string()),
    linked: z.exactOptional(z.array(z.string())),
  }),
);

const linkLine = formatOf<LinkLine>()(() =>
  z.object({
    program: argument,
    words: z.array(
      z.union([
        z.string(),
        z.object({ module: z.string() }),
        z.object({ file: pathBelow, before: z.enum(BEFORE_FILES) }),
        z.object({ output: z.literal(true) }),
      ]),
    ),
    environment: byName(z.string()),
    folder: filePath,
    output: pathBelow,
    source: filePath,
  }),
);

const archiveList = formatOf<ArchiveList>()(() =>
  z.object({
    members: z.array(
      z.union([z.object({ name: z.string(), module: z.string() }), z.object({ name: z.string(), from: filePath, sha256: digest256 })]),
    ),
    output: pathBelow,
    source: filePath,
  }),
);

const names = (): z.ZodMiniExactOptional<z.ZodMiniArray<typeof cargoName>> => z.exactOptional(z.array(cargoName));

const captureScope = formatOf<CaptureScope>()(() =>
  z.object({
    folder: argument,
    packages: names(),
    lib: z.exactOptional(z.boolean()),
    bins: names(),
    examples: names(),
    tests: names(),
    benches: names(),
    lto: z.exactOptional(ltoMode),
    incremental: z.exactOptional(z.boolean()),
    lineTables: z.exactOptional(z.boolean()),
    features: z.exactOptional(z.array(featureOption)),
    targets: z.exactOptional(z.array(targetTriple)),
    toolchain: z.exactOptional(z.nullable(toolchainName)),
  }),
);

/** As on disk: paths are absolute or relative to the manifest's folder, and the folder itself is not named. */
export const captureManifest = formatOf<Omit<UnitManifest, "folder">>()(() =>
  z.object({
    schema: z.literal(1),
    producer: z.exactOptional(z.string()),
    id: folderName,
    capture: z.int().check(z.positive()),
    name: z.string(),
    crateName: z.string(),
    packageName: z.string(),
    crateTypes: z.array(crateType),
    profile: z.string(),
    mode: ltoMode,
    incremental: z.boolean(),
    sessionFolders: z.exactOptional(z.array(folderName)),
    workspace: filePath,
    capturedAt: instant,
    toolchain,
    commandLine: z.array(z.string()),
    settings,
    targetSpec: z.exactOptional(targetSpec),
    deviations: z.array(deviation),
    scope: z.exactOptional(captureScope),
    complete: z.boolean(),
    incompleteBecause: z.exactOptional(errorReport),
    notLinked: z.exactOptional(errorReport),
    localModules: z.array(localModule),
    preservedFiles: z.exactOptional(z.array(pathBelow)),
    upstream: z.array(
      z.object({
        crate: z.string(),
        file: pathBelow,
        source: filePath,
        place: z.exactOptional(cratePlace),
        members: z.nullable(z.array(z.string())),
      }),
    ),
    outsideLto: z.exactOptional(z.array(z.object({ crate: z.string(), file: pathBelow, source: filePath }))),
    noBuiltins: z.exactOptional(z.literal(false)),
    profileFile: z.exactOptional(pathBelow),
    previousKeysFile: z.nullable(pathBelow),
    currentKeysFile: z.nullable(pathBelow),
    decisions: z.nullable(decisions),
    rustcStages: byName(z.record(stageKey, pathBelow)),
    rustcObjects: z.exactOptional(byName(z.object({ file: pathBelow, source: filePath, dwarf: z.exactOptional(pathBelow) }))),
    link: z.exactOptional(linkLine),
    archive: z.exactOptional(archiveList),
    noLinkBecause: z.exactOptional(z.string()),
    outputAlone: z.exactOptional(z.object({ file: pathBelow, source: filePath })),
    outputBytes: z.nullable(count),
    warnings: z.array(z.string()),
  }),
);

/** Decides whether a unit's id means this capture. */
export const captureCompleteness = z.lazy(() => z.object({ complete: z.boolean() }));

/** The part to show of a manifest that cannot be read completely. */
export const captureWorkspace = z.lazy(() => z.object({ workspace: z.string() }));
