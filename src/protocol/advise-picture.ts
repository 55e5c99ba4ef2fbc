/** The picture of `advise`: file size against running time; without a benchmark, against the time of LTO. */
import type { AdvisedSetting, BenchmarkResult } from "./advise.js";
import * as l10n from "./l10n.js";
import { bytes, duration } from "./words.js";

export interface AdvisePoint {
  readonly x: number;
  readonly y: number;
  /** Rows with this program, counted from 1: "1, 4". */
  readonly numbers: string;
  readonly title: string;
  /** Nothing else is both smaller and faster. */
  readonly best: boolean;
}

export interface AdvisePicture {
  readonly width: number;
  readonly height: number;
  /** The corner of both axes, and their ends. */
  readonly frame: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  readonly points: readonly AdvisePoint[];
  /** Through the best, as SVG's `points`. */
  readonly front: string;
  readonly horizontal: string;
  readonly vertical: string;
  readonly caption: string;
}

const [WIDTH, HEIGHT, MARGIN] = [640, 360, 56];

/** @returns null: there are not two points to compare */
export function advisePicture(settings: readonly AdvisedSetting[]): AdvisePicture | null {
  // Times that are mostly noise are no picture.
  const hasRun = settings.some(({ benchmark }) => benchmark !== null && isKnown(benchmark));
  const found = settings.flatMap((setting) => {
    const time = hasRun ? (setting.benchmark?.medianMillis ?? null) : setting.ltoMillis;
    return setting.sameOutputAs !== null || time === null ? [] : [{ setting, size: setting.fileBytes, time }];
  });
  if (found.length < 2) return null;
  const front = paretoFront(found, ({ size, time }) => [size, time]);
  const frame = { left: MARGIN, top: MARGIN / 2, right: WIDTH - MARGIN / 2, bottom: HEIGHT - MARGIN };
  const sizes = found.map(({ size }) => size);
  const times = found.map(({ time }) => time);
  const x = scale(sizes, frame.left, frame.right);
  const y = scale(times, frame.bottom, frame.top);
  const best = front.map(({ setting }) => setting.name).join(", ");
  return {
    ...{ width: WIDTH, height: HEIGHT, frame },
    points: found.map((point) => ({
      ...{ x: x(point.size), y: y(point.time), numbers: numbersOf(point.setting, settings), best: front.includes(point) },
      title: `${point.setting.name}: ${bytes(point.size)}, ${duration(point.time)}`,
    })),
    front: front
      .toSorted((left, right) => left.size - right.size)
      .map(({ size, time }) => `${x(size)},${y(time)}`)
      .join(" "),
    horizontal: l10n.t("smaller ← file size → larger"),
    vertical: hasRun ? l10n.t("↑ slower: running time") : l10n.t("↑ slower: time of LTO and code generation"),
    caption: hasRun
      ? l10n.t("File size against running time. Nothing is better in both than the settings on the line: {0}.", best)
      : l10n.t("File size against time of LTO and code generation. Nothing is better in both than the settings on the line: {0}.", best),
  };
}

/** Where nothing else is both smaller and faster. */
export function paretoFront<T>(items: readonly T[], of: (item: T) => readonly [number, number]): T[] {
  return items.filter((item) => {
    const [x, y] = of(item);
    return items.every((other) => {
      const [otherX, otherY] = of(other);
      return otherX > x || otherY > y || (otherX === x && otherY === y);
    });
  });
}

function isKnown({ verdict }: BenchmarkResult): boolean {
  return verdict === "faster" || verdict === "slower" || verdict === "no-difference";
}

/** "1, 4": of all settings with the same program. */
function numbersOf(setting: AdvisedSetting, settings: readonly AdvisedSetting[]): string {
  const same = settings.flatMap((other, index) => (other === setting || other.sameOutputAs === setting.name ? [index + 1] : []));
  return same.join(", ");
}

/** Maps values to a range of pixels. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = most === least ? 1 : (most - least) * 0.08;
  return (value) => Math.round(from + ((value - least + room) / (most - least + 2 * room)) * (to - from));
}
