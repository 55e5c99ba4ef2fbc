/** Two traces of a function, made under other settings, of another build or by another LLVM: the first pass that decided otherwise. */

/** What the runs for a function did in one trace. */
export interface RunDecisions {
  /** The names of all passes that ran for the function, in order. */
  readonly runs: readonly string[];
  /** In order: the index in `runs`, and what stands for the code afterwards: equal only for equal code. */
  readonly changes: readonly { readonly at: number; readonly code: string }[];
}

/** Where two traces part. */
export interface Parting {
  /** The pass that decided otherwise. */
  readonly pass: string;
  /** Changes that are the same in both before it. */
  readonly equal: number;
  /** Its index in the runs of each side; null: no such pass ran there in this place. */
  readonly left: number | null;
  readonly right: number | null;
  /** Whether it changed the function, on each side. */
  readonly changed: { readonly left: boolean; readonly right: boolean };
}

/**
 * The first pass whose result differs: both sides were equal before it. It changed the function in two ways, or on one side only; then the other side is that run
 * of the pass which found the same code. null: all changes are the same.
 */
export function firstDifference(left: RunDecisions, right: RunDecisions): Parting | null {
  const equal = equalChanges(left, right);
  const [one, other] = [nextChange(left, equal), nextChange(right, equal)];
  if (one === null && other === null) return null;
  if (one !== null && one.pass === other?.pass && one.turn === other.turn) {
    return { pass: one.pass, equal, left: one.at, right: other.at, changed: { left: true, right: true } };
  }
  const [onLeft, onRight] = [one, other].map((change) => change?.order ?? Number.POSITIVE_INFINITY);
  // The pass that comes first has no result on the other side, or the other side has none of that pass.
  if (one !== null && ((onLeft ?? 0) <= (onRight ?? 0) || other === null)) {
    return { pass: one.pass, equal, left: one.at, right: turnIn(right, equal, one), changed: { left: true, right: false } };
  }
  if (other === null) return null;
  return { pass: other.pass, equal, left: turnIn(left, equal, other), right: other.at, changed: { left: false, right: true } };
}

/** A change after those that are equal. */
interface NextChange {
  /** The index of its run. */
  readonly at: number;
  readonly pass: string;
  /** Runs since the last equal change. */
  readonly order: number;
  /** Runs of the same pass among them. */
  readonly turn: number;
}

function equalChanges(left: RunDecisions, right: RunDecisions): number {
  let equal = 0;
  for (;;) {
    const [one, other] = [left.changes[equal], right.changes[equal]];
    if (one === undefined || other === undefined) return equal;
    if (one.code !== other.code || left.runs[one.at] !== right.runs[other.at]) return equal;
    equal += 1;
  }
}

/** The first run after the last equal change. */
function beginAfter({ changes }: RunDecisions, equal: number): number {
  return equal === 0 ? 0 : (changes[equal - 1]?.at ?? -1) + 1;
}

function nextChange(side: RunDecisions, equal: number): NextChange | null {
  const change = side.changes[equal];
  if (change === undefined) return null;
  const begin = beginAfter(side, equal);
  const pass = side.runs[change.at] ?? "";
  const turn = side.runs.slice(begin, change.at).filter((one) => one === pass).length;
  return { at: change.at, pass, order: change.at - begin, turn };
}

/** The run on the other side that corresponds to a change: the same pass, for the same time since the last equal change. */
function turnIn(side: RunDecisions, equal: number, { pass, turn }: NextChange): number | null {
  let left = turn;
  for (let at = beginAfter(side, equal); at < side.runs.length; at++) {
    if (side.runs[at] !== pass) continue;
    if (left === 0) return at;
    left -= 1;
  }
  return null;
}
