/** Cargo's output formats: `cargo metadata`, its unit graph, the messages of a build, a value of its configuration. Other properties are ignored. */
import * as z from "zod/mini";
import { filePath } from "../base/values.js";

const target = z.lazy(() =>
  z.object({
    kind: z.array(z.string()),
    crate_types: z.array(z.string()),
    name: z.string(),
    src_path: filePath,
    "required-features": z.optional(z.array(z.string())),
  }),
);

/** `cargo metadata --format-version 1 --no-deps` */
export const cargoMetadata = z.lazy(() =>
  z.object({
    workspace_root: filePath,
    target_directory: filePath,
    /** Since cargo 1.71. */
    workspace_default_members: z.optional(z.array(z.string())),
    packages: z.array(z.object({ id: z.string(), name: z.string(), manifest_path: filePath, targets: z.array(target) })),
  }),
);

/** `src/cargo/core/compiler/unit_graph.rs` (cargo 1.95) */
export const cargoUnitGraph = z.lazy(() =>
  z.object({
    units: z.array(
      z.object({
        pkg_id: z.string(),
        mode: z.string(),
        target,
        profile: z.object({
          name: z.string(),
          opt_level: z.string(),
          lto: z.string(),
          incremental: z.boolean(),
          codegen_units: z.nullish(z.number()),
          debuginfo: z.nullish(z.union([z.number(), z.string()])),
        }),
      }),
    ),
    roots: z.array(z.number()),
  }),
);

/** A message with the reason `compiler-artifact`. */
export const cargoArtifact = z.lazy(() =>
  z.object({
    package_id: z.string(),
    target,
    profile: z.object({ test: z.boolean() }),
    filenames: z.array(filePath),
    executable: z.nullable(filePath),
    fresh: z.boolean(),
  }),
);

/** A position in a source, as rustc writes it (`DiagnosticSpan` of `compiler/rustc_errors/src/json.rs`, 1.95): lines and columns from 1. */
export interface CargoSpan {
  readonly file_name: string;
  readonly line_start: number;
  readonly line_end: number;
  readonly column_start: number;
  readonly column_end: number;
  readonly is_primary: boolean;
  readonly label?: string | null | undefined;
  readonly text: readonly { readonly text: string }[];
  /** The macro that contains the position, and where that was called. */
  readonly expansion?: { readonly span: CargoSpan } | null | undefined;
}

const span: z.ZodMiniType<CargoSpan> = z.lazy(() =>
  z.object({
    file_name: filePath,
    line_start: z.number(),
    line_end: z.number(),
    column_start: z.number(),
    column_end: z.number(),
    is_primary: z.boolean(),
    label: z.nullish(z.string()),
    text: z.array(z.object({ text: z.string() })),
    expansion: z.nullish(z.object({ span })),
  }),
);

/** A message with the reason `compiler-message`. */
export const cargoCompilerMessage = z.lazy(() =>
  z.object({
    target,
    message: z.object({
      message: z.string(),
      level: z.string(),
      code: z.nullable(z.object({ code: z.string() })),
      spans: z.array(span),
      children: z.array(z.object({ level: z.string(), message: z.string() })),
      rendered: z.nullish(z.string()),
    }),
  }),
);

/** `rustflags` in Cargo's configuration: words, or one string of words. */
const rustflags = z.lazy(() => z.union([z.string(), z.array(z.string())]));

export const cargoRustflags = rustflags;

/** `cargo config get --format json-value target`: targets by triple or `cfg(…)`. */
export const cargoTargets = z.lazy(() => z.record(z.string(), z.looseObject({ rustflags: z.exactOptional(rustflags) })));

/** `cargo config get --format json-value` of a key. */
export const cargoConfigValue = z.string();
