/** What LLVM says, understood. */

/** What LLVM's IR linker says when LTO itself refuses (`IRMover.cpp` and `LinkModules.cpp`, LLVM 22). */
export function multiplyDefined(text: string): { readonly said: string; readonly symbol: string } | undefined {
  const found = /Linking globals named '(?<symbol>[^'\n]*)': symbol multiply defined/.exec(text);
  return found === null ? undefined : { said: found[0], symbol: found.groups?.["symbol"] ?? "" };
}
