/** What is said about a function's assembly, in the terminal and at the head of the document in VS Code. */
import type { AssemblyCheck, AssemblyFigures, AssemblyPlace } from "./asm.js";
import { counted, number } from "./words.js";

/** Mnemonics to name. */
const MOST_MNEMONICS = 8;

/** "412 bytes of code, 56 bytes of stack, 2 spills and 3 reloads in 16 bytes, 84 instructions", and the most frequent of these. */
export function figureWords({ bytes, stackBytes, spills, reloads, spillBytes, instructions, mix }: AssemblyFigures): readonly string[] {
  const parts = [
    ...(bytes === null ? [] : [`${counted(bytes, "byte")} of code`]),
    ...(stackBytes === null ? [] : [`${counted(stackBytes, "byte")} of stack`]),
    ...(spills + reloads === 0 ? [] : [`${counted(spills, "spill")} and ${counted(reloads, "reload")}`]),
    ...(spillBytes === 0 ? [] : [`${counted(spillBytes, "byte")} for saved registers`]),
    ...(instructions === null ? [] : [counted(instructions, "instruction")]),
  ];
  const named = mix.slice(0, MOST_MNEMONICS).map(({ mnemonic, count }) => `${number(count)} ${mnemonic}`);
  const others = mix.slice(MOST_MNEMONICS).reduce((sum, { count }) => sum + count, 0);
  const all = others === 0 ? named : [...named, `${number(others)} others`];
  return [parts.join(", "), ...(all.length === 0 ? [] : [all.join(", ")])].filter((line) => line !== "");
}

/** "The same machine code as in rustc's object." */
export function checkWords({ result, with: whose, why }: AssemblyCheck): string {
  if (result === "equal") return `The same machine code as in ${whose === "rustc" ? "rustc's object" : "the replay's object"}.`;
  return result === "different" ? `Not the machine code of the object. ${why ?? ""}` : `Not checked. ${why ?? ""}`;
}

/** "src/main.rs:12:5" */
export function placeWords({ file, line, column }: AssemblyPlace): string {
  return `${file}:${line}${column === null ? "" : `:${column}`}`;
}

const MNEMONIC_COLUMNS = 8;

/** A line of assembly with spaces in place of its tabs. */
export function withoutTabs(line: string): string {
  const [, mnemonic, operands] = /^\t([^\t]+)\t(.*)$/.exec(line) ?? [];
  if (mnemonic === undefined || operands === undefined) return line.replaceAll("\t", "    ");
  return `    ${mnemonic.padEnd(MNEMONIC_COLUMNS - 1)} ${operands.replaceAll("\t", " ")}`;
}
