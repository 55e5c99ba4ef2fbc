/** What the definitions of a module refer to at a stage: kept in the store by the module's key, like the stage, so that a second look costs nothing. */
import * as z from "zod/mini";
import {
  DEFINITION_KINDS,
  DEFINITION_SCOPES,
  REFERENCE_FACTS,
  REFERENCE_KINDS,
  type ModuleReferences,
} from "../../../protocol/engine/references.js";
import type { SavedStage } from "../../../protocol/engine/stages.js";
import type { Stage } from "../../../protocol/pipelines.js";
import { LtoError } from "../../base/errors.js";
import { readJsonFile } from "../../base/parse.js";
import { formatOf } from "../../base/values.js";
import { KeptArtifacts, type ArtifactKey } from "../../replay/kept-artifacts.js";
import type { OpenUnit } from "../../replay/open.js";

/** Raise it when the blob has other content. */
const SCHEMA = 2;

/** One check per list takes a tenth of the time of one check per number. */
const rows = z.custom<number[][]>(
  (value) => Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every(Number.isSafeInteger)),
  {
    error: "lists of whole numbers",
  },
);
const numbers = z.custom<number[]>((value) => Array.isArray(value) && value.every(Number.isSafeInteger), { error: "whole numbers" });
const texts = z.custom<string[]>((value) => Array.isArray(value) && value.every((text) => typeof text === "string"), { error: "texts" });

const packed = formatOf<ModuleReferences>()(() =>
  z.object({
    schema: z.literal(SCHEMA),
    module: z.string(),
    definitions: rows,
    assembly: numbers,
    assemblyNotRead: z.string(),
    ways: rows,
    texts,
  }),
);

export type ReferenceKind = (typeof REFERENCE_KINDS)[number];
export type Fact = (typeof REFERENCE_FACTS)[number];

export interface Reference {
  readonly symbol: string;
  readonly kind: ReferenceKind;
  /** By debug info: symbols of the inlined functions in which it was written, outermost first. */
  readonly through: readonly string[];
}

/** A definition of one module. */
export interface Defined {
  readonly module: string;
  readonly symbol: string;
  /** As the engine demangles it. */
  readonly readable: string;
  readonly kind: (typeof DEFINITION_KINDS)[number];
  readonly scope: (typeof DEFINITION_SCOPES)[number];
  readonly facts: ReadonlySet<Fact>;
  /** Of a vtable: its type, and its trait where the functions name it. */
  readonly vtable: { readonly type: string; readonly trait: string | null } | null;
  readonly references: readonly Reference[];
}

/** A module at a stage. */
export interface ReferringModule {
  readonly name: string;
  readonly definitions: ReadonlyMap<string, Defined>;
  /** Symbols that its assembly refers to. */
  readonly assembly: readonly string[];
  /** undefined: the assembly was read, or there is none. */
  readonly assemblyNotRead: string | undefined;
}

/** The modules of an open unit at one stage. Call {@link StageReferences.lookUp} first, and {@link StageReferences.settle} at the end. */
export class StageReferences {
  readonly #open: OpenUnit;
  readonly #stage: Stage;
  readonly #kept: KeptArtifacts;
  #known: ReadonlyMap<string, SavedStage> = new Map();

  constructor(open: OpenUnit, stage: Stage) {
    this.#open = open;
    this.#stage = stage;
    this.#kept = new KeptArtifacts(open, stage);
  }

  /** Looks up all modules together, which checks their contents in one request. Others are made. @throws LtoError Cancelled */
  async lookUp(modules: readonly string[], signal?: AbortSignal): Promise<void> {
    const found = await this.#kept.find(
      modules.map((module) => this.#keyOf(module)),
      signal,
    );
    this.#known = new Map(
      modules.flatMap((module, index) => {
        const saved = found[index];
        return saved === undefined ? [] : [[module, saved] as const];
      }),
    );
  }

  /** Whether the references of a module are in the store. */
  isStored(module: string): boolean {
    return this.#known.has(module);
  }

  /** @throws LtoError as making a stage, and UnreadableFile */
  async of(module: string, signal?: AbortSignal): Promise<ReferringModule> {
    const { blob } = this.#known.get(module) ?? (await this.#make(module, signal));
    const file = this.#open.maker.store.blobFile(blob);
    return unpacked(await readJsonFile(packed, { what: "What a module refers to", file, help: "Remove the file; it is made again." }));
  }

  /** Records what was made so far. @throws LtoError FilesChanged */
  settle(): Promise<void> {
    return this.#kept.settle();
  }

  async #make(module: string, signal?: AbortSignal): Promise<SavedStage> {
    const { maker, engine } = this.#open;
    const stageFile = this.#rustcs(module) ?? (await this.#replayed(module, signal));
    const { blobs } = await maker.store.work.layout();
    const begun = performance.now();
    const made = await engine.request("references", { module, stageFile, blobs }, signal);
    return this.#kept.add(this.#keyOf(module), made, performance.now() - begun);
  }

  /** rustc's own file of the stage, which needs no replay. */
  #rustcs(module: string): string | undefined {
    return this.#open.asCaptured ? this.#open.inputs.manifest?.rustcStages[module]?.[this.#stage] : undefined;
  }

  async #replayed(module: string, signal?: AbortSignal): Promise<string> {
    const { maker } = this.#open;
    const [stage] = (await maker.make(module, [this.#stage], signal)).stages;
    if (stage === undefined) throw new LtoError({ name: "Internal", message: `The engine made no ${this.#stage} of ${module}.`, module });
    return maker.store.blobFile(stage.blob);
  }

  #keyOf(module: string): ArtifactKey {
    return this.#kept.keyOf(module, "references", SCHEMA, this.#rustcs(module) === undefined ? "replay" : "rustc");
  }
}

/** The numbers of one reference. */
const REFERENCE = 3;
const NOT_INLINED: readonly string[] = [];

/** By their bits, because definitions are many and combinations few. */
const FACTS: readonly ReadonlySet<Fact>[] = Array.from(
  { length: 1 << REFERENCE_FACTS.length },
  (_, bits) => new Set(REFERENCE_FACTS.filter((__, index) => (bits & (1 << index)) !== 0)),
);

function unpacked({ module, definitions, assembly, assemblyNotRead, ways, texts: table }: ModuleReferences): ReferringModule {
  const text = (index: number | undefined): string => table[index ?? -1] ?? "";
  const through = ways.map((way) => way.map(text));
  const all = definitions.map(([symbol, readable, kind = 0, scope = 0, facts = 0, type = -1, trait = -1, ...rest]): Defined => {
    const references: Reference[] = [];
    for (let at = 0; at + REFERENCE <= rest.length; at += REFERENCE) {
      const [to, how = 0, way = -1] = rest.slice(at, at + REFERENCE);
      references.push({ symbol: text(to), kind: REFERENCE_KINDS[how] ?? "uses", through: through[way] ?? NOT_INLINED });
    }
    return {
      module,
      symbol: text(symbol),
      readable: text(readable),
      kind: DEFINITION_KINDS[kind] ?? "variable",
      scope: DEFINITION_SCOPES[scope] ?? "module",
      facts: FACTS[facts] ?? new Set(),
      vtable: type < 0 ? null : { type: text(type), trait: trait < 0 ? null : text(trait) },
      references,
    };
  });
  return {
    name: module,
    definitions: new Map(all.map((defined) => [defined.symbol, defined])),
    assembly: assembly.map(text),
    assemblyNotRead: assemblyNotRead === "" ? undefined : assemblyNotRead,
  };
}
