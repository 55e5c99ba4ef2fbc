/** Numbers with their nouns, the same on every surface. */

/** One for all: making a formatter takes longer than using it a thousand times. */
const NUMBERS = new Intl.NumberFormat("en-US");

/** "1 CGU", "3,000 CGUs" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${NUMBERS.format(count)} ${count === 1 ? one : many}`;
}
