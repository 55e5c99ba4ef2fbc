/** Which words of a linker's command line make it write other files than its output: linking again would replace the build's. */

/** GNU ld's, gold's, lld's and mold's options (binutils 2.44, LLVM 22, mold 2.4), and the compilers' that start them. */
const WRITING: ReadonlySet<string> = new Set([
  ...["Map", "dependency-file", "out-implib", "reproduce", "output", "save-temps"],
  ...[
    "print-archive-stats",
    "print-symbol-order",
    "print-symbol-counts",
    "why-extract",
    "time-trace",
    "ftime-trace",
    "separate-debug-file",
  ],
  ...["lto-obj-path", "thinlto-cache-dir", "thinlto-index-only", "plugin-save-temps", "pdb", "MJ"],
]);

/** @returns why the linker cannot be started again; undefined: it writes nothing but the output */
export function writesElsewhere(words: readonly string[]): string | undefined {
  let outputs = 0;
  for (const [index, word] of words.entries()) {
    for (const option of optionsIn(word, words[index - 1])) {
      if (option.startsWith("@")) return `it has options in a file (\`${word}\`), which may be another one by now`;
      if (isOutput(option)) outputs += 1;
      const [, name = ""] = /^--?([^=]+)/.exec(option) ?? [];
      if (WRITING.has(name) || outputs > 1) return `\`${word}\` makes the linker write another file, which linking again would replace`;
    }
  }
  return undefined;
}

/** Those for the linker follow `-Wl,` or `-Xlinker`. */
function optionsIn(word: string, previous: string | undefined): string[] {
  if (word.startsWith("-Wl,")) return word.split(",").slice(1);
  // The argument of another option.
  return previous === "-o" ? [] : [word];
}

/** The output's path can be in the same word. */
function isOutput(option: string): boolean {
  return option.startsWith("-o") && option !== "-omagic";
}
