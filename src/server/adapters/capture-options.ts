/** What a capture's choice in the client means, as options and as arguments of the command line. */
import type { CaptureOptions } from "../../core/producers/captures.js";
import type { CaptureChoice } from "../../protocol/requests/capture.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

/** The arguments of the command line for a choice, without the program. */
export function captureArguments(state: ServerState, choice: CaptureChoice): string[] {
  const { folder, profile, packages = [], bins = [], lto, incremental, toolchain } = captureOptions(state, choice);
  return [
    ...["capture", folder, "--profile", profile ?? state.settings.profile],
    ...packages.flatMap((name) => ["--package", name]),
    ...bins.flatMap((name) => ["--bin", name]),
    ...(lto === undefined ? [] : ["--lto", lto]),
    ...(incremental === undefined ? [] : [incremental ? "--incremental" : "--no-incremental"]),
    ...(toolchain === undefined ? [] : ["--toolchain", toolchain]),
  ];
}

export function captureOptions(
  { settings }: ServerState,
  { folder, packages, bins, profile, lto, incremental }: CaptureChoice,
): CaptureOptions {
  return {
    folder: pathOf(folder),
    profile: profile ?? settings.profile,
    packages,
    bins,
    lto,
    incremental,
    ...(settings.toolchain === "" ? {} : { toolchain: settings.toolchain }),
  };
}
