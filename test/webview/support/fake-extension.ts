/** Acts as the extension and the server: applies the server's own pure functions to a report in memory. */
import type { Message } from "vscode-jsonrpc";
import { PageConnection } from "../../../src/client/dashboard/connection.js";
import { crateRows, filterRows, groupRows, pageOf, rowsOfReport, sortRows } from "../../../src/core/views/module-rows.js";
import { summaryOf } from "../../../src/core/store/run-summary.js";
import { runView } from "../../../src/core/store/run-view.js";
import { stageTotals } from "../../../src/core/views/stage-totals.js";
import { timelineOf } from "../../../src/core/views/timeline.js";
import type { DashboardParams, DashboardRequest, DashboardResult, ToExtension, WithoutRun } from "../../../src/protocol/dashboard.js";
import type { LtoErrorReport } from "../../../src/protocol/errors.js";
import { pipelineOf } from "../../../src/protocol/pipelines.js";
import { stageLabel, stagesOf } from "../../../src/protocol/stages.js";
import type { ModuleRow, RunView } from "../../../src/protocol/views.js";
import { fakeCauses, fakeSummary } from "./fake-causes.js";
import { fakeSizes } from "./fake-sizes.js";
import type { FakeRun } from "./fake-run.js";

interface Ask {
  readonly type: "ask";
  readonly name: DashboardRequest;
  readonly params: unknown;
}

/** A message from the page. */
interface PageMessage extends Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: object;
}

type Answers = { readonly [N in DashboardRequest]: (params: DashboardParams<N>) => DashboardResult<N> };

export class FakeExtension {
  /** How many modules the causes say were re-compiled only because of edits. */
  byEdit = 0;
  /** Everything that the page has sent, except cancellations. */
  readonly sent: (ToExtension | Ask)[] = [];
  /** The number of requests that the page has cancelled. */
  cancelled = 0;
  /** Requests that fail, each with its report. */
  readonly failing = new Map<DashboardRequest, LtoErrorReport>();
  /** The number of symbols in the linked output; undefined: few. */
  symbols: number | undefined;
  /** Why no linked output is known; null: one is. */
  noOutput: string | null = null;
  /** The latency of an answer. */
  latencyMillis = 0;
  readonly #page: PageConnection;
  #receive: (message: Message) => void = () => undefined;
  #run: FakeRun | undefined;
  #view: RunView | null = null;
  #rows: readonly ModuleRow[] = [];
  readonly #answers: Answers;

  /** @param post sends a message to the page */
  constructor(post: (message: unknown) => void) {
    this.#page = new PageConnection(
      {
        // As between processes, nothing is shared.
        postMessage: (message) => {
          post(structuredClone(message));
        },
        onDidReceiveMessage: (listener) => {
          this.#receive = listener;
          return { dispose: () => undefined };
        },
      },
      {
        answer: (name, params) => this.#answer(name, params),
        reportOf: (error) => reportOf(error),
        told: ({ type }) => {
          if (type === "ready") this.show();
        },
        refused: (why) => {
          throw new Error(why);
        },
      },
    );
    const query = ({ filter, sort, descending }: DashboardParams<"modules">): readonly ModuleRow[] =>
      sortRows(filterRows(this.#rows, filter), sort, descending);
    this.#answers = {
      run: () => this.#shown(),
      groups: ({ filter }) => ({ groups: groupRows(filterRows(this.#rows, filter)) }),
      crates: ({ filter, sort, descending, ...range }) => pageOf(crateRows(filterRows(this.#rows, filter), sort, descending), range),
      modules: (params) => pageOf(query(params), params),
      module: ({ subject, module, query: order }) => {
        const row = this.#rows.find(({ name }) => name === module);
        if (row === undefined) throw new Error(`no module ${module}`);
        return { row, index: query({ subject, ...order, offset: 0, limit: 0 }).indexOf(row) };
      },
      stages: ({ module }) => ({ stages: this.#stages(module) }),
      stageTotals: ({ filter }) => {
        const wanted = filter === undefined ? undefined : new Set(filterRows(this.#rows, filter).map(({ name }) => name));
        return { stages: this.#run === undefined ? [] : stageTotals(this.#run.report, wanted) };
      },
      causes: (range) => ({
        ...pageOf(
          fakeCauses(this.#rows).map(({ row }) => row),
          range,
        ),
        ...fakeSummary(this.#rows, this.byEdit),
      }),
      cascade: ({ cause, ...range }) => pageOf(fakeCauses(this.#rows).find(({ row }) => row.id === cause)?.cascade ?? [], range),
      sizes: (choice) =>
        this.noOutput === null ? fakeSizes(choice, this.symbols) : { builds: [], against: null, output: null, because: this.noOutput },
      timeline: (range) => timelineOf(this.#run?.report.timings ?? [], range, pipelineOf(this.#run?.report.unit.mode ?? "thin")),
    };
  }

  /** Sets the run that the extension shows. `changes` override its view. */
  use(run: FakeRun | null, changes: Partial<RunView> = {}): void {
    this.#run = run ?? undefined;
    this.#view = run === null ? null : { ...runView(summaryOf(run.manifest, run.report)), ...changes };
    this.#rows = run === null ? [] : rowsOfReport(run.report);
  }

  /** Why there is no run, if there is none. */
  because: WithoutRun = "no-run";

  get view(): RunView | null {
    return this.#view;
  }

  show(): void {
    this.#page.tell(this.#view === null ? { type: "empty", because: this.because } : { type: "show", run: this.#view });
  }

  changed(): void {
    this.#page.tell({ type: "changed" });
  }

  receive(message: PageMessage): void {
    const { id, method, params } = message;
    if (id !== undefined) this.sent.push({ type: "ask", name: method as DashboardRequest, params });
    else if (method === "$/cancelRequest") this.cancelled += 1;
    else this.sent.push({ type: method, ...params } as ToExtension);
    this.#receive(message);
  }

  /** The parameters of the page's requests with a name. */
  asked<N extends DashboardRequest>(name: N): readonly DashboardParams<N>[] {
    const asks = this.sent.filter((message): message is Ask => message.type === "ask" && message.name === name);
    return asks.map(({ params }) => params as DashboardParams<N>);
  }

  async #answer(name: DashboardRequest, params: unknown): Promise<unknown> {
    await new Promise((resolve) => setTimeout(resolve, this.latencyMillis));
    const report = this.failing.get(name);
    if (report !== undefined) throw Object.assign(new Error(report.message), { report });
    const answer = this.#answers[name] as (params: unknown) => unknown;
    return answer(params);
  }

  #shown(): RunView {
    if (this.#view === null) throw new Error("no run");
    return this.#view;
  }

  #stages(module: string): DashboardResult<"stages">["stages"] {
    const found = this.#run?.report.modules.find(({ name }) => name === module);
    return stagesOf("thin").map((stage) => {
      const made = found?.stages.find((candidate) => candidate.stage === stage);
      const { bytes = null, instructions = null, functions = null, millis = null } = made ?? {};
      return { stage, label: stageLabel(stage), made: made !== undefined, bytes, instructions, functions, millis, changes: null };
    });
  }
}

function reportOf(error: unknown): LtoErrorReport {
  const { report } = error as { readonly report?: LtoErrorReport };
  return report ?? { name: "Internal", message: String(error) };
}
