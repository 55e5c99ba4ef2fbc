/** Requests of the client: what the bytes of a run's linked output belong to. */
import type { Excerpt } from "../views.js";
import type { CaptureRow } from "./builds.js";
import { request, type WithProgress } from "./declare.js";

export const sizeRequests = {
  /** The output of a run's build as tiles of a treemap, beside that of another build of the unit. Reads captured files; replays and links nothing. */
  sizes: request<SizesChoice & WithProgress, SizesView>("lto/sizes"),
} as const;

export interface SizesChoice {
  readonly run: string;
  /** `ID@N` of the earlier build to compare with; null: none; absent: the capture before. */
  readonly against?: string | null;
  /** Only functions. */
  readonly code: boolean;
  /** The most tiles of single symbols. */
  readonly tiles: number;
}

export interface SizesView {
  /** Other captures of the unit, the latest first. */
  readonly builds: readonly CaptureRow[];
  /** Which of them it is compared with; null: none. */
  readonly against: string | null;
  /** null: no output is known. */
  readonly output: OutputView | null;
  /** Why no output is known, or why it is not compared. */
  readonly because: string | null;
}

/** Bytes in this output, and in the earlier one; null: not compared. */
export interface Sized {
  readonly bytes: number;
  readonly before: number | null;
}

/** Bytes of the output, of its tiles and of its crates are those of the chosen part: the file's, or those of functions. */
export interface OutputView extends Sized {
  /** The path of the output. */
  readonly file: string;
  /** They add up to the output's bytes. The largest first. */
  readonly tiles: readonly SizeTile[];
  readonly crates: Excerpt<CrateTotal>;
  /** Of the whole file, the largest first. */
  readonly sections: Excerpt<SectionTotal>;
  /** Symbols whose size differs, the largest difference first. */
  readonly changed: Excerpt<SizeTile>;
  /** Whether the output has symbols. */
  readonly symbols: boolean;
}

/** What a tile shows: a symbol; symbols of a crate without a tile of their own; bytes of a section that no symbol covers; what is in no section. */
export type TileKind = "symbol" | "smaller" | "padding" | "unnamed" | "outside";

export interface SizeTile extends Sized {
  readonly kind: TileKind;
  /** null: not of Rust, or of no symbol. */
  readonly crate: string | null;
  /** Readable name of a symbol, or the section's name. */
  readonly name: string;
  /** Mangled; null: not one symbol. */
  readonly symbol: string | null;
  readonly section: string;
  /** Whether its section has functions. */
  readonly code: boolean;
  /** How many symbols it stands for. */
  readonly count: number;
}

export interface CrateTotal extends Sized {
  /** null: symbols that are not of Rust. */
  readonly crate: string | null;
  readonly symbols: number;
}

export interface SectionTotal extends Sized {
  readonly name: string;
  /** Whether the file has its bytes; otherwise it is memory of zeros. */
  readonly inFile: boolean;
}
