/** Numbers as people read them. */

/** One for all: making a formatter takes longer than using it a thousand times. */
const NUMBERS = new Intl.NumberFormat("en-US");

/** "1,234,567" */
export function counted(value: number): string {
  return NUMBERS.format(value);
}

/** "512 B", "12.3 kB", "4.56 MB" */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  for (const [unit, size] of [
    ["kB", 1e3],
    ["MB", 1e6],
    ["GB", 1e9],
  ] as const) {
    if (value < size * 1000 || unit === "GB") {
      const scaled = value / size;
      return `${scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)} ${unit}`;
    }
  }
  return `${value} B`;
}

/** "0.3 ms", "34 ms", "1.25 s" */
export function millis(value: number): string {
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** "1 module", "2 modules" */
export { counted as plural } from "../../protocol/counted.js";
