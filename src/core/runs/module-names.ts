/** Finding the module that a person means. */
import { shortModuleName, withoutInvocationId } from "../../protocol/module-names.js";
import { LtoError } from "../errors.js";

/**
 * The module of that name: rustc's own, the one without the invocation id, the short one, or a part that only one module has.
 *
 * @throws LtoError UnknownModule naming candidates
 */
export function findModule(names: readonly string[], wanted: string): string {
  const exact = names.find((name) => name === wanted);
  if (exact !== undefined) return exact;
  for (const matches of [
    (name: string) => withoutInvocationId(name) === withoutInvocationId(wanted),
    (name: string) => shortModuleName(name) === wanted,
    (name: string) => name.includes(wanted),
  ]) {
    const found = names.filter(matches);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length > 1) throw unknown(`${found.length} modules match ${wanted}: ${listed(found)}.`, "Give the name in full.");
  }
  throw unknown(`There is no module ${wanted} in this unit.`, `Its modules are: ${listed(names)}.`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function unknown(message: string, mend: string): LtoError {
  return new LtoError({ name: "UnknownModule", message, mend });
}
