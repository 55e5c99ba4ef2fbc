/** Reads functions of an open unit's modules as assembly, and checks each against an object. */
import type { AssemblyCheck, FunctionAssembly } from "../../../protocol/asm.js";
import type { FunctionCode, FunctionText } from "../../../protocol/engine/assembly.js";
import type { ObjectSettings } from "../../../protocol/engine/stages.js";
import { endsTheRun, LtoError, messageOf } from "../../base/errors.js";
import { Assemblies } from "../../replay/assemblies.js";
import { Objects } from "../../replay/objects.js";
import type { KeptAssembly } from "../../replay/kept-assembly.js";
import type { OpenUnit } from "../../replay/open.js";
import { Names } from "../rebuild/readable.js";
import { assemblyLines, filesOf, symbolsIn, withoutComment } from "./lines.js";

/** Symbols per message: no message between processes may be unbounded in size. */
const SYMBOLS_AT_ONCE = 20_000;

/** With more functions than this, the whole module is hardly slower, and answers the next question too. */
const MOST_ALONE = 50;

/** Triples whose objects are no ELF. */
const NO_ELF = /^wasm|-windows|-apple/;

export interface ReadModule {
  readonly module: string;
  readonly assembly: KeptAssembly;
}

interface CheckedAgainst {
  readonly with: "rustc" | "replay";
  readonly file: string;
}

const beingMade = new WeakMap<OpenUnit, Map<string, Promise<ReadModule>>>();

/**
 * Makes the assembly of all functions of modules of which some functions were shown alone, so that the next function is a look-up.
 *
 * @throws as {@link AssemblyReader.whole}
 */
export async function makeWhole(open: OpenUnit, modules: readonly string[], signal?: AbortSignal): Promise<void> {
  const making = beingMade.get(open) ?? new Map<string, Promise<ReadModule>>();
  beingMade.set(open, making);
  for (const module of modules) {
    const made = making.get(module) ?? new AssemblyReader(open, signal).whole(module).finally(() => making.delete(module));
    making.set(module, made);
    await made;
  }
}

/** Keeps nothing but the names that it learnt; the assembly itself is in the store. */
export class AssemblyReader {
  readonly names: Names;
  readonly #open: OpenUnit;
  readonly #assemblies: Assemblies;
  readonly #signal: AbortSignal | undefined;
  readonly #wholeNext: boolean;

  /** @param wholeNext makes a module whole if other functions of it were generated alone before: nobody else does (see `makeWhole`) */
  constructor(open: OpenUnit, signal?: AbortSignal, wholeNext = false) {
    this.#open = open;
    this.#assemblies = new Assemblies(open);
    this.#signal = signal;
    this.#wholeNext = wholeNext;
    this.names = new Names(open.engine, signal);
  }

  /**
   * The assembly of a module; if it is not in the store, only that of some functions, if these are the machine code of rustc's object that way.
   *
   * @param only names of functions without the suffix of promoted locals
   * @throws LtoError IncompleteUnit if how code is generated is not known; as making a stage
   */
  async module(module: string, only: ReadonlySet<string>): Promise<ReadModule> {
    const settings = this.#settingsOf(module);
    const kept = await this.#assemblies.kept(module, settings, this.#signal);
    if (kept !== undefined) return { module, assembly: kept };
    return (await this.#alone(module, settings, only)) ?? this.whole(module);
  }

  /** The assembly of all functions of a module. @throws as {@link AssemblyReader.module} */
  async whole(module: string): Promise<ReadModule> {
    return { module, assembly: await this.#assemblies.of(module, this.#settingsOf(module), this.#signal) };
  }

  /** Code generation can depend on the whole module, so only what equals rustc's machine code is shown. */
  async #alone(module: string, settings: ObjectSettings, only: ReadonlySet<string>): Promise<ReadModule | undefined> {
    const canBeChecked = this.#isElf() && this.#rustcsObject(module) !== undefined;
    if (only.size === 0 || only.size > MOST_ALONE || !canBeChecked) return undefined;
    if (this.#wholeNext && (await this.#assemblies.othersWereAlone(module, settings, [...only], this.#signal))) return undefined;
    const assembly = await this.#assemblies.alone(module, settings, [...only], this.#signal);
    const wanted = new Set(assembly.symbols.filter((symbol) => assembly.has(symbol)));
    const checks = await this.#checked(module, assembly, await assembly.functions(wanted));
    const isTrue = wanted.size > 0 && checks.every(({ result }) => result === "equal");
    return isTrue ? { module, assembly } : undefined;
  }

  /** Symbol → readable name, of a module's functions. @throws LtoError Cancelled, EngineCrashed */
  async functionsOf({ assembly }: ReadModule): Promise<ReadonlyMap<string, string>> {
    const { symbols } = assembly;
    await this.#learn(symbols);
    return new Map(symbols.map((symbol) => [symbol, this.names.of(symbol)]));
  }

  /** Some functions of a module, in its order. @throws LtoError Cancelled, EngineCrashed, FilesChanged */
  async functions({ module, assembly }: ReadModule, wanted: ReadonlySet<string>, raw: boolean): Promise<FunctionAssembly[]> {
    const functions = await assembly.functions(wanted);
    const checks = await this.#checked(module, assembly, functions);
    const { comment } = assembly;
    const named = functions.flatMap(({ text }) => text.split("\n").flatMap((line) => symbolsIn(withoutComment(line, comment))));
    await this.#learn([...functions.map(({ symbol }) => symbol), ...named]);
    const format = { comment, files: filesOf(assembly.files) };
    const nameOf = (symbol: string): string => this.names.of(symbol);
    return functions.map((one, index) => ({
      name: nameOf(one.symbol),
      symbol: one.symbol,
      module,
      bytes: one.code?.bytes ?? null,
      stackBytes: one.stackBytes,
      spills: one.spills,
      reloads: one.reloads,
      spillBytes: one.spillBytes,
      instructions: one.instructions,
      mix: mixOf(one),
      checked: checks[index] ?? notCompared("The check did not end."),
      lines: assemblyLines(one.text, format, { raw, nameOf }),
    }));
  }

  async #learn(symbols: readonly string[]): Promise<void> {
    for (let first = 0; first < symbols.length; first += SYMBOLS_AT_ONCE) {
      await this.names.learn(symbols.slice(first, first + SYMBOLS_AT_ONCE));
    }
  }

  #settingsOf(module: string): ObjectSettings {
    const { inputs } = this.#open;
    const settings = inputs.objectSettings(module);
    if (settings !== null) return settings;
    throw new LtoError({
      name: "IncompleteUnit",
      message: `${inputs.unit.name} has no assembly: how its build generates code is not known here.`,
      module,
      help: "Capture the unit again, without the linker's own LTO.",
    });
  }

  async #checked(module: string, { notAssembled }: KeptAssembly, functions: readonly FunctionText[]): Promise<AssemblyCheck[]> {
    if (!this.#isElf()) return functions.map(() => notCompared("Functions are compared in ELF objects only."));
    if (notAssembled !== null) return functions.map(() => notCompared(`LLVM's assembler refuses the module's assembly: ${notAssembled}.`));
    try {
      const against = await this.#objectOf(module);
      const params = { file: against.file, functions: functions.map(({ symbol }) => symbol) };
      const { functions: codes } = await this.#open.engine.request("functionCode", params, this.#signal);
      return functions.map(({ code }, index) => compared(code, codes[index] ?? null, against));
    } catch (error) {
      if (endsTheRun(error)) throw error;
      return functions.map(() => notCompared(`There is no object to compare with: ${messageOf(error)}`));
    }
  }

  #isElf(): boolean {
    return !NO_ELF.test(this.#open.inputs.manifest?.targetSpec?.llvmTarget ?? "");
  }

  #rustcsObject(module: string): string | undefined {
    const { asCaptured, inputs } = this.#open;
    return asCaptured ? inputs.manifest?.rustcObjects?.[module]?.file : undefined;
  }

  /** rustc's own object if the capture has it and can be replayed as it was built, else one of the replay. */
  async #objectOf(module: string): Promise<CheckedAgainst> {
    const file = this.#rustcsObject(module);
    if (file !== undefined) return { with: "rustc", file };
    const { maker } = this.#open;
    const objects = new Objects(this.#open);
    await objects.lookUp([module], this.#signal);
    const { object } = await objects.make(module, [], this.#signal);
    await objects.settle();
    if (object === null) throw new LtoError({ name: "Internal", message: `The engine made no object of ${module}.`, module });
    return { with: "replay", file: maker.store.blobFile(object.blob) };
  }
}

function mixOf({ mix }: FunctionText): FunctionAssembly["mix"] {
  return mix.map(([mnemonic, count]) => ({ mnemonic, count })).sort((left, right) => right.count - left.count);
}

function notCompared(why: string): AssemblyCheck {
  return { result: null, with: null, why };
}

function compared(ours: FunctionCode | null, theirs: FunctionCode | null, { with: whose }: CheckedAgainst): AssemblyCheck {
  const object = whose === "rustc" ? "rustc's object" : "the replay's object";
  if (ours === null) return notCompared("LLVM's assembler makes no function of this name from the assembly.");
  if (theirs === null) return { result: "different", with: whose, why: `${object} does not define the function.` };
  if (ours.digest === theirs.digest) return { result: "equal", with: whose, why: null };
  const why =
    ours.bytes === theirs.bytes
      ? `Its bytes or relocations are not those of ${object}.`
      : `It has ${ours.bytes} bytes; in ${object} the function has ${theirs.bytes}.`;
  return { result: "different", with: whose, why };
}
