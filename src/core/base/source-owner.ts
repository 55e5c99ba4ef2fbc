/** The owner of a source file. */

/** Whether it belongs neither to the standard library nor to a downloaded dependency. Mirrors `ownerOf` of addon/lto/ir/origins.cpp. */
export function isUsers(file: string): boolean {
  return !/^\/rustc\/|\/lib\/rustlib\/src\/rust\/|\/registry\/src\/|\/git\/checkouts\//.test(file);
}
