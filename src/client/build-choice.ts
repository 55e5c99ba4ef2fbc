/** What a folder's captures build: a choice among what Cargo has (src/protocol/views.ts), which is kept for the next capture of the folder. */
import type { Memento } from "vscode";
import type { CaptureChoice } from "../protocol/requests/capture.js";
import type { BuildChoices, PackageChoice, TargetChoice } from "../protocol/build-choices.js";

/** A choice by name; null: as Cargo and the settings have it. */
export interface BuildChoice {
  readonly profile: string | null;
  readonly package: string | null;
  readonly target: Pick<TargetChoice, "kind" | "name"> | null;
}

/** What a newcomer gets: the setting's profile, and what `cargo build` builds in the folder. */
export const NO_CHOICE: BuildChoice = { profile: null, package: null, target: null };

export function isDefault(choice: BuildChoice): boolean {
  return choice.profile === null && choice.package === null && choice.target === null;
}

/** The last choice of each folder of this window's workspace. */
export class KeptChoices {
  readonly #memory: Memento;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  /** Whether a folder has a choice. */
  has(folder: string): boolean {
    return this.#memory.get(keyOf(folder)) !== undefined;
  }

  /** A folder's choice, without what Cargo no longer has. */
  of(folder: string, { profiles, packages }: BuildChoices): BuildChoice {
    const kept = this.#memory.get<unknown>(keyOf(folder));
    const profile = profiles.find(({ name }) => name === part(kept, "profile"))?.name ?? null;
    const chosen = packages.find(({ name }) => name === part(kept, "package"));
    if (chosen === undefined) return { ...NO_CHOICE, profile };
    const wanted = part(kept, "target");
    const target = chosen.targets.find(({ kind, name }) => kind === part(wanted, "kind") && name === part(wanted, "name"));
    if (target === undefined && !buildsByDefault(chosen)) return { ...NO_CHOICE, profile };
    return { profile, package: chosen.name, target: target === undefined ? null : { kind: target.kind, name: target.name } };
  }

  keep(folder: string, choice: BuildChoice): void {
    void this.#memory.update(keyOf(folder), isDefault(choice) ? undefined : choice);
  }
}

function keyOf(folder: string): string {
  return `lto.buildChoice ${folder}`;
}

function part(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** `cargo build` builds programs and libraries of a package; examples, tests and benches only if they are named. */
export function buildsByDefault({ targets }: PackageChoice): boolean {
  return targets.some(({ kind }) => kind === "bin" || kind === "lib");
}

const LISTS = { bin: "bins", example: "examples", test: "tests", bench: "benches" } as const;

/** A choice as a capture takes it. */
export function captureChoice(
  folder: string,
  { profile, package: chosen, target }: BuildChoice,
  packages: readonly PackageChoice[],
): CaptureChoice {
  const found = packages
    .find(({ name }) => name === chosen)
    ?.targets.find(({ kind, name }) => kind === target?.kind && name === target.name);
  const features = found?.requiredFeatures ?? [];
  return {
    folder,
    ...(profile === null ? {} : { profile }),
    ...(chosen === null ? {} : { packages: [chosen] }),
    ...(target === null ? {} : target.kind === "lib" ? { lib: true } : { [LISTS[target.kind]]: [target.name] }),
    ...(features.length === 0 ? {} : { features: [`--features=${features.join(",")}`] }),
  };
}
