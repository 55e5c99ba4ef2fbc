/** Names of functions in tables. */

/** Instances of generic functions have names of hundreds of characters; the report has all of them. */
const MOST_CHARACTERS = 90;

/** The beginning and the end of a long name. */
export function shortName(name: string): string {
  if (name.length <= MOST_CHARACTERS) return name;
  const half = Math.floor((MOST_CHARACTERS - 1) / 2);
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}
