/** Strings as rustc prints them for its developers. */
import * as z from "zod/mini";
import { parseJsonIf } from "../base/parse.js";

const text = z.string();

/** A string as Rust's `{:?}` prints it: JSON but for `\u{…}`, `\'` and `\0`. */
export function rustString(quoted: string): string {
  const json = quoted
    .replace(/\\u\{([0-9a-f]+)\}/g, (_, code: string) => JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1))
    .replaceAll("\\'", "'")
    .replaceAll("\\0", "\\u0000");
  return parseJsonIf(text, json) ?? quoted.slice(1, -1);
}
