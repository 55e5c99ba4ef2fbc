/** Strings in the format of Rust's `{:?}`. */
import * as z from "zod/mini";
import { parseJsonIf } from "../base/parse.js";

const text = z.string();

/** Parses a string that Rust's `{:?}` printed: JSON, except for `\u{…}`, `\'` and `\0`. */
export function rustString(quoted: string): string {
  const json = quoted
    .replace(/\\u\{([0-9a-f]+)\}/g, (_, code: string) => JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1))
    .replaceAll("\\'", "'")
    .replaceAll("\\0", "\\u0000");
  return parseJsonIf(text, json) ?? quoted.slice(1, -1);
}
