/** Finding the module that the user means. */
import { shortModuleName, withoutInvocationId } from "../../protocol/module-names.js";
import { LtoError } from "../base/errors.js";

/** How a module may be named, from the most exact to a part of a name that is printed anywhere. */
const WAYS: readonly ((name: string, wanted: string) => boolean)[] = [
  (name, wanted) => withoutInvocationId(name) === withoutInvocationId(wanted),
  (name, wanted) => shortModuleName(name) === wanted,
  (name, wanted) => crateInName(name) === wanted,
  // As lists print it: "std std-cgu.0", "std · std-cgu.0".
  (name, wanted) => [" ", " · "].some((between) => `${crateInName(name)}${between}${shortModuleName(name)}` === wanted),
  (name, wanted) => name.includes(wanted) || shortModuleName(name).includes(wanted),
];

/**
 * The module of that name: rustc's own, the one without the invocation id, the short one that is printed, its crate's where that has one module, or a
 * part of one of these that only one module has.
 *
 * @throws LtoError UnknownModule naming candidates as they are printed
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

/** "app" of "app.0123456789abcdef-cgu.0", "std" of "std-d1237ef7159db0a2.std.e28293b1aa0f68bd-cgu.0.rcgu.o"; a name that says none stands for itself. */
function crateInName(name: string): string {
  return (
    /^([^.]+?)(?:-[0-9a-f]{16})?\.(?:.*\.)?(?:[0-9a-z]{20,26}|[0-9a-f]{16}-cgu\.\d+)(?:\.[0-9a-z]{7})?(?:\.rcgu\.o)?$/.exec(name)?.[1] ??
    name
  );
}

/** Names as they are printed; in full where two would read alike. */
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
