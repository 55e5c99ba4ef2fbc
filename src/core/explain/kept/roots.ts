/** What is kept although nothing may refer to it, and why, as far as the modules and the analysis show it. */
import { shortModuleName } from "../../../protocol/module-names.js";
import type { CrateType, ModuleOrigin } from "../../../protocol/units.js";
import type { KeptRoot, RootKind } from "../../../protocol/why-kept.js";
import { isAssembly, type ReferenceGraph, type Referrer } from "./graph.js";
import type { Defined, ReferringModule } from "./module-references.js";
import { nameOf } from "./names.js";

/** What the analysis says of a unit's symbols. */
export interface Preservation {
  /** rustc's symbols below the threshold, in its order. */
  readonly preserved: readonly string[];
  readonly crateTypes: readonly CrateType[];
  /** Other crates take no part in the LTO, and refer to this one. */
  readonly crateAlone: boolean;
  /** Plain files, of whose users nothing is known. */
  readonly plainFiles: boolean;
  /** By module. */
  readonly origins: ReadonlyMap<string, ModuleOrigin>;
}

interface Reason {
  readonly kind: RootKind;
  /** A clause. */
  readonly why: string;
}

/** rustc's name of the function in the language item `eh_personality`. */
const PERSONALITY = "rust_eh_personality";

/** Names that LLVM's instrumentation makes, and its runtimes read. */
const INSTRUMENTATION = /^(__llvm_profile_|__asan_|___asan_|__msan_|__tsan_|__covrec_|__profc_|__profd_)/;

const RUST_LIBRARIES: readonly CrateType[] = ["rlib", "lib", "dylib", "proc-macro", "sdylib"];

export class Roots {
  readonly #graph: ReferenceGraph;
  readonly #unit: Preservation;
  readonly #preserved: ReadonlySet<string>;
  /** The reasons of every definition that has any. */
  readonly #reasons = new Map<Defined, readonly Reason[]>();
  readonly #assemblies: readonly { readonly assemblyOf: ReferringModule }[];

  constructor(graph: ReferenceGraph, unit: Preservation) {
    this.#graph = graph;
    this.#unit = unit;
    this.#preserved = new Set(unit.preserved);
    this.#assemblies = graph.modules.filter(({ assembly }) => assembly.length > 0).map((assemblyOf) => ({ assemblyOf }));
    for (const defined of graph.definitions()) {
      const reasons = this.#reasonsOf(defined);
      if (reasons.length > 0) this.#reasons.set(defined, reasons);
    }
    this.#addUsesByAssembly();
  }

  /** Where chains can begin, the program's entry first. */
  beginnings(): Referrer[] {
    const all = [...this.#reasons.keys()];
    const isEntry = (defined: Defined): boolean => this.#reasons.get(defined)?.some(({ kind }) => kind === "entry") === true;
    return [...all.filter(isEntry), ...all.filter((defined) => !isEntry(defined)), ...this.#assemblies];
  }

  of(referrer: Referrer): KeptRoot {
    if (isAssembly(referrer)) {
      const { name } = referrer.assemblyOf;
      const named = assemblyName(name);
      return { name: named, symbol: "", module: name, why: "LLVM keeps a module's assembly (`global_asm!`) as it is", kinds: ["assembly"] };
    }
    const reasons = this.#reasons.get(referrer) ?? [];
    return {
      name: nameOf(referrer),
      symbol: referrer.symbol,
      module: referrer.module,
      why: reasons.map(({ why }) => why).join("; "),
      kinds: [...new Set(reasons.map(({ kind }) => kind))],
    };
  }

  /** Everything that is preserved, and preserved symbols that no module defines, which keep nothing. */
  all(): KeptRoot[] {
    const defined = new Set([...this.#reasons.keys()].map(({ symbol }) => symbol));
    const absent = this.#unit.preserved.filter((symbol) => !defined.has(symbol));
    return [
      ...this.beginnings().map((beginning) => this.of(beginning)),
      ...[...new Set(absent)].map((symbol): KeptRoot => {
        const { kind, why } = this.#reasonByName(symbol) ?? LISTED;
        return { name: symbol, symbol, module: null, why: `${why}; no module defines it at this stage`, kinds: [kind] };
      }),
    ];
  }

  #reasonsOf(defined: Defined): Reason[] {
    const { symbol, scope, facts, kind } = defined;
    const reasons: Reason[] = [];
    if (kind === "assembly") {
      reasons.push({ kind: "assembly", why: "the module's assembly (`global_asm!`) defines it, which LLVM keeps as it is" });
    }
    if (facts.has("used")) reasons.push({ kind: "used", why: "it is in `llvm.used`, as with `#[used(linker)]`" });
    if (facts.has("compilerUsed")) reasons.push({ kind: "used", why: "it is in `llvm.compiler.used`, as with `#[used]`" });
    if (facts.has("runsBeforeMain") && (kind === "function" || reasons.length > 0)) {
      reasons.push({ kind: "before-main", why: "the program runs it before `main`" });
    }
    if (facts.has("runsAfterMain")) reasons.push({ kind: "after-main", why: "the program runs it after `main`" });
    if (scope === "other-modules" && this.#preserved.has(symbol)) {
      // That it is used may be why rustc preserves it; what its name shows always is.
      const known = this.#preservedWhy(defined);
      if (reasons.length === 0 || known.kind !== "listed") reasons.push(known);
    }
    return reasons;
  }

  #preservedWhy({ symbol, module, facts }: Defined): Reason {
    const { crateTypes, crateAlone, plainFiles, origins } = this.#unit;
    const byName = this.#reasonByName(symbol);
    if (byName !== undefined) return byName;
    if (facts.has("runtimeCall")) return { kind: "runtime-call", why: "code generation may call it by its name" };
    if (plainFiles) return { kind: "plain-files", why: "other files may refer to it: nothing says what these files are linked with" };
    if (!facts.has("mangled")) {
      return { kind: "exported-to-c", why: "exported under its own name, as with `#[no_mangle]`: code outside of LTO may refer to it" };
    }
    if (origins.get(module) === "allocator") return { kind: "allocator", why: "part of the allocator shim, which other crates call" };
    const library = crateTypes.filter((type) => RUST_LIBRARIES.includes(type));
    if (facts.has("hidden") || (library.length === 0 && !crateAlone)) return LISTED;
    const to = library.length === 0 ? "LTO of one crate preserves what others may use" : `the crate is a ${library.join(" and ")}`;
    return { kind: "exported-to-rust", why: `exported to other crates: ${to}` };
  }

  #reasonByName(symbol: string): Reason | undefined {
    if (symbol === "main" && !this.#unit.plainFiles) return { kind: "entry", why: "the entry of the program, which the C runtime calls" };
    if (symbol === PERSONALITY) return { kind: "personality", why: "the personality function, which unwinding calls" };
    if (INSTRUMENTATION.test(symbol)) return { kind: "instrumentation", why: "the runtime of LLVM's instrumentation reads it" };
    return undefined;
  }

  /** A symbol that is a root anyway and that assembly needs has both reasons. */
  #addUsesByAssembly(): void {
    for (const assembly of this.#assemblies) {
      for (const { to } of this.#graph.stepsFrom(assembly)) {
        const reasons = this.#reasons.get(to);
        if (reasons === undefined) continue;
        const why = `the ${assemblyName(assembly.assemblyOf.name)} refers to it`;
        this.#reasons.set(to, [...reasons, { kind: "assembly", why }]);
      }
    }
  }
}

const LISTED: Reason = { kind: "listed", why: "preserved by rustc's list of exported symbols" };

/** "assembly of rt-cgu.0" */
export function assemblyName(module: string): string {
  return `assembly of ${shortModuleName(module)}`;
}
