/** Turns the record of a rustc run into a unit: snapshots everything that a replay and a verification need, and writes the manifest. */
import { statSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import type { LtoErrorReport } from "../../../../protocol/errors.js";
import { writeFileWhole } from "../../../base/atomic-file.js";
import { dictionary } from "../../../base/dictionary.js";
import { pipelineOf } from "../../../../protocol/pipelines.js";
import type { LocalModule, TargetSpec, UnitManifest, UpstreamArchive } from "../../../../protocol/units.js";
import { messageOf } from "../../../base/errors.js";
import { makeFolder } from "../../../base/folders.js";
import { copyRegularFileSync } from "../../../base/read-file-sync.js";
import { copyRegularFile, LIMITS, readTextFile } from "../../../base/read-file.js";
import { KEYS_FILE, preLtoModules, sessionsIn } from "../../../pipelines/sessions.js";
import { makeAllocatorModules } from "./allocator-module.js";
import type { Running } from "./compile-again.js";
import { collectCrates } from "./crates.js";
import { exists, fileNameFor, moveFile } from "./kept-files.js";
import { keepMachineCode, type MachineCode } from "./machine-code.js";
import { RustcArguments } from "../../../pipelines/rustc-args.js";
import { parseRustcLog } from "../../../pipelines/rustc-log.js";
import type { RustcLog } from "../../../pipelines/rustc-log.js";
import { fewerNames, incrementalFolder, settingsOf, unsupportedSettings } from "./settings.js";
import { matchNoOptFiles, matchStageFiles } from "../../../pipelines/saved-stages.js";
import type { StageFileQuery, StageFiles } from "../../../pipelines/saved-stages.js";
import { targetSpecOf } from "./target-spec.js";
import { compileForPreserved } from "./preserved-files.js";
import { depInfoOf, keepSources } from "./sources.js";
import { cannotBeNoBuiltins } from "./no-builtins.js";
import { withoutBitcode } from "./not-linked.js";
import { compileForMemory, type CompiledAgain } from "./use-lists.js";
import { LOG_FILE } from "../../../store/captured-files.js";
import type { RustcRecord } from "../wrapper/record.js";
import type { CaptureOptions } from "../../captures.js";
import type { UnitFacts } from "./unit-facts.js";

/** The sources and destinations of the parts of one unit. */
interface Collecting extends Pick<CaptureOptions, "signal" | "onProgress"> {
  readonly recordFolder: string;
  readonly target: string;
  /** The capture's number. */
  readonly capture: number;
  /** Locks to hold until the second compilation ends. */
  readonly held?: readonly number[];
}

class Collector {
  readonly facts: UnitFacts;
  readonly record: RustcRecord;
  readonly recordFolder: string;
  readonly target: string;
  readonly running: Running;
  readonly onProgress: CaptureOptions["onProgress"];
  readonly args: RustcArguments;
  readonly warnings: string[];

  constructor(facts: UnitFacts, record: RustcRecord, { recordFolder, target, signal, held = [], onProgress }: Collecting) {
    this.onProgress = onProgress;
    this.running = { signal, held };
    this.facts = facts;
    this.record = record;
    this.recordFolder = recordFolder;
    this.target = target;
    this.args = new RustcArguments(record.args);
    this.warnings = [...facts.warnings, ...unsupportedSettings(this.args)];
  }

  async collect(capture: number): Promise<UnitManifest> {
    for (const folder of ["inputs", "rustc"]) await makeFolder(path.join(this.target, folder));
    const log = await this.#log();
    const session = await this.#session(log);
    const stages = await this.#stages(log);
    const localModules = await this.#localModules(log, session, stages);
    const crates = await this.#crates(log);
    const keys = await this.#keys(session);
    await this.#keepSources(crates.upstream);
    const targetSpec = await this.#targetSpec();
    const lacking = withoutBitcode(this.facts, crates.upstream, log?.addedBitcode ?? []);
    const { notLinked } = this.facts;
    const incompleteBecause = this.facts.incompleteBecause ?? lacking ?? this.#whyIncomplete(log, localModules, session);
    return {
      schema: 1,
      id: this.facts.id,
      capture,
      name: this.facts.name,
      crateName: this.args.crateName,
      packageName: this.facts.packageName,
      crateTypes: this.args.crateTypes,
      profile: this.facts.profile,
      mode: this.facts.mode,
      incremental: session !== undefined,
      ...(session === undefined ? {} : { sessionFolders: await this.#sessionFolders(session, crates.upstream) }),
      workspace: this.facts.workspace,
      capturedAt: new Date(this.record.finishedAt).toISOString(),
      toolchain: this.facts.toolchain,
      commandLine: [...this.record.args, ...this.record.added],
      settings: settingsOf(this.args, this.facts.toolchain, targetSpec),
      ...(targetSpec === undefined ? {} : { targetSpec }),
      deviations: this.facts.deviations,
      scope: this.facts.scope,
      complete: incompleteBecause === undefined,
      ...(incompleteBecause === undefined ? {} : { incompleteBecause }),
      ...(notLinked === undefined ? {} : { notLinked: lacking?.help === undefined ? notLinked : { ...notLinked, help: lacking.help } }),
      localModules,
      ...(await this.#preserved(log)),
      ...crates,
      ...(cannotBeNoBuiltins(this.record, this.args) ? { noBuiltins: false } : {}),
      ...(await this.#profile(localModules)),
      ...keys,
      decisions: log === null ? null : decisionsOf(log),
      rustcStages: stages,
      ...(await this.#machineCode(log, crates)),
      outputBytes: this.facts.output === null ? null : (await fs.stat(this.facts.output)).size,
      warnings: this.warnings,
    };
  }

  async #targetSpec(): Promise<TargetSpec | undefined> {
    const found = await targetSpecOf(this.record, this.args, this.facts.toolchain, this.running);
    if (typeof found !== "string") return found;
    this.warnings.push(`Objects of ${this.facts.name} cannot be generated, and its stages may differ from rustc's: ${found}`);
    return undefined;
  }

  #again(purpose: string): void {
    this.onProgress?.({ phase: "collect", message: `Compiling ${this.facts.name} again, ${purpose}` });
  }

  async #log(): Promise<RustcLog | null> {
    const file = path.join(this.recordFolder, LOG_FILE);
    await copyRegularFile(file, path.join(this.target, LOG_FILE));
    return parseRustcLog(await readTextFile(file, LIMITS.log));
  }

  /**
   * The session that this run of rustc created. It is new, but a crate of the same name (such as a program's own tests) can have been compiled at
   * the same time, so the modules in the log identify it.
   */
  async #session(log: RustcLog | null): Promise<string | undefined> {
    const incremental = incrementalFolder(this.args);
    if (incremental === undefined) return undefined;
    const before = new Map(this.record.previousSessions.map(({ crateFolder, session }) => [crateFolder, session]));
    const sessions = await sessionsIn(path.resolve(this.record.cwd, incremental));
    const fresh = sessions.filter(
      ({ crateName, crateFolder, folder, underWay }) =>
        !underWay && crateName === this.args.crateName && before.get(crateFolder) !== path.basename(folder),
    );
    const known = new Set([...(log?.localModules ?? []), ...(log?.upstreamOrCachedModules ?? []), ...(log?.linked ?? [])]);
    const fitting: { readonly folder: string; readonly modules: number }[] = [];
    for (const { folder } of fresh) {
      const modules = [...(await preLtoModules(folder)).keys()].filter((name) => known.has(name)).length;
      fitting.push({ folder, modules });
    }
    return fitting.toSorted((a, b) => b.modules - a.modules)[0]?.folder;
  }

  /** The folder of the crate's sessions, and those of crates that take part; several crates can have one name. */
  async #sessionFolders(session: string, upstream: readonly UpstreamArchive[]): Promise<string[]> {
    const own = path.basename(path.dirname(session));
    const crates = new Set(upstream.map(({ crate }) => crate));
    const others = await sessionsIn(path.dirname(path.dirname(session)));
    const folders = others.flatMap(({ crateName, crateFolder }) => (crates.has(crateName) ? [crateFolder] : []));
    return [...new Set([own, ...folders.sort()])];
  }

  /** Moves rustc's own stage files out of Cargo's target directory. */
  async #stages(log: RustcLog | null): Promise<StageFiles> {
    const folder = this.#outputFolder();
    if (folder === undefined || log === null) return {};
    const modules = [...new Set([...log.localModules, ...log.upstreamOrCachedModules, ...log.linked])];
    const found = matchStageFiles(await namesByAge(folder, this.record.startedAt), this.#query(modules));
    const moved: StageFiles = dictionary();
    for (const [module, stages] of Object.entries(found)) {
      for (const [stage, file] of Object.entries(stages)) {
        const name = path.join("rustc", `${fileNameFor(module)}.${stage}.bc`);
        await moveFile(path.join(folder, file), path.join(this.target, name));
        moved[module] = { ...moved[module], [stage]: name };
      }
    }
    return moved;
  }

  #outputFolder(): string | undefined {
    const { outDir } = this.args;
    return outDir === undefined ? undefined : path.resolve(this.record.cwd, outDir);
  }

  #query(modules: readonly string[]): StageFileQuery {
    return { stem: this.args.fileStem, modules, pipeline: pipelineOf(this.facts.mode) };
  }

  async #machineCode(log: RustcLog | null, crates: Pick<UnitManifest, "upstream" | "outsideLto">): Promise<MachineCode> {
    const folder = this.#outputFolder();
    if (folder === undefined || log === null) return {};
    const { facts, record, args, recordFolder, target } = this;
    const warn = (sentence: string): void => void this.warnings.push(sentence);
    return keepMachineCode(log, { facts, record, args, recordFolder, target, folder, crates, warn });
  }

  async #localModules(log: RustcLog | null, session: string | undefined, stages: StageFiles): Promise<LocalModule[]> {
    const unwritten = await this.#unwrittenModules(log, session);
    const preLto = session === undefined ? new Map<string, string>() : await preLtoModules(session);
    const cached = (log?.upstreamOrCachedModules ?? []).filter((name) => preLto.has(name));
    const modules: LocalModule[] = [];
    for (const name of [...(log?.localModules ?? []), ...cached, ...linkedLocally(log)]) {
      const saved = preLto.get(name);
      const kept = session !== undefined && saved !== undefined && this.#isOlder(path.join(session, saved));
      const green = pipelineOf(this.facts.mode).linksIntoOne ? null : kept || cached.includes(name);
      if (saved !== undefined && session !== undefined) {
        const file = path.join("inputs", `${fileNameFor(name)}.pre-lto.bc`);
        copyRegularFileSync(path.join(session, saved), path.join(this.target, file), LIMITS.bitcode);
        modules.push({ name, origin: "local", file, reserialize: false, green });
      } else {
        const file = stages[name]?.["thin-lto-input"];
        const origin = this.#isAllocator(name, session) ? "allocator" : "local";
        const other = unwritten.get(name);
        if (other !== undefined) modules.push(other);
        else if (file !== undefined) modules.push({ name, origin, file, reserialize: true, green });
        else this.warnings.push(`The codegen unit ${name} left no bitcode.`);
      }
    }
    return modules;
  }

  /**
   * The modules that rustc keeps only in memory in fat LTO: the allocator's codegen unit and, without a session, all others. Of those, the disk has
   * the state before rustc's own passes.
   */
  async #unwrittenModules(log: RustcLog | null, session: string | undefined): Promise<Map<string, LocalModule>> {
    const modules = new Map<string, LocalModule>();
    if (!pipelineOf(this.facts.mode).linksIntoOne) return modules;
    const names = linkedLocally(log);
    const inSession = session === undefined ? new Map<string, string>() : await preLtoModules(session);
    for (const name of names.filter((one) => !inSession.has(one) && this.#isAllocator(one, session))) {
      const allocator = await this.#allocator(name);
      if (allocator !== undefined) modules.set(name, allocator);
    }
    const folder = this.#outputFolder();
    if (session !== undefined || folder === undefined) return modules;
    const found = matchNoOptFiles(await namesByAge(folder, this.record.startedAt), this.#query(names));
    const again = found.size === 0 ? new Map<string, CompiledAgain>() : await this.#compiledAgain([...found.keys()]);
    for (const [name, noOpt] of found) {
      const file = path.join("inputs", `${fileNameFor(name)}.no-opt.bc`);
      await moveFile(path.join(folder, noOpt), path.join(this.target, file));
      const { useLists, names: named } = again.get(name) ?? {};
      const useListsFile = await this.#keepInput(useLists, `${fileNameFor(name)}.no-opt.use-lists.bc`);
      const namesFile = await this.#keepInput(named, `${fileNameFor(name)}.named.bc`);
      const known = { ...(useListsFile === undefined ? {} : { useListsFile }), ...(namesFile === undefined ? {} : { namesFile }) };
      modules.set(name, { name, origin: "local", file, reserialize: false, green: null, inMemory: true, ...known });
    }
    return modules;
  }

  async #keepInput(from: string | undefined, name: string): Promise<string | undefined> {
    if (from === undefined) return undefined;
    const file = path.join("inputs", name);
    await moveFile(from, path.join(this.target, file));
    return file;
  }

  /** The same codegen units in the state that rustc had in memory: all of them, or none. */
  async #compiledAgain(modules: readonly string[]): Promise<Map<string, CompiledAgain>> {
    const [folder, query] = [path.join(this.recordFolder, "use-lists"), this.#query(modules)];
    this.#again("for the order of use-lists");
    const { llvmVersion } = this.facts.toolchain;
    const found = await compileForMemory(this.record, this.args, { llvmVersion, folder, query, running: this.running });
    if (typeof found !== "string") return found;
    const names = fewerNames(this.args) ? "" : ". The counters of value names are missing too, so names can differ";
    this.warnings.push(
      `The order of use-lists, which passes can depend on, is missing, so phi operands can be in another order${names}: ${found}`,
    );
    return new Map();
  }

  /** The profile that passes before fat LTO use. */
  async #profile(localModules: readonly LocalModule[]): Promise<Pick<UnitManifest, "profileFile">> {
    const used = this.args.codegen("profile-use");
    if (used === undefined || !localModules.some((module) => module.inMemory === true)) return {};
    const [from, profileFile] = [path.resolve(this.record.cwd, used), path.join("inputs", "profile.profdata")];
    try {
      await copyRegularFile(from, path.join(this.target, profileFile));
      return { profileFile };
    } catch (error) {
      this.warnings.push(
        `The profile that the build used (-C profile-use) could not be kept, so every stage of fat LTO differs from rustc's: ${messageOf(error)}`,
      );
      return {};
    }
  }

  /** A program that preserves only `main` needs no second compilation. */
  async #preserved(log: RustcLog | null): Promise<Pick<UnitManifest, "preservedFiles">> {
    if (this.facts.mode !== "thin-local" || (log?.preservedSymbols ?? 0) <= 1) return {};
    this.#again("for the symbols that rustc preserves");
    const made = await compileForPreserved(this.record, this.args, path.join(this.recordFolder, "preserved"), this.running);
    if (typeof made === "string") {
      this.warnings.push(`Which symbols rustc preserves in ${this.facts.name} is not known, as rustc could not compile it again: ${made}`);
      return {};
    }
    const kept = await Promise.all(made.map((file, index) => this.#keepInput(file, `preserved-${index}.bc`)));
    const preservedFiles = kept.filter((file) => file !== undefined);
    return preservedFiles.length === 0 ? {} : { preservedFiles };
  }

  async #allocator(name: string): Promise<LocalModule | undefined> {
    const scratch = path.join(this.recordFolder, "allocator");
    const made = await makeAllocatorModules(this.record, this.args, scratch, this.running);
    if (typeof made === "string") {
      this.warnings.push(`The allocator's codegen unit ${name} could not be rebuilt: ${made}`);
      return undefined;
    }
    const [file, withGlobalAllocator] = ["default", "global"].map((kind) =>
      path.join("inputs", `${fileNameFor(name)}.${kind}-allocator.bc`),
    );
    if (file === undefined || withGlobalAllocator === undefined) return undefined;
    await copyRegularFile(made.default, path.join(this.target, file));
    await copyRegularFile(made.global, path.join(this.target, withGlobalAllocator));
    return { name, origin: "allocator", file, reserialize: false, green: null, withGlobalAllocator };
  }

  /**
   * Whether rustc took a session's file over from the previous session, as a hard link, and did not write it again. From 1.96 on, rustc's log does
   * not distinguish cached modules from others.
   */
  #isOlder(file: string): boolean {
    return statSync(file).mtimeMs < this.record.startedAt;
  }

  /**
   * In an incremental build, every module of the crate except the allocator's has a pre-lto.bc. In other builds, a regular module is named
   * `<crate>.<hash>-cgu.<n>` (`merge_codegen_units` in `compiler/rustc_monomorphize/src/partitioning.rs`), and the allocator's is not.
   */
  #isAllocator(name: string, session: string | undefined): boolean {
    return session !== undefined || !/-cgu\.\d+$/.test(name);
  }

  async #crates(log: RustcLog | null): Promise<Pick<UnitManifest, "upstream" | "outsideLto">> {
    if (log === null) return { upstream: [] };
    const { facts, record, args, recordFolder, target } = this;
    const { upstream, outsideLto, missing } = await collectCrates(log.addedBitcode, { facts, record, args, recordFolder, target });
    for (const member of missing) this.warnings.push(`rustc read bitcode from ${member}, but no rlib with that member was found.`);
    return { upstream, ...(outsideLto === undefined ? {} : { outsideLto }) };
  }

  async #keepSources(upstream: readonly UpstreamArchive[]): Promise<void> {
    const folder = this.#outputFolder();
    const own = folder === undefined ? [] : [path.join(folder, `${this.args.fileStem}.d`)];
    const dependencies = upstream.map(({ source }) => depInfoOf(source));
    const leftOut = await keepSources(this.target, this.record.cwd, [...own, ...dependencies]);
    if (leftOut !== undefined) this.warnings.push(leftOut);
  }

  async #keys(session: string | undefined): Promise<Pick<UnitManifest, "previousKeysFile" | "currentKeysFile">> {
    if (session === undefined) return { previousKeysFile: null, currentKeysFile: null };
    const crateFolder = path.basename(path.dirname(session));
    const previous = this.record.previousSessions.find((candidate) => candidate.crateFolder === crateFolder)?.keysFile ?? null;
    if (previous !== null) await copyRegularFile(path.join(this.recordFolder, previous), path.join(this.target, "previous-keys.bin"));
    const written = path.join(session, KEYS_FILE);
    const current = await exists(written);
    if (current) await copyRegularFile(written, path.join(this.target, "current-keys.bin"));
    return { previousKeysFile: previous === null ? null : "previous-keys.bin", currentKeysFile: current ? "current-keys.bin" : null };
  }

  #whyIncomplete(log: RustcLog | null, localModules: readonly LocalModule[], session: string | undefined): LtoErrorReport | undefined {
    const incomplete = (message: string, help: string): LtoErrorReport => ({ name: "IncompleteUnit", message, help });
    if (log === null) {
      return incomplete(
        `rustc logged nothing about its LTO of ${this.facts.name}.`,
        "Use an official or a distribution's build of rustc: LTO Inspector needs its log at level info.",
      );
    }
    const known = new Set(localModules.map(({ name }) => name));
    const { notLinked } = this.facts;
    if (known.size > 0 && [...log.localModules, ...linkedLocally(log)].every((name) => known.has(name))) return undefined;
    if (notLinked !== undefined) {
      return incomplete(
        `The build of ${this.facts.name} failed before rustc wrote all of its codegen units.`,
        "The stages that rustc wrote can be shown. Fix what Cargo reports, then capture again.",
      );
    }
    if (pipelineOf(this.facts.mode).linksIntoOne) {
      return incomplete(
        `Some codegen units of ${this.facts.name} have no bitcode: ${this.warnings.at(-1) ?? "rustc left none."}`,
        "Remove the capture's target directory and capture again, or capture with --lto thin.",
      );
    }
    return incomplete(
      `The final crate ${this.facts.name} left no bitcode for some of its own codegen units.`,
      session === undefined ? "Capture again with --incremental." : "Remove the capture's target directory and capture again.",
    );
  }
}

/** Fat LTO: the final crate's own modules. */
function linkedLocally(log: RustcLog | null): string[] {
  const upstream = new Set(log?.addedBitcode);
  return (log?.linked ?? []).filter((name) => !upstream.has(name));
}

function decisionsOf(log: RustcLog): UnitManifest["decisions"] {
  const { preservedSymbols, previousKeys, currentKeys, verdicts, localModules, upstreamOrCachedModules, linked } = log;
  return {
    ...{ preservedSymbols, previousKeys, currentKeys, verdicts, localModules, upstreamOrCachedModules },
    ...(linked.length === 0 ? {} : { linked }),
  };
}

/** The bitcode files of a folder that are not older than the build, newest first. */
async function namesByAge(folder: string, since: number): Promise<string[]> {
  const names = (await fs.readdir(folder)).filter((name) => name.endsWith(".bc"));
  const dated = await Promise.all(
    names.map(async (name) => {
      const found = await fs.lstat(path.join(folder, name)).catch(() => undefined);
      return found?.isFile() === true ? [{ name, time: found.mtimeMs }] : [];
    }),
  );
  // File systems store times less precisely than the clock.
  return dated
    .flat()
    .filter(({ time }) => time >= since - 2000)
    .toSorted((a, b) => b.time - a.time)
    .map(({ name }) => name);
}

/**
 * Collects one unit into a folder of its own.
 *
 * @param collecting `target` is an empty folder; its manifest is written last
 * @throws LtoError Cancelled
 */
export async function collectUnit(facts: UnitFacts, record: RustcRecord, collecting: Collecting): Promise<UnitManifest> {
  const manifest = await new Collector(facts, record, collecting).collect(collecting.capture);
  await writeFileWhole(path.join(collecting.target, "manifest.json"), `${JSON.stringify(manifest, undefined, 1)}\n`);
  return manifest;
}
