/** Versions of LLVM: "22.1.2-rust-1.95.0-stable". */

/** Compares major and minor number: within those, LLVM reads older and newer bitcode. */
export function isNewer(producer: string, reader: string): boolean {
  const [left, right] = [producer, reader].map((version) => version.split(".").map((part) => Number.parseInt(part, 10)));
  const [[leftMajor = 0, leftMinor = 0], [rightMajor = 0, rightMinor = 0]] = [left ?? [], right ?? []];
  return leftMajor === rightMajor ? leftMinor > rightMinor : leftMajor > rightMajor;
}
