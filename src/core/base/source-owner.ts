/** Whose a source file is. */

/** Neither the standard library's nor a downloaded dependency's. Mirrors `ownerOf` of addon/lto/ir/origins.cpp. */
export function isUsers(file: string): boolean {
  return !/^\/rustc\/|\/lib\/rustlib\/src\/rust\/|\/registry\/src\/|\/git\/checkouts\//.test(file);
}
