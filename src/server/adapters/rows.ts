/** Rows for the tree and the dashboard, by range. */
import {
  changedFunctions,
  comparedPairs,
  sidesOf,
  sidesOfBuilds,
  sidesOfRuns,
  sidesTitle,
  type ComparedSides,
} from "../../core/views/compare-list.js";
import { findSymbol } from "../../core/ir/find.js";
import type { OpenSubject, RowQuery } from "../../core/views/open-subject.js";
import { crateRows, groupRows, pageOf } from "../../core/views/module-rows.js";
import { moduleLine } from "../../core/views/row-lines.js";
import { excerpt } from "../../core/store/run-view.js";
import { stageTotals as totalsOf } from "../../core/views/stage-totals.js";
import { functionNamed } from "../../core/views/stage-document.js";
import { timelineOf } from "../../core/views/timeline.js";
import { stat } from "node:fs/promises";
import { errorNamed } from "../../protocol/error-table.js";
import type { FoundSymbol } from "../../protocol/ir.js";
import { pipelineOf } from "../../protocol/pipelines.js";
import { shortModuleName } from "../../protocol/module-names.js";
import { formatStageUri, type Subject } from "../../protocol/uris.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import { MOST_ROWS, type FindRow } from "../../protocol/views.js";
import type { Call } from "./calls.js";
import { notARun } from "./runs.js";
import type { ServerState } from "./state.js";
import { number } from "../../protocol/words.js";

type Requests = typeof requests;
type Params<N extends keyof Requests> = ParamsOf<Requests[N]>;
type Result<N extends keyof Requests> = Promise<ResultOf<Requests[N]>>;

/** The most module errors in one message. */
const SHOWN_ERRORS = 20;

function use<T>({ workbench }: ServerState, subject: Subject, work: (open: OpenSubject) => Promise<T>): Promise<T> {
  return workbench.use(() => workbench.subjects.use(subject, work));
}

export function groups(state: ServerState, { subject, filter }: Params<"groups">): Result<"groups"> {
  return use(state, subject, async (open) => ({ groups: groupRows(await open.rows({ filter })) }));
}

export function crates(state: ServerState, params: Params<"crates">): Result<"crates"> {
  const { subject, filter, sort, descending } = params;
  return use(state, subject, async (open) => pageOf(crateRows(await open.rows({ filter }), sort, descending), params));
}

export function modules(state: ServerState, params: Params<"modules">): Result<"modules"> {
  return use(state, params.subject, async (open) => {
    const page = pageOf(await open.rows(queryOf(params)), params);
    return params.lines === true ? { ...page, rows: page.rows.map((row) => ({ ...row, line: moduleLine(row, params) })) } : page;
  });
}

export function module(state: ServerState, { subject, module: name, query }: Params<"module">): Result<"module"> {
  return use(state, subject, async (open) => {
    const row = await open.row(name);
    return { row, index: (await open.rows(queryOf(query ?? {}))).indexOf(row) };
  });
}

function queryOf({ filter, sort, descending }: RowQuery): RowQuery {
  return { filter, sort, descending };
}

export function stages(state: ServerState, { subject, module: name, changes }: Params<"stages">, { signal }: Call): Result<"stages"> {
  return use(state, subject, async (open) => ({ stages: await open.stageRows(name, changes, signal) }));
}

export function changes(state: ServerState, params: Params<"changedFunctions">, { signal }: Call): Result<"changedFunctions"> {
  return use(state, params.subject, async (open) => {
    const { other } = params;
    const changed = (sides: ComparedSides): ReturnType<typeof changedFunctions> => changedFunctions(sides, params, signal);
    const found =
      other === undefined
        ? await changed(sidesOf(open))
        : await use(state, other.subject, async (right) => changed(await sidesOfBuilds(open, right)));
    const { changes: all, ...counts } = found;
    const text = params.text?.toLowerCase() ?? "";
    const wanted = text === "" ? all : all.filter(({ demangled }) => demangled.toLowerCase().includes(text));
    return { ...pageOf(wanted, params), ...counts };
  });
}

export function functions(state: ServerState, params: Params<"functions">, { signal }: Call): Result<"functions"> {
  return use(state, params.subject, async (open) => {
    const { content } = await open.content(params.module, params.stage, signal);
    const text = params.text?.toLowerCase() ?? "";
    const rows = content.functions
      .filter(({ declaration, demangled, name }) => !declaration && `${demangled} ${name}`.toLowerCase().includes(text))
      .sort((left, right) => right.instructions - left.instructions)
      .map(({ name, demangled, linkage, instructions }) => ({ name, demangled, linkage, instructions }));
    return pageOf(rows, params);
  });
}

export function compare(state: ServerState, params: Params<"compare">, { signal }: Call): Result<"compare"> {
  return use(state, params.subject, (left) => {
    const { against, other } = params;
    if (other !== undefined) {
      return use(state, other.subject, async (right) => comparedPage(await sidesOfBuilds(left, right), params, signal));
    }
    if (against === undefined) return comparedPage(sidesOf(left), params, signal);
    return use(state, { run: against }, (right) => {
      if (left.report === null || right.report === null) throw notARun((left.report === null ? left : right).name);
      return comparedPage(sidesOfRuns(left, right), params, signal);
    });
  });
}

async function comparedPage(sides: ComparedSides, params: Params<"compare">, signal: AbortSignal): Result<"compare"> {
  const { pairs, unchanged } = await comparedPairs(sides, params, signal);
  const page = pageOf(pairs, params);
  const title = `${shortModuleName(params.module)} · ${sidesTitle(sides, params)}`;
  const all = page.rows.length === page.total;
  const which = all ? "" : ` · functions ${number(page.offset + 1)}–${number(page.offset + page.rows.length)} of ${number(page.total)}`;
  return { ...page, title: `${title}${which}`, unchanged };
}

export function find(state: ServerState, params: Params<"find">, call: Call): Result<"find"> {
  return use(state, params.subject, async (open) => {
    const limit = Math.max(1, Math.min(MOST_ROWS, Math.trunc(params.limit)));
    const options = { symbol: params.symbol, stage: open.stageNamed(params.stage), module: null, limit };
    const report = await findSymbol(state.workbench.core, open.stages, options, {
      signal: call.signal,
      progress: (done, total) => {
        call.report(`${done} of ${total} codegen units`, (100 * done) / Math.max(1, total));
      },
    });
    const crateOf = new Map((await open.rows()).map(({ name, crate }) => [name, crate]));
    return {
      searched: report.searched,
      truncated: report.truncated,
      hits: report.hits.map((hit) => findRow(hit, hit.outsideLto ?? crateOf.get(hit.module) ?? "", params)),
      errors: excerpt(
        report.errors.map(({ name, ...rest }) => ({ ...rest, name: errorNamed(name) })),
        SHOWN_ERRORS,
      ),
    };
  });
}

function findRow(hit: FoundSymbol, crate: string, { subject, stage, filters }: Params<"find">): FindRow {
  const { module, symbol, demangled, role, kind, linkage, instructions } = hit;
  const inFunction = role === "defined" && kind === "function";
  const shown = inFunction ? symbol : hit.usedBy[0];
  const title = inFunction ? demangled : hit.usedByDemangled[0];
  return {
    ...{ module, shortName: shortModuleName(module), crate, symbol, demangled, role, kind, linkage, instructions },
    usedBy: hit.usedByDemangled,
    outsideLto: hit.outsideLto !== undefined,
    uri:
      shown === undefined || hit.outsideLto !== undefined
        ? null
        : formatStageUri({ subject, module, stage, function: shown, filters }, title),
  };
}

export function stageUri(state: ServerState, params: Params<"stageUri">, { signal }: Call): Result<"stageUri"> {
  const { subject, module: name, stage, function: symbol, filters } = params;
  return use(state, subject, async (open) => {
    const { name: module } = await open.row(name);
    const address = { subject, module, stage: open.stageNamed(stage), function: symbol, filters };
    if (symbol === null) return { uri: formatStageUri(address) };
    const { content } = await open.content(module, stage, signal);
    return { uri: formatStageUri(address, functionNamed(content, symbol)?.demangled ?? symbol) };
  });
}

export function stageFile(
  state: ServerState,
  { subject, module: name, stage }: Params<"stageFile">,
  { signal }: Call,
): Result<"stageFile"> {
  return use(state, subject, async (open) => {
    const row = await open.row(name);
    const there = open.stages.there(row.name, stage) !== undefined;
    const { file, madeBy } = await open.stages.file(row.name, open.stageNamed(stage), signal);
    return { path: file, origin: madeBy === "rustc" ? "rustc" : there ? "store" : "made", bytes: (await stat(file)).size };
  });
}

export function timeline(state: ServerState, { run, bars, from, to }: Params<"timeline">): Result<"timeline"> {
  return use(state, { run }, (open) => {
    if (open.report === null) throw notARun(open.name);
    return Promise.resolve(timelineOf(open.report.timings, { bars, from, to }, pipelineOf(open.report.unit.mode)));
  });
}

export function stageTotals(state: ServerState, { run, filter }: Params<"stageTotals">): Result<"stageTotals"> {
  return use(state, { run }, async (open) => {
    if (open.report === null) throw notARun(open.name);
    const wanted = filter === undefined ? undefined : new Set((await open.rows({ filter })).map(({ name }) => name));
    return { stages: totalsOf(open.report, wanted) };
  });
}
