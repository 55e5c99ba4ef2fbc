/**
 * Traces of passes for other tools: Chrome's trace event format, which Perfetto opens, and folded stacks, from which flame graphs are drawn. A trace has the
 * durations of runs, not their starts: in a timeline, the runs of a module follow one another without gaps, and every module begins at 0.
 */
import type { ModuleTime } from "../../../protocol/profile.js";
import { stageLabel } from "../../../protocol/stages.js";
import { visible, visibleJson } from "../../../protocol/visible.js";
import type { ProfiledModule } from "./attribution.js";
import { functionWords, millisOf, type NameOf } from "./rows.js";
import { runsThat, sumsByBoth } from "./run-list.js";
import type { PassesTrace } from "./trace.js";

/** What the time of the last stage is called that no pass took. */
export const PASS_MANAGERS = "(pass managers)";
export const REST = "(the rest)";

/** A module as measured, with the parts of its time. */
export interface ExportedModule {
  readonly measured: ProfiledModule;
  readonly time: ModuleTime;
}

const MICROS = 1000;

function event(value: object): string {
  return visibleJson(value, 0);
}

/** More than Perfetto shows without effort. */
const MOST_RUNS = 1_000_000;

/**
 * A process for each crate, a thread for each module; stages, and in the last one its runs of passes. If there are too many, neighbouring short runs are one event.
 *
 * @param most runs with events of their own
 */
export function traceEvents(modules: readonly ExportedModule[], nameOf: NameOf, most = MOST_RUNS): string {
  const events: string[] = [];
  const shortest = shortestShown(modules, most);
  const crates = new Map<string, number>();
  for (const [index, { measured, time }] of modules.entries()) {
    const pid = crates.get(time.crate) ?? crates.size + 1;
    const place = { pid, tid: index + 1 };
    if (!crates.has(time.crate)) {
      crates.set(time.crate, pid);
      events.push(event({ ph: "M", name: "process_name", ...place, args: { name: time.crate } }));
    }
    events.push(event({ ph: "M", name: "thread_name", ...place, args: { name: time.name } }));
    moduleEvents(events, { measured, time }, { ...place, shortest, nameOf });
  }
  return `{"displayTimeUnit":"ms","traceEvents":[\n${events.join(",\n")}\n]}\n`;
}

/** @returns in tenths of a microsecond: so that about `most` runs are as long */
function shortestShown(modules: readonly ExportedModule[], most: number): number {
  const longer = (than: number): number =>
    modules.reduce(
      (sum, { measured: { trace } }) => sum + (trace?.times.reduce((count, time) => count + (time >= than ? 1 : 0), 0) ?? 0),
      0,
    );
  let shortest = 0;
  while (longer(shortest) > most) shortest = Math.max(1, 2 * shortest);
  return shortest;
}

interface EventOptions {
  readonly pid: number;
  readonly tid: number;
  readonly shortest: number;
  readonly nameOf: NameOf;
}

type AddEvent = (name: string, ts: number, dur: number, args?: object) => void;

function moduleEvents(events: string[], { measured: { trace }, time }: ExportedModule, options: EventOptions): void {
  const { pid, tid } = options;
  const add: AddEvent = (name, ts, dur, args) => {
    events.push(event({ ph: "X", name, ts, dur, pid, tid, ...(args === undefined ? {} : { args }) }));
  };
  let at = 0;
  for (const [index, { stage, millis }] of time.stages.entries()) {
    add(stageLabel(stage), at, millis * MICROS);
    if (index === time.stages.length - 1 && trace !== null) {
      const end = runEvents(trace, at, add, options);
      add(PASS_MANAGERS, end, time.passManagers * MICROS);
      add(REST, end + time.passManagers * MICROS, time.rest * MICROS);
    }
    at += millis * MICROS;
  }
}

/** @returns the end of the last run */
function runEvents(trace: PassesTrace, begin: number, add: AddEvent, { shortest, nameOf }: EventOptions): number {
  let [at, short, runs] = [begin, 0, 0];
  const endShort = (): void => {
    if (runs > 0) add("(short runs)", at - short, short, { runs });
    [short, runs] = [0, 0];
  };
  for (let run = 0; run < trace.length; run++) {
    const tenths = trace.times[run] ?? 0;
    const micros = millisOf(tenths) * MICROS;
    if (tenths < shortest) {
      [short, runs] = [short + micros, runs + 1];
    } else {
      endShort();
      const functions = [...trace.functionsOf(run)].map((fn) => functionWords(trace, fn, nameOf).function);
      add(trace.pass(run), at, micros, { run, on: trace.kind(run), functions, changed: trace.changed(run) });
    }
    at += micros;
  }
  endShort();
  return at;
}

/** One line for each stack: crate, module, stage, pass and function with the time in microseconds. */
export function foldedStacks(modules: readonly ExportedModule[], nameOf: NameOf): string {
  const lines: string[] = [];
  for (const { measured, time } of modules) {
    const add = (millis: number, ...stack: readonly string[]): void => {
      const micros = Math.round(millis * MICROS);
      if (micros > 0) lines.push(`${[time.crate, time.name, ...stack].map(frame).join(";")} ${micros}`);
    };
    const { trace } = measured;
    for (const [index, { stage, millis }] of time.stages.entries()) {
      const label = stageLabel(stage);
      if (index < time.stages.length - 1 || trace === null) {
        add(millis, label);
        continue;
      }
      for (const one of sumsByBoth(trace, runsThat(trace, {}))) {
        add(millisOf(one.time), label, trace.passes[one.pass] ?? "", functionWords(trace, one.function, nameOf).function);
      }
      add(time.passManagers, label, PASS_MANAGERS);
      add(time.rest, label, REST);
    }
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** A frame's name ends at a semicolon. */
function frame(name: string): string {
  return visible(name.replaceAll(";", ","));
}
