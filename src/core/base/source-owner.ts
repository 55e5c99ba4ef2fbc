/** The owner of a source file. */

/**
 * Whether it belongs neither to the standard library nor to a dependency that Cargo downloaded or that is installed (Debian's librust packages, in
 * /usr/share/cargo/registry). Mirrors `ownerOf` of addon/lto/ir/origins.cpp.
 */
export function isUsers(file: string): boolean {
  return !/^\/rustc\/|\/lib\/rustlib\/src\/rust\/|\/registry\/src\/|^\/usr\/share\/cargo\/registry\/|\/git\/checkouts\//.test(file);
}
