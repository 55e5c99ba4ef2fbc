/**
 * The kinds of LTO as data: the stages of each pipeline with their order and names, and the properties in which pipelines differ. Store, addresses,
 * views, charts and help texts follow these lists. To add a stage, add it here and to the engine's table (addon/lto/rustc/stages.h).
 *
 * Source: the `save_temp_bitcode` and `generic_activity` calls in rustc's `compiler/rustc_codegen_llvm/src/back/lto.rs` (1.9x).
 */

/** A stage's tag: its address on disk, in URIs, messages and reports. Text from outside is valid only if a pipeline's list contains it. */
export type Stage = string;

/**
 * The kinds of files that stages write, with their extensions. A record without a kind means bitcode. The others are in records of their own: `calls` and
 * `remarks`, what the inliner decided and what the other passes said on the way to a stage; `references`, what the definitions of a stage refer to;
 * `object` and `dwarf`, the machine code generated from the last stage and its split debug info; `assembly`, the same as text; `passes`, every run of a
 * pass on the way to the last stage, and `pass-texts`, the texts of one function between them.
 */
export const ARTIFACTS = {
  bitcode: { kind: "bitcode", extension: "bc" },
  calls: { kind: "calls", extension: "json" },
  remarks: { kind: "remarks", extension: "json" },
  references: { kind: "references", extension: "json" },
  object: { kind: "object", extension: "o" },
  dwarf: { kind: "dwarf", extension: "dwo" },
  assembly: { kind: "assembly", extension: "json" },
  passes: { kind: "passes", extension: "json" },
  "pass-texts": { kind: "pass-texts", extension: "json" },
} as const;

export type ArtifactKind = keyof typeof ARTIFACTS;

/** How charts draw a stage's bars: a colour and a pattern (webview/timeline/patterns.ts). Two stages may share one. */
export type Fill = "input" | "link" | "rename" | "resolve" | "internalize" | "restriction" | "import" | "optimize";

export interface StageInfo {
  /** rustc's own tag. */
  readonly tag: Stage;
  /** As the command line spells it; unique within a pipeline. */
  readonly short: string;
  /** As the user interface spells it. */
  readonly label: string;
  /** rustc's self-profile activity that leads to this stage of the pipeline and to no other; null: the engine's timings carry the tag in its place. */
  readonly activity: string | null;
  /** The name of rustc's file for the stage after `<module>.rcgu.`. */
  readonly file: string;
  readonly artifact: ArtifactKind;
  readonly fill: Fill;
  /** Functions may have been imported from other modules; never in fat LTO. */
  readonly imported: boolean;
  /** The prevailing copy of each symbol has been chosen (thin LTO: `thinLTOResolvePrevailingInIndex`). */
  readonly prevailingDecided: boolean;
}

/** The description of an activity that is part of one or more stages. */
export interface PartActivity {
  /** rustc's name of it. */
  readonly activity: string;
  readonly label: string;
  /** Its own fill and legend, and the stage of the base module that shows its result. */
  readonly own?: { readonly fill: Fill; readonly legend: string; readonly opens: Stage };
}

export interface Pipeline {
  /** The name in manifests and reports (`mode`), and in `capture --lto`. */
  readonly name: string;
  /** The command of `lto-inspector` that replays it. */
  readonly command: string;
  /** "Thin LTO": at the beginning of a title or a sentence. */
  readonly title: string;
  /** The text before a run's counts where space is scarce. */
  readonly statusTitle: string;
  /** A note in lists of runs; empty for the usual pipeline. */
  readonly note: string;
  /** The pipeline has ThinLTO keys: rustc re-uses or re-compiles each module for a reason. */
  readonly keys: boolean;
  /** All modules are linked into one, the base module, which alone has stages. */
  readonly linksIntoOne: boolean;
  /** Upstream crates and the allocator's codegen unit take part. */
  readonly upstream: boolean;
  /** In the order in which the engine makes them. */
  readonly stages: readonly StageInfo[];
  readonly parts: readonly PartActivity[];
  /** The stage in which symbols that nothing else needs become internal. */
  readonly internalized: Stage;
  /** The output of LLVM's optimisation passes, from which code is generated. */
  readonly optimized: Stage;
  /** The default stage for searching symbols. */
  readonly searched: Stage;
  /** The reason why this pipeline cannot be replayed on a unit built by another. */
  readonly refusal: string;
}

type Given = Pick<StageInfo, "tag" | "short" | "label"> & Partial<StageInfo>;

function stage(given: Given & Pick<StageInfo, "fill">): StageInfo {
  const artifact = given.artifact ?? "bitcode";
  const file = `${given.tag}.${ARTIFACTS[artifact].extension}`;
  return { activity: null, file, artifact, imported: false, prevailingDecided: true, ...given };
}

/** In the order in which `optimize_thin_module` makes them. */
const THIN_STAGES: readonly StageInfo[] = [
  stage({ tag: "thin-lto-input", short: "input", label: "Input", fill: "input", prevailingDecided: false }),
  stage({
    ...{ tag: "thin-lto-after-rename", short: "rename", label: "Rename", fill: "rename", prevailingDecided: false },
    activity: "LLVM_thin_lto_rename",
  }),
  stage({ tag: "thin-lto-after-resolve", short: "resolve", label: "Resolve", fill: "resolve", activity: "LLVM_thin_lto_resolve_weak" }),
  stage({
    ...{ tag: "thin-lto-after-internalize", short: "internalize", label: "Internalize", fill: "internalize" },
    activity: "LLVM_thin_lto_internalize",
  }),
  stage({
    ...{ tag: "thin-lto-after-import", short: "import", label: "Import", fill: "import", imported: true },
    activity: "LLVM_thin_lto_import",
  }),
  stage({
    ...{ tag: "thin-lto-after-pm", short: "pm", label: "Optimize (pm)", fill: "optimize", imported: true },
    activity: "LLVM_lto_optimize",
  }),
];

/** In the order in which `fat_lto` and `run_pass_manager` make them. */
const FAT_STAGES: readonly StageInfo[] = [
  stage({ tag: "lto.input", short: "input", label: "Input", fill: "input", prevailingDecided: false }),
  stage({ tag: "lto.after-restriction", short: "restriction", label: "Restriction", fill: "restriction" }),
  // rustc has no tag for it: the file is the module's own `.rcgu.bc`.
  stage({ tag: "lto.after-pm", short: "pm", label: "Optimize (pm)", fill: "optimize", activity: "LLVM_lto_optimize", file: "bc" }),
];

const THIN = {
  name: "thin",
  command: "thin",
  title: "Thin LTO",
  statusTitle: "LTO",
  note: "",
  keys: true,
  linksIntoOne: false,
  upstream: true,
  stages: THIN_STAGES,
  parts: [],
  internalized: "thin-lto-after-internalize",
  optimized: "thin-lto-after-pm",
  searched: "thin-lto-after-import",
  refusal: "there is no thin pipeline to replay",
} as const satisfies Pipeline;

/** Thin LTO among the codegen units of one crate. */
const THIN_LOCAL = { ...THIN, name: "thin-local", upstream: false } as const satisfies Pipeline;

const FAT = {
  name: "fat",
  command: "fat",
  title: "Fat LTO",
  statusTitle: "Fat LTO",
  note: "fat LTO",
  keys: false,
  linksIntoOne: true,
  upstream: true,
  stages: FAT_STAGES,
  parts: [
    {
      activity: "LLVM_fat_lto_link_module",
      label: "Linking",
      own: { fill: "link", legend: "Linking one module", opens: "lto.input" },
    },
    { activity: "LLVM_fat_lto_build_monolithic_module", label: "Input, Restriction and saving both" },
  ],
  internalized: "lto.after-restriction",
  optimized: "lto.after-pm",
  searched: "lto.input",
  refusal: "its modules are not what fat LTO would link",
} as const satisfies Pipeline;

/** Every pipeline, by its name. */
export const PIPELINES = { thin: THIN, fat: FAT, "thin-local": THIN_LOCAL } as const satisfies Readonly<Record<string, Pipeline>>;

/** The name of a pipeline. */
export type LtoMode = (typeof PIPELINES)[keyof typeof PIPELINES]["name"];

/** A command that replays a pipeline: for plain files, the pipeline of that name. */
export type LtoCommand = (typeof PIPELINES)[keyof typeof PIPELINES]["command"];

export const ALL_PIPELINES: readonly (Pipeline & { readonly name: LtoMode; readonly command: LtoCommand })[] = Object.values(PIPELINES);

/** The default for plain files. */
export const DEFAULT_COMMAND = "thin" satisfies LtoCommand;

export function pipelineOf(name: LtoMode): (typeof ALL_PIPELINES)[number] {
  return PIPELINES[name];
}
