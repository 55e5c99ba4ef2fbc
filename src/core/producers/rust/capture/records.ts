/** Matches the wrapper's records with Cargo's artifacts. */
import path from "node:path";
import type { Artifact } from "./cargo-build.js";
import type { RustcArguments } from "../../../pipelines/rustc-args.js";
import type { RustcRecord } from "../wrapper/record.js";

export interface FoundRecord {
  readonly folder: string;
  readonly record: RustcRecord;
  readonly args: RustcArguments;
}

/**
 * The run that made an artifact: same crate, same source, both with or both without tests. Benchmarks, and tests with `harness = false`, are tests
 * for Cargo but plain programs for rustc.
 */
export function recordOf(artifact: Artifact, records: readonly FoundRecord[]): FoundRecord | undefined {
  const crate = artifact.name.replaceAll("-", "_");
  // Cargo appends the path in the manifest to the package's folder without resolving "..".
  const source = asCargoPrints(path.resolve(artifact.srcPath));
  const same = records.filter(
    ({ record, args }) =>
      args.crateName === crate && args.inputs.some((input) => asCargoPrints(path.resolve(record.cwd, input)) === source),
  );
  const tested = same.filter(({ args }) => args.isTest === artifact.test);
  const fitting = tested.length === 0 && artifact.kind.some((kind) => kind === "bench" || kind === "test") ? same : tested;
  // If it was built for several targets at once, an artifact is in its target's own folder.
  return fitting.find((candidate) => liesWith(artifact, candidate)) ?? fitting[0];
}

/** Without terminal colours, Cargo strips control characters from its output. JSON escapes all of them except DEL. */
function asCargoPrints(file: string): string {
  return file.replaceAll("\u007F", "");
}

function liesWith(artifact: Artifact, { record, args }: FoundRecord): boolean {
  const folder = path.dirname(path.resolve(record.cwd, args.outDir ?? "."));
  return artifact.filenames.some((file) => file.startsWith(folder + path.sep));
}
