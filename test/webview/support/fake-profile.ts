/** Plays the extension for the page of a profile. */
import type { Message } from "vscode-jsonrpc/browser";
import { EditorPageConnection } from "../../../src/client/pages/page-connection.js";
import { messageFrom } from "../../../src/client/profile/messages.js";
import type { FromProfilePage, ModuleFrames, OfProfilePage, ProfilePlace, ShownProfile } from "../../../src/protocol/profile-page.js";
import type { FrameKind, ProfileFrame, ProfileRow, ProfileSums, ProfileView } from "../../../src/protocol/requests/profile.js";

export type ProfileScenario = "memory" | "time" | "failed" | "restricted";

const PLACE: ProfilePlace = { run: "20261130T160000-00000001" };

const MIB = 1 << 20;

type Shape = Pick<ProfileFrame, "kind" | "name" | "key"> &
  Partial<ProfileSums> & { readonly parts?: readonly Shape[]; readonly count?: number };

function shape(kind: FrameKind, name: string, more: Partial<Shape>): Shape {
  return { kind, name, key: null, ...more };
}

function fn(name: string, millis: number, peakBytes: number): Shape {
  return shape("function", name, { key: `_R${name.length}${name}`, millis, runs: 3, changed: 1, peakBytes });
}

function pass(name: string, parts: readonly Shape[]): Shape {
  return shape("pass", name, { parts });
}

/** @param whole with a frame for each part */
function moduleShape(crate: string, name: string, scale: number, whole: boolean): Shape {
  const some = (one: string): Shape => fn(`${crate}::${name}::${one}`, 4 * scale, 2 * MIB * scale);
  const small = ["trim", "split", "join"].map((one) => fn(`${crate}::${name}::${one}`, scale / 3, 0));
  const rest = whole ? small : [shape("smaller", "", { millis: scale, runs: 9, changed: 3, peakBytes: 0, count: 3 })];
  return shape("module", `${crate}::${name}`, {
    key: `${crate}.${name}-cgu.0`,
    parts: [
      shape("stage", "Input", { millis: scale }),
      shape("stage", "Optimize (pm)", {
        parts: [
          pass("InstCombinePass", [fn(`${crate}::${name}::<img src=x onerror=alert(1)>`, 6 * scale, 3 * MIB), some("parse"), ...rest]),
          pass("SROAPass", [some("parse"), some("count")]),
          pass("GVNPass", [some("count")]),
          shape("managers", "", { millis: 2 * scale }),
          shape("rest", "", { millis: 3 * scale }),
        ],
      }),
    ],
  });
}

/** Parts come after what they are parts of. @returns the sums of the shape */
function addFrame(frames: ProfileFrame[], { parts = [], count = 1, kind, name, key, ...sums }: Shape, parent: number): ProfileFrame {
  const index = frames.length;
  const own = { millis: 0, runs: 0, changed: 0, peakBytes: null, ...sums };
  frames.push({ kind, parent, name, key, count, ...own, allBytes: own.peakBytes ?? 0 });
  const inner = parts.map((part) => addFrame(frames, part, index));
  const sum = (of: "millis" | "runs" | "changed" | "allBytes"): number => inner.reduce((all, frame) => all + frame[of], 0);
  const frame: ProfileFrame =
    inner.length === 0
      ? { kind, parent, name, key, count, ...own, allBytes: own.peakBytes ?? 0 }
      : {
          ...{ kind, parent, name, key, count, millis: sum("millis"), runs: sum("runs"), changed: sum("changed") },
          ...{ peakBytes: Math.max(...inner.map(({ peakBytes }) => peakBytes ?? 0)), allBytes: sum("allBytes") },
        };
  frames[index] = frame;
  return frame;
}

function framesOf(shapes: readonly Shape[]): ProfileFrame[] {
  const frames: ProfileFrame[] = [];
  for (const one of shapes) addFrame(frames, one, -1);
  return frames;
}

const FRAMES = framesOf([
  shape("crate", "textstats", { parts: [moduleShape("textstats", "words", 8, true), moduleShape("textstats", "bars", 3, false)] }),
  shape("crate", "core", { parts: [moduleShape("core", "str", 2, true)] }),
]);

function rowsOf(kind: FrameKind): ProfileRow[] {
  const rows = new Map<string, ProfileRow>();
  FRAMES.forEach((frame, index) => {
    if (frame.kind !== kind) return;
    const { name, key, millis, runs, changed, peakBytes } = frame;
    const known = rows.get(name) ?? { millis: 0, runs: 0, changed: 0, peakBytes: 0 };
    const largest = FRAMES.filter(({ parent }) => parent === index).toSorted((left, right) => right.millis - left.millis)[0];
    const above = FRAMES[frame.parent];
    rows.set(name, {
      ...{ name, key, within: kind === "module" ? (above?.name ?? null) : null },
      ...{ millis: known.millis + millis, runs: known.runs + runs, changed: known.changed + changed },
      peakBytes: Math.max(known.peakBytes ?? 0, peakBytes ?? 0),
      most: largest === undefined ? null : { name: largest.name, millis: largest.millis },
    });
  });
  return [...rows.values()].sort((left, right) => right.millis - left.millis);
}

function all<Item>(shown: readonly Item[]): { readonly total: number; readonly shown: readonly Item[] } {
  return { total: shown.length, shown };
}

function viewOf(scenario: ProfileScenario): ProfileView {
  const hasMemory = scenario === "memory";
  const attributed = FRAMES.filter(({ parent }) => parent === -1).reduce((sum, { millis }) => sum + millis, 0);
  return {
    unit: { id: "textstats-bin-01234567@2", name: "textstats (bin)" },
    ...{ module: null, analysisMillis: 38, millis: attributed - 40, attributedMillis: attributed, processorMillis: attributed * 0.8 },
    hasMemory,
    frames: FRAMES,
    ...{
      crates: all(rowsOf("crate")),
      modules: all(rowsOf("module")),
      passes: all(rowsOf("pass")),
      functions: { total: 1205, shown: rowsOf("function") },
    },
    outliers: [
      {
        ...{ pass: "InstCombinePass", function: "textstats::words::<img src=x onerror=alert(1)>", symbol: "_Rimg", module: "m", runs: 3 },
        ...{ moduleName: "textstats::words", millis: 48, peakBytes: 3 * MIB, instructions: 3200, timesMedian: 41.2 },
      },
    ],
    notAvailable: all([{ module: "core::fmt", why: "Its engine process ended while `fmt` was optimised." }]),
    warnings: all(["The run's LLVM is not the one that made the bitcode."]),
  };
}

export class FakeProfile {
  /** Everything that the page has sent. */
  readonly sent: FromProfilePage[] = [];
  readonly refused: string[] = [];
  readonly #scenario: ProfileScenario;
  readonly #connection: EditorPageConnection<ProfilePlace, OfProfilePage, ShownProfile | ModuleFrames>;
  #receive: (message: Message) => void = () => undefined;

  constructor(post: (message: unknown) => void, scenario: ProfileScenario) {
    this.#scenario = scenario;
    this.#connection = new EditorPageConnection(
      {
        postMessage: (message) => {
          post(structuredClone(message));
        },
        onDidReceiveMessage: (listener) => {
          this.#receive = listener;
          return { dispose: () => undefined };
        },
      },
      {
        toldByAny: (message) => {
          this.#take(message);
        },
        told: (message) => {
          this.#take(message);
        },
        refused: (why) => this.refused.push(why),
      },
      messageFrom,
    );
  }

  receive(message: Message): void {
    this.#receive(message);
  }

  #take(message: FromProfilePage): void {
    this.sent.push(message);
    if (message.type === "module") {
      const crate = shape("crate", "textstats", { parts: [moduleShape("textstats", "bars", 3, true)] });
      this.#connection.tell({ type: "frames", place: PLACE, module: message.module, frames: framesOf([crate]) });
    }
    if (message.type !== "ready" && message.type !== "again") return;
    if (this.#scenario === "restricted") this.#connection.tell({ type: "restricted", place: PLACE });
    else if (this.#scenario === "failed") {
      const report = { name: "Cancelled", message: "Profiling passes was cancelled.", help: "What was traced is kept." } as const;
      this.#connection.tell({ type: "failed", place: PLACE, report });
    } else this.#connection.tell({ type: "profile", place: PLACE, view: viewOf(this.#scenario) });
  }
}
