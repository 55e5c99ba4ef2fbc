/**
 * Objects that are looked up by names from outside (modules, files). A plain object answers for "constructor" though nobody put it there, and takes an
 * assignment to "__proto__" for its prototype; these have no property but their own.
 */

/** @param entries of several with one name the last holds */
export function dictionary<Value>(entries: Iterable<readonly [string, Value]> = []): Record<string, Value> {
  const made: Record<string, Value> = {};
  Object.setPrototypeOf(made, null);
  for (const [name, value] of entries) made[name] = value;
  return made;
}
