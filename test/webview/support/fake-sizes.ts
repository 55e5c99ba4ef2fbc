/** What a linked output consists of, the same every time, and how it was before an edit. */
import { sizeView } from "../../../src/core/views/size-view.js";
import type { SizesChoice, SizesView } from "../../../src/protocol/requests/sizes.js";
import type { OutputSizes, SectionSize, SymbolSize } from "../../../src/protocol/size.js";

const CRATES = ["textstats", "core", "std", "alloc", "serde_json", "regex_automata", "clap_builder", null];
const [PADDING, UNNAMED, OUTSIDE] = [48, 1200, 3000];
/** Symbols of each crate. */
const FEW = 24;

/** The captures that can be compared with. */
export const FAKE_BUILDS = [
  { ref: "textstats-bin-5bf1a0c2@1", capture: 1, madeAt: "2026-11-01T09:00:00.000Z", what: "first build" },
] as const;

function fakeOutput(edited: boolean, functions: number): OutputSizes {
  const symbols = CRATES.flatMap((crate, index) =>
    Array.from({ length: functions }, (_, nth): SymbolSize => {
      const name = crate === null ? `c_function_${nth}` : `${crate}::module::function_${nth}`;
      const bytes = 40 + ((nth * 7919 + index * 104729) % 900) + (nth % 9 === 0 ? 2500 : 0);
      return { symbol: `_R${index}_${nth}`, name, crate, section: ".text", bytes };
    }),
  );
  const own = symbols.slice(edited ? 0 : 1, edited ? -1 : undefined);
  const now = edited ? own.map((one, at) => (at % 40 === 5 ? { ...one, bytes: one.bytes + (at % 3 === 0 ? 640 : -20) } : one)) : own;
  const named = now.reduce((sum, { bytes }) => sum + bytes, 0);
  const sections: SectionSize[] = [
    { name: ".text", bytes: named + PADDING, inFile: true, code: true, named, padding: PADDING, unnamed: 0 },
    { name: ".rodata", bytes: UNNAMED, inFile: true, code: false, named: 0, padding: 0, unnamed: UNNAMED },
    { name: ".bss", bytes: 512, inFile: false, code: false, named: 0, padding: 0, unnamed: 512 },
  ];
  const bytes = named + PADDING + UNNAMED + OUTSIDE;
  return { file: "/home/user/textstats/target/release/textstats", bytes, outside: OUTSIDE, sections, crates: [], symbols: now };
}

export const FAKE_OUTPUT = fakeOutput(true, FEW);

/** @param symbols of all crates */
export function fakeSizes({ against, code, tiles }: SizesChoice, symbols = FEW * CRATES.length): SizesView {
  const functions = Math.ceil(symbols / CRATES.length);
  const before = against === null ? null : FAKE_BUILDS[0].ref;
  return {
    builds: FAKE_BUILDS,
    against: before,
    output: sizeView(fakeOutput(true, functions), before === null ? null : fakeOutput(false, functions), { code, tiles }),
    because: null,
  };
}
