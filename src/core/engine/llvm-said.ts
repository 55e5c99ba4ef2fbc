/** Parses LLVM's messages. */

/** The IR linker's message for a symbol with two definitions (`IRMover.cpp` and `LinkModules.cpp`, LLVM 22). */
export function multiplyDefined(text: string): { readonly said: string; readonly symbol: string } | undefined {
  const found = /Linking globals named '(?<symbol>[^'\n]*)': symbol multiply defined/.exec(text);
  return found === null ? undefined : { said: found[0], symbol: found.groups?.["symbol"] ?? "" };
}
