/** The crate that a readable name starts with, if it has a path: "alloc" of `<alloc::vec::Vec<u8> as Drop>::drop`. */
export function crateOfReadable(name: string): string | undefined {
  return /^[^\p{L}_]*(?:(?:mut|const|dyn|impl) )*([\p{L}_][\p{L}\d_]*)(?=::)/u.exec(name)?.[1];
}
