/** One function of a run: its decisions, its fate, and its stages. */
import { isAbsolute } from "node:path";
import { LtoError } from "../../core/base/errors.js";
import { withoutPromotionSuffix } from "../../core/ir/stage-changes.js";
import { openablePlace } from "../../core/views/source-place.js";
import type { FunctionCell } from "../../protocol/function-page.js";
import type { requests } from "../../protocol/requests/all.js";
import type { ParamsOf, ResultOf } from "../../protocol/requests/declare.js";
import { tagsOf } from "../../protocol/stages.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";
import { pathOf } from "./uris.js";

/** The most names in one answer. */
const SHOWN_NAMES = 100;

export function functionView(
  { calls, workbench }: ServerState,
  { run, symbol }: ParamsOf<typeof requests.functionView>,
): Promise<ResultOf<typeof requests.functionView>> {
  if (calls?.run !== run) return Promise.resolve(null);
  return workbench.use(() =>
    workbench.subjects.use({ run }, (open) => {
      const view = calls.functions.of(symbol, open.stages.pipeline);
      if (view !== undefined) return Promise.resolve(view);
      throw new LtoError({
        name: "UnknownFunction",
        message: `LTO decided about no function with the symbol ${symbol} in ${open.name}.`,
        help: "LTO: Find Symbol searches all symbols.",
      });
    }),
  );
}

export async function hierarchyItem(
  { calls }: ServerState,
  { run, uri, text, line, column }: ParamsOf<typeof requests.hierarchyItem>,
): Promise<ResultOf<typeof requests.hierarchyItem>> {
  return calls?.run === run ? ((await calls.hierarchy.at(pathOf(uri), text, { line, column })) ?? null) : null;
}

export async function hierarchyCalls(
  { calls }: ServerState,
  { run, key, direction }: ParamsOf<typeof requests.hierarchyCalls>,
): Promise<ResultOf<typeof requests.hierarchyCalls>> {
  return calls?.run === run ? ((await calls.hierarchy.of(key, direction)) ?? null) : null;
}

export function functionNames(
  { calls }: ServerState,
  { run, text }: ParamsOf<typeof requests.functionNames>,
): Promise<ResultOf<typeof requests.functionNames>> {
  return Promise.resolve(calls?.run === run ? calls.functions.named(text, SHOWN_NAMES) : null);
}

export function functionStages(
  { workbench }: ServerState,
  { subject, module, symbol }: ParamsOf<typeof requests.functionStages>,
  { signal }: Call,
): Promise<ResultOf<typeof requests.functionStages>> {
  return workbench.use(() =>
    workbench.subjects.use(subject, async (open) => {
      const stem = withoutPromotionSuffix(symbol);
      const found = await Promise.all(
        tagsOf(open.stages.pipeline).map(async (stage) => {
          const { content } = await open.content(module, stage, signal);
          return { stage, known: content.functions.find(({ name }) => name === symbol || withoutPromotionSuffix(name) === stem) };
        }),
      );
      const line = found.find(({ known }) => known?.source != null)?.known?.source ?? null;
      return {
        cells: found.map(({ stage, known }): FunctionCell => {
          const state = known === undefined ? "absent" : known.declaration ? "declared" : "defined";
          return { stage, state, instructions: state === "defined" ? (known?.instructions ?? 0) : 0 };
        }),
        source: line === null || !isAbsolute(line.file) ? null : openablePlace({ ...line, column: 0 }, ""),
      };
    }),
  );
}
