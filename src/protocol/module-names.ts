/** rustc's names of modules, and shorter ones for display. */

/** The seven characters that an incremental build adds before `.rcgu.o` of an rlib's members; they change with every build of the crate. */
const INVOCATION_ID = /\.[0-9a-z]{7}(?=\.rcgu\.o$)/;

/** The name by which a module is matched across builds: rustc's own, without the invocation id. */
export function withoutInvocationId(name: string): string {
  return name.replace(INVOCATION_ID, "");
}

/**
 * The name to display if the context shows the crate: "b-4a656e81c25e75bf.3dwn031u1cy7sqicswd825v8v.1vedk78.rcgu.o" → "3dwn031u1cy7",
 * "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o" → "std-cgu.0".
 * rustc leaves out leading zeros of that hash.
 */
export function shortModuleName(name: string): string {
  const plain = withoutInvocationId(name).replace(/\.rcgu\.o$/, "");
  const unit = /(?:^|\.)([^.]+)\.[0-9a-f]{8,16}-cgu\.(\d+)$/.exec(plain);
  if (unit !== null) return `${unit[1] ?? ""}-cgu.${unit[2] ?? ""}`;
  const hashed = /(?:^|\.)([0-9a-z]{20,26})$/.exec(plain);
  if (hashed !== null) return (hashed[1] ?? plain).slice(0, 12);
  return plain;
}
