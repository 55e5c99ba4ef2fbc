/**
 * LLVM's arguments in a manifest. Some start a program (`-exec-on-ir-change`, `-print-changed=dot-cfg`, the `view` family), load a library (`-load`,
 * `-x86-lvi-load-opt-plugin`), or read and write any files. A capture is data and may not request these.
 *
 * Source: `opt --help-hidden` of LLVM 22.1, where every option with a name, a path or a program as its value was checked; the program starters are
 * `ChangePrinter`, `IRChangedTester` (StandardInstrumentations.cpp) and `DisplayGraph` (GraphWriter.cpp).
 */
import type { LlvmWords } from "../machine/own-notes.js";

/** One word: a flag, or a flag with a number or a name. No path, no value in a separate word, no file of further arguments (`@file`). */
const PLAIN = /^--?[A-Za-z][\w-]*(?:=[\w.,:+%-]*)?$/;

/** Flags that start programs, load or name files, or connect, for any value. */
const REACHES_OUT =
  /^-+(?:exec-on-ir-change|load(?:-.*)?|.*plugin.*|.*view.*|print-changed.*|dot-.*|.*-dot|save-stats|.*(?:path|file|dir|directory|prefix|output|export|channel-base|assembler|-summary|replay|profile|def|abilist|dotcfg|runtime-default-options))$/;

/** A pass without parameters that stays inside LLVM. */
const PLAIN_PASS = /^(?!dot-|view-|print|gcov|pgo|instr|sample|thinlto|extract|debugify|write|embed)[a-z][a-z0-9-]*$/;

/** Flags that make LLVM print (`-print-changed`, `-opt-bisect-limit`, `-time-passes`, `-debug-pass-manager`). Matching too many only costs time. */
const PRINTS = /^-+[\w-]*(?:print|dump|trace|debug|verbose|bisect|time-|stats|statistic|track-memory|report)/;

/** Whether LLVM prints something with these arguments. Its output cannot be attributed while several modules are in progress. */
export function makesLlvmPrint(llvmArguments: readonly string[]): boolean {
  return llvmArguments.some((word) => PRINTS.test(word));
}

/** @returns the first argument that an untrusted capture may not request */
export function reachingOut({ llvmArgs, passes }: LlvmWords): string | undefined {
  const argument = llvmArgs.find((word) => !PLAIN.test(word) || REACHES_OUT.test(word.split("=", 1)[0] ?? ""));
  return argument ?? passes.find((pass) => !PLAIN_PASS.test(pass));
}
