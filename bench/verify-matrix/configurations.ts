/** The build configurations to verify. */
import type { OptLevel } from "../../src/protocol/units.js";

export type CrateChoice = "program" | "cdylib" | "staticlib" | "cdylib+staticlib";

export interface Configuration {
  readonly id: string;
  readonly lto: "thin" | "thin-local" | "fat";
  readonly incremental: boolean;
  readonly optLevel: OptLevel;
  readonly debug: 0 | 2;
  readonly panic: "unwind" | "abort";
  readonly targetCpu: string | null;
  /** `-C target-feature` */
  readonly targetFeatures: string | null;
  readonly crate: CrateChoice;
}

export const TARGET_CPU = "x86-64-v3";
/** Each implies other features, enabled and disabled: rustc passes LLVM a longer list. */
export const TARGET_FEATURES = "+aes,-avx2";

type Choice = Partial<Omit<Configuration, "id" | "lto">>;

/** The configurations, as differences from a release build with debuginfo 0 and an incremental session, in order. */
const CHOICES: readonly (readonly [string, Choice])[] = [
  ["", {}],
  ["non-incremental", { incremental: false }],
  ["O0", { optLevel: "0" }],
  ["Os", { optLevel: "s" }],
  ["debuginfo2", { debug: 2 }],
  ["cdylib", { crate: "cdylib" }],
  ["staticlib", { crate: "staticlib" }],
  ["abort", { panic: "abort" }],
  ["target-cpu", { targetCpu: TARGET_CPU }],
  ["target-feature", { targetFeatures: "+avx2,-sse4.1" }],
  ["Oz", { optLevel: "z" }],
  ["O1", { optLevel: "1" }],
  ["O2", { optLevel: "2" }],
  ["cdylib+staticlib", { crate: "cdylib+staticlib" }],
  ["all-at-once", { optLevel: "s", debug: 2, panic: "abort", targetCpu: TARGET_CPU, targetFeatures: TARGET_FEATURES, crate: "cdylib" }],
];

function configuration(lto: Configuration["lto"], name: string, choice: Choice): Configuration {
  const id = name === "" ? lto : `${lto}-${name}`;
  return {
    id,
    lto,
    incremental: true,
    optLevel: "3",
    debug: 0,
    panic: "unwind",
    targetCpu: null,
    targetFeatures: null,
    crate: "program",
    ...choice,
  };
}

/** rustc performs no local thin LTO at opt-level 0 (`Session::lto`). */
function possible({ lto, optLevel }: Configuration): boolean {
  return lto !== "thin-local" || optLevel !== "0";
}

export const CONFIGURATIONS: readonly Configuration[] = CHOICES.flatMap(([name, choice]) =>
  (["thin", "thin-local", "fat"] as const).map((lto) => configuration(lto, name, choice)).filter(possible),
);

export function configurationNamed(id: string): Configuration | undefined {
  return CONFIGURATIONS.find((candidate) => candidate.id === id);
}

/** The variables that make Cargo build a configuration, regardless of the workspace's profile. */
export function cargoVariables(configuration: Configuration): NodeJS.ProcessEnv {
  const { lto, incremental, optLevel, debug, panic, targetCpu, targetFeatures } = configuration;
  return {
    CARGO_PROFILE_RELEASE_LTO: lto === "thin-local" ? "false" : lto,
    CARGO_PROFILE_RELEASE_OPT_LEVEL: optLevel,
    CARGO_PROFILE_RELEASE_DEBUG: String(debug),
    CARGO_PROFILE_RELEASE_PANIC: panic,
    CARGO_INCREMENTAL: incremental ? "1" : "0",
    RUSTFLAGS: [
      targetCpu === null ? "" : `-C target-cpu=${targetCpu}`,
      targetFeatures === null ? "" : `-C target-feature=${targetFeatures}`,
    ].join(" "),
  };
}
