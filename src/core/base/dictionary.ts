/**
 * Objects that are indexed by names from outside (modules, files). A plain object has a value for "constructor" that was never set, and treats an
 * assignment to "__proto__" as a change of its prototype; these objects only have their own properties.
 */

/** @param entries the last entry of a name wins */
export function dictionary<Value>(entries: Iterable<readonly [string, Value]> = []): Record<string, Value> {
  const made: Record<string, Value> = {};
  Object.setPrototypeOf(made, null);
  for (const [name, value] of entries) made[name] = value;
  return made;
}
