/** What a capture's choice in the client means, as options and as arguments of the command line. */
import { cargoArgumentsOf, type CaptureOptions } from "../../core/producers/captures.js";
import type { CaptureChoice } from "../../protocol/requests/capture.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

/**
 * The arguments of the command line for a choice, without the program.
 *
 * @param more further options
 */
export function captureArguments(state: ServerState, choice: CaptureChoice, more: readonly string[] = []): string[] {
  const { folder, profile, lto, incremental, lineTables, toolchain, cargoArgs = [], ...targets } = captureOptions(state, choice);
  const each = (option: string, names: readonly string[] = []): string[] => names.flatMap((name) => [option, name]);
  return [
    ...["capture", folder, "--profile", profile ?? state.settings.profile],
    ...each("--package", targets.packages),
    ...(targets.lib === true ? ["--lib"] : []),
    ...each("--bin", targets.bins),
    ...each("--example", targets.examples),
    ...each("--test", targets.tests),
    ...each("--bench", targets.benches),
    ...(lto === undefined ? [] : ["--lto", lto]),
    ...(incremental === undefined ? [] : [incremental ? "--incremental" : "--no-incremental"]),
    ...(lineTables === true ? ["--line-tables"] : []),
    ...(toolchain === undefined ? [] : ["--toolchain", toolchain]),
    ...more,
    ...(cargoArgs.length === 0 ? [] : ["--", ...cargoArgs]),
  ];
}

export function captureOptions({ settings }: Pick<ServerState, "settings">, choice: CaptureChoice): CaptureOptions {
  const { folder, packages, lib, bins, examples, tests, benches, profile, lto, incremental, lineTables } = choice;
  return {
    folder: pathOf(folder),
    profile: profile ?? settings.profile,
    ...{ packages, lib, bins, examples, tests, benches, lto, incremental, lineTables },
    cargoArgs: cargoArgumentsOf(choice),
    ...(settings.toolchain === "" ? {} : { toolchain: settings.toolchain }),
  };
}
