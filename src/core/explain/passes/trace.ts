/** A trace of passes in a form that answers questions quickly: columns of numbers, and indexes from functions to runs. */
import { CHANGE_BITS, SUBJECT_KINDS, type PassTrace } from "../../../protocol/engine/passes.js";
import { PackedReader } from "../../base/packed-numbers.js";

export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** What one run did to one function. */
export interface TracedChange {
  readonly run: number;
  readonly function: number;
  /** {@link CHANGE_BITS} */
  readonly bits: number;
  /** Instructions after minus before. */
  readonly instructions: number;
  /** Of the code afterwards; 0: the function was removed. */
  readonly hash: number;
}

/** A run's memory, in KiB; null for a run that used less than one, or if the system does not tell. */
export interface RunMemory {
  /** Allocated minus freed. */
  readonly net: number;
  /** The most at once, beyond what there was at its beginning. */
  readonly peak: number;
}

/** Runs, passes and functions are numbers: indexes into the trace's tables, in their order. */
export class PassesTrace {
  readonly module: string;
  readonly passes: readonly string[];
  readonly functions: readonly string[];
  /** By run. */
  readonly passOf: Int32Array;
  readonly subjectOf: Int32Array;
  readonly flags: Uint8Array;
  /** Time on the processor, in tenths of a microsecond, without the passes that it ran itself. */
  readonly times: Float64Array;
  /** Of all passes, with what runs them. */
  readonly total: number;
  /** What the trace took itself, which is in no other figure. */
  readonly own: number;
  readonly hasMemory: boolean;
  readonly #subjects: Subjects;
  readonly #changes: Changes;
  readonly #memory: Memory;
  /** Instructions of the functions that were defined before all passes, which are the first. */
  readonly #before: Float64Array;
  readonly #symbols = new Map<string, number>();

  constructor(trace: PassTrace) {
    this.module = trace.module;
    this.passes = trace.passes;
    this.functions = trace.functions;
    this.total = trace.total;
    this.own = trace.own;
    this.#subjects = new Subjects(trace);
    const runs = rowsOf(trace.runs, 4);
    const count = runs.length / 4;
    this.passOf = new Int32Array(count);
    this.subjectOf = new Int32Array(count);
    this.flags = new Uint8Array(count);
    this.times = new Float64Array(count);
    for (let run = 0; run < count; run++) {
      this.passOf[run] = runs[4 * run] ?? 0;
      this.subjectOf[run] = runs[4 * run + 1] ?? 0;
      this.flags[run] = runs[4 * run + 2] ?? 0;
      this.times[run] = runs[4 * run + 3] ?? 0;
    }
    this.#changes = new Changes(trace, count);
    this.#before = rowsOf(trace.before, 2).filter((_, index) => index % 2 === 0);
    this.hasMemory = trace.memory !== null;
    this.#memory = new Memory(trace, count);
    for (const [index, symbol] of trace.functions.entries()) this.#symbols.set(symbol, index);
  }

  /** How many runs there are. */
  get length(): number {
    return this.passOf.length;
  }

  /** The function with this symbol. */
  functionOf(symbol: string): number | undefined {
    return this.#symbols.get(symbol);
  }

  pass(run: number): string {
    return this.passes[this.passOf[run] ?? -1] ?? "";
  }

  kind(run: number): SubjectKind {
    return SUBJECT_KINDS[this.#subjects.kinds[this.subjectOf[run] ?? 0] ?? 0] ?? "module";
  }

  /** The depth of the loop that a run was for; 0 for all others. */
  depth(run: number): number {
    return this.#subjects.depths[this.subjectOf[run] ?? 0] ?? 0;
  }

  /** The functions that a run was for; none for the whole module. */
  functionsOf(run: number): Int32Array {
    return this.#subjects.functionsOf(this.subjectOf[run] ?? 0);
  }

  /** What a run changed. */
  changesOf(run: number): TracedChange[] {
    return this.#changes.of(run);
  }

  /** Whether a run changed any function. */
  changed(run: number): boolean {
    return this.#changes.countOf(run) > 0;
  }

  memoryOf(run: number): RunMemory | null {
    return this.#memory.of(run);
  }

  /** All changes of a function, in order. */
  historyOf(fn: number): TracedChange[] {
    return this.#changes.ofFunction(fn);
  }

  /** Whether a function was defined before all passes. */
  definedBefore(fn: number): boolean {
    return fn < this.#before.length;
  }

  /** Instructions of a function before all passes; 0: it was not defined. */
  sizeBefore(fn: number): number {
    return this.#before[fn] ?? 0;
  }

  /** Instructions of a function when it had most. */
  largestSize(fn: number): number {
    let size = this.sizeBefore(fn);
    let largest = size;
    for (const { instructions } of this.historyOf(fn)) {
      size += instructions;
      largest = Math.max(largest, size);
    }
    return largest;
  }

  /** The functions that changed. */
  changedFunctions(): Set<number> {
    return new Set(this.#changes.functions);
  }

  /** The runs for a function: its own, those for groups and loops with it, those for the whole module, and all others that changed it. */
  runsFor(fn: number): Int32Array {
    const concerned = this.#subjects.concerning(fn);
    const changing = new Set(this.#changes.ofFunction(fn).map(({ run }) => run));
    return this.#where((run) => concerned[this.subjectOf[run] ?? 0] === 1 || changing.has(run));
  }

  /** The runs to which a condition applies. */
  #where(applies: (run: number) => boolean): Int32Array {
    const found = new Int32Array(this.length);
    let count = 0;
    for (let run = 0; run < this.length; run++) if (applies(run)) found[count++] = run;
    return found.slice(0, count);
  }
}

/** Whether a change is one of the code, and not only of what precedes it. */
export function isCode({ bits }: TracedChange): boolean {
  return (bits & (CHANGE_BITS.code | CHANGE_BITS.created | CHANGE_BITS.removed)) !== 0;
}

/** What passes run on. */
class Subjects {
  readonly kinds: Uint8Array;
  readonly depths: Int32Array;
  /** Where the functions of each begin. */
  readonly #begins: Int32Array;
  readonly #functions: Int32Array;

  constructor({ subjects }: PassTrace) {
    const numbers = new PackedReader(subjects);
    const [kinds, depths, begins, functions]: [number[], number[], number[], number[]] = [[], [], [0], []];
    while (!numbers.ended) {
      kinds.push(numbers.next());
      depths.push(numbers.next());
      for (let left = numbers.next(); left > 0; left--) functions.push(numbers.next());
      begins.push(functions.length);
    }
    this.kinds = Uint8Array.from(kinds);
    this.depths = Int32Array.from(depths);
    this.#begins = Int32Array.from(begins);
    this.#functions = Int32Array.from(functions);
  }

  functionsOf(subject: number): Int32Array {
    return this.#functions.subarray(this.#begins[subject] ?? 0, this.#begins[subject + 1] ?? 0);
  }

  /** 1 for each subject that contains a function: the module contains all. */
  concerning(fn: number): Uint8Array {
    return Uint8Array.from(this.kinds, (kind, subject) => (kind === 0 || this.functionsOf(subject).includes(fn) ? 1 : 0));
  }
}

class Changes {
  readonly #runs: Int32Array;
  readonly functions: Int32Array;
  readonly #bits: Uint8Array;
  readonly #instructions: Int32Array;
  readonly #hashes: Uint32Array;
  /** Where the changes of each run begin. */
  readonly #begins: Int32Array;
  /** Function → its changes; made when the first is asked for. */
  #histories: ReadonlyMap<number, readonly number[]> | undefined;

  constructor({ changes }: PassTrace, runs: number) {
    const numbers = rowsOf(changes, 5);
    const count = numbers.length / 5;
    this.#runs = new Int32Array(count);
    this.functions = new Int32Array(count);
    this.#bits = new Uint8Array(count);
    this.#instructions = new Int32Array(count);
    this.#hashes = new Uint32Array(count);
    this.#begins = new Int32Array(runs + 1);
    let run = 0;
    for (let index = 0; index < count; index++) {
      run += numbers[5 * index] ?? 0;
      this.#runs[index] = run;
      this.functions[index] = numbers[5 * index + 1] ?? 0;
      this.#bits[index] = numbers[5 * index + 2] ?? 0;
      this.#instructions[index] = unzigzag(numbers[5 * index + 3] ?? 0);
      this.#hashes[index] = numbers[5 * index + 4] ?? 0;
      this.#begins[run + 1] = (this.#begins[run + 1] ?? 0) + 1;
    }
    for (let index = 0; index < runs; index++) this.#begins[index + 1] = (this.#begins[index + 1] ?? 0) + (this.#begins[index] ?? 0);
  }

  countOf(run: number): number {
    return (this.#begins[run + 1] ?? 0) - (this.#begins[run] ?? 0);
  }

  of(run: number): TracedChange[] {
    const begin = this.#begins[run] ?? 0;
    return Array.from({ length: this.countOf(run) }, (_, index) => this.#at(begin + index));
  }

  ofFunction(fn: number): TracedChange[] {
    this.#histories ??= this.#byFunction();
    return (this.#histories.get(fn) ?? []).map((index) => this.#at(index));
  }

  #byFunction(): ReadonlyMap<number, readonly number[]> {
    const histories = new Map<number, number[]>();
    for (const [index, fn] of this.functions.entries()) {
      const known = histories.get(fn);
      if (known === undefined) histories.set(fn, [index]);
      else known.push(index);
    }
    return histories;
  }

  #at(index: number): TracedChange {
    return {
      run: this.#runs[index] ?? 0,
      function: this.functions[index] ?? 0,
      bits: this.#bits[index] ?? 0,
      instructions: this.#instructions[index] ?? 0,
      hash: this.#hashes[index] ?? 0,
    };
  }
}

/** By run; zeros for those that are left out. */
class Memory {
  readonly #net: Float64Array;
  readonly #peak: Float64Array;

  constructor({ memory }: PassTrace, runs: number) {
    this.#net = new Float64Array(memory === null ? 0 : runs);
    this.#peak = new Float64Array(memory === null ? 0 : runs);
    const numbers = memory === null ? [] : rowsOf(memory, 3);
    let run = 0;
    for (let index = 0; index < numbers.length; index += 3) {
      run += numbers[index] ?? 0;
      this.#net[run] = unzigzag(numbers[index + 1] ?? 0);
      this.#peak[run] = numbers[index + 2] ?? 0;
    }
  }

  of(run: number): RunMemory | null {
    const [net, peak] = [this.#net[run] ?? 0, this.#peak[run] ?? 0];
    return net === 0 && peak === 0 ? null : { net, peak };
  }
}

/** All numbers of a list of rows; an incomplete last row is left out. */
function rowsOf(packed: string, columns: number): Float64Array {
  const numbers = new PackedReader(packed);
  // A number takes a byte or more, of which base64 needs four characters for three.
  const found = new Float64Array(Math.ceil((3 * packed.length) / 4));
  let count = 0;
  while (!numbers.ended) found[count++] = numbers.next();
  return found.subarray(0, count - (count % columns));
}

function unzigzag(number: number): number {
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
}
