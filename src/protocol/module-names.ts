/** rustc's names of modules, and shorter ones for display. */

/** What a codegen unit that rustc hashed is called. */
export interface ReadableUnitName {
  /**
   * The name whose hash it is, as `-Z human-readable-cgu-names` shows it: "textstats.2e83d792916d981-bars",
   * "core.2e83d792916d981-in-textstats.2e83d792916d981-str.volatile". null: not found, as for units that rustc merged.
   */
  readonly rustc: string | null;
  /** The module whose items the unit has, or most of them: "textstats::bars", "core::str"; for a crate's root, the crate. */
  readonly module: string;
  /**
   * What the unit has of the module: its plain items; instances of generic and inlined ones ("volatile" in rustc); what rustc adds to the crate; or,
   * without a certain name, anything.
   */
  readonly part: "items" | "instances" | "fallback" | "allocator" | "mixed";
  /** Without a certain name: the modules of the symbols that the unit defines, the one with the most first. */
  readonly modules?: readonly string[];
}

/** "textstats::bars", "core::str (generics)", "textstats (crate root)"; without a certain name "mostly textstats::bars", "textstats::bars and 3 more". */
export function readableTitle({ module, part, modules = [] }: ReadableUnitName): string {
  if (part === "mixed") return modules.length > 1 ? `${module} and ${modules.length - 1} more` : `mostly ${module}`;
  if (part === "items") return module.includes("::") ? module : `${module} (crate root)`;
  return `${module} (${part === "instances" ? "generics" : part})`;
}

/** What lists of modules show of them. */
interface Named {
  readonly name: string;
  readonly readable?: ReadableUnitName | null;
}

/** Makes the hashed names of these modules readable wherever this process names modules. */
export function learnNamesOf(modules: readonly Named[]): void {
  learnReadableNames(
    modules.flatMap(({ name, readable: known }) => (known === undefined || known === null ? [] : [[name, known] as const])),
  );
}

/** A safeguard: a session has at most some thousand units. */
const MOST_READABLE = 200_000;

/** What hashed names stand for, as far as this process knows. A hash always stands for the same modules, so this depends on no unit. */
const readable = new Map<string, string>();

function learn(module: string, title: string): void {
  const hash = hashInName(module);
  if (hash === undefined) return;
  if (readable.size >= MOST_READABLE) readable.clear();
  readable.set(hash, title);
}

/** Makes hashed names readable wherever this process names modules. @param names module → readable name */
export function learnReadableNames(names: Iterable<readonly [string, ReadableUnitName]>): void {
  for (const [module, name] of names) learn(module, readableTitle(name));
}

/** As {@link learnReadableNames}, from rows that show the names: less code where that counts. */
export function learnShownNames(rows: readonly { readonly name: string; readonly shortName: string }[]): void {
  for (const { name, shortName } of rows) learn(name, shortName);
}

/** The hash in a module's name, 25 digits in base 36; leading zeros can be missing. */
const HASHED = /(?:^|\.)([0-9a-z]{20,26})$/;

/** The hash by which rustc names the module's codegen unit; undefined: it has another name. */
export function hashInName(name: string): string | undefined {
  return HASHED.exec(withoutInvocationId(name).replace(/\.rcgu\.o$/, ""))?.[1];
}

/** The seven characters that an incremental build adds before `.rcgu.o` of an rlib's members; they change with every build of the crate. */
const INVOCATION_ID = /\.[0-9a-z]{7}(?=\.rcgu\.o$)/;

/** The name by which a module is matched across builds: rustc's own, without the invocation id. */
export function withoutInvocationId(name: string): string {
  return name.replace(INVOCATION_ID, "");
}

/**
 * The name to display: the readable one, if it is known; otherwise, where the context shows the crate: "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o" → "3dwn031u1cy7",
 * "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o" → "std-cgu.0".
 * rustc leaves out leading zeros of that hash.
 */
export function shortModuleName(name: string): string {
  const plain = withoutInvocationId(name).replace(/\.rcgu\.o$/, "");
  const unit = /(?:^|\.)([^.]+)\.[0-9a-f]{8,16}-cgu\.(\d+)$/.exec(plain);
  if (unit !== null) return `${unit[1] ?? ""}-cgu.${unit[2] ?? ""}`;
  const hashed = HASHED.exec(plain)?.[1];
  return hashed === undefined ? plain : (readable.get(hashed) ?? hashed.slice(0, 12));
}
