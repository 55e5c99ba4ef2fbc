/** Names of definitions that people know. */
import { shortModuleName } from "../../../protocol/module-names.js";
import type { Defined } from "./module-references.js";

/** Constants that rustc and LLVM number: no name of a program's own. */
const NUMBERED = /^(@|anon\.|alloc_[0-9a-f]{32}|vtable\.\d|\.L)/;

export function nameOf({ module, symbol, readable, vtable }: Defined): string {
  if (vtable !== null) return `vtable of ${shortType(vtable.type)}${vtable.trait === null ? "" : ` for ${vtable.trait}`}`;
  if (NUMBERED.test(symbol)) return `constant of ${shortModuleName(module)}`;
  return readable.replace(/ \(\.llvm\.\d+\)$/, "");
}

/** "Second" of "reg::Second", "Vec<String>" of "alloc::vec::Vec<alloc::string::String>"; a closure keeps the function that it is in. */
export function shortType(type: string): string {
  return type.replaceAll(/(?:[A-Za-z_]\w*::)+(?=[A-Za-z_])/g, "");
}
