/** Finds the module that the user names. */
import { shortModuleName, withoutInvocationId } from "../../protocol/module-names.js";
import { LtoError } from "../base/errors.js";

/** The ways to name a module, from the exact name to part of any printed name. */
const WAYS: readonly ((name: string, wanted: string) => boolean)[] = [
  (name, wanted) => withoutInvocationId(name) === withoutInvocationId(wanted),
  (name, wanted) => shortModuleName(name) === wanted,
  (name, wanted) => crateInName(name) === wanted,
  // As in lists: "std std-cgu.0", "std · std-cgu.0".
  (name, wanted) => [" ", " · "].some((between) => `${crateInName(name)}${between}${shortModuleName(name)}` === wanted),
  (name, wanted) => name.includes(wanted) || shortModuleName(name).includes(wanted),
];

/**
 * Finds a module by rustc's own name, by the name without the invocation id, by the short name that is printed, by the crate's name if it has a
 * single module, or by a part of one of these that only one module has.
 *
 * @throws LtoError UnknownModule with candidates as they are printed
 */
export function findModule(names: readonly string[], wanted: string): string {
  const exact = names.find((name) => name === wanted);
  if (exact !== undefined) return exact;
  for (const matches of WAYS) {
    const found = names.filter((name) => matches(name, wanted));
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length > 1) throw unknown(`${found.length} modules match ${wanted}: ${listed(found)}.`, "Give the name in full.");
  }
  throw unknown(`There is no module ${wanted} in this unit.`, `Its modules are: ${listed(names)}.`);
}

/**
 * "app" of "app.0123456789abcdef-cgu.0", "std" of "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o"; a name without a crate is returned
 * unchanged.
 */
function crateInName(name: string): string {
  return (
    /^([^.]+?)(?:-[0-9a-f]{16})?\.(?:.*\.)?(?:[0-9a-z]{20,26}|[0-9a-f]{8,16}-cgu\.\d+)(?:\.[0-9a-z]{7})?(?:\.rcgu\.o)?$/.exec(name)?.[1] ??
    name
  );
}

/** Short names; the full names if two short ones are equal. */
function listed(names: readonly string[]): string {
  const short = names.map(shortModuleName);
  const printed = names.map((name, index) => {
    const own = short[index] ?? name;
    return short.filter((one) => one === own).length > 1 ? name : own;
  });
  const shown = printed.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function unknown(message: string, help: string): LtoError {
  return new LtoError({ name: "UnknownModule", message, help });
}
