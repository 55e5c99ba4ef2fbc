/**
 * What can precede a file's path in its word of the linker's command line. A capture keeps such files. No options that name programs: those must not
 * come from a capture.
 */
export const BEFORE_FILES = [
  "",
  "-Wl,--version-script=",
  "-Wl,--dynamic-list=",
  "-Wl,--retain-symbols-file=",
  "-Wl,-T,",
  "-Wl,-T",
  "-T",
] as const;

export type BeforeFile = (typeof BEFORE_FILES)[number];

/** Whether a path remains one option after these words: after `-Wl,`, compilers take commas for the ends of options. */
export function staysOneOption(before: BeforeFile, file: string): boolean {
  return !before.startsWith("-Wl,") || !file.includes(",");
}
