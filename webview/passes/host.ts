/** The page's view of the extension: what to show, what the user chose, and questions, of which the extension answers one of each kind at a time. */
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { LtoErrorReport } from "../../src/protocol/errors.js";
import type { FromPassPage, OfPassPage, ToPassPage } from "../../src/protocol/pass-page.js";
import { connect, type VsCodeApi } from "../host.js";

type Asking = Extract<OfPassPage, { readonly ask: number }>;

/** A question without its number. */
export type Question = { readonly [T in Asking["type"]]: Omit<Extract<Asking, { readonly type: T }>, "ask"> }[Asking["type"]];

export type Answer = Extract<ToPassPage, { readonly ask: number }>;

interface Open {
  readonly answered: (answer: Answer) => void;
  /** The latest question of the kind that came meanwhile; those between are dropped. */
  next: (() => void) | undefined;
}

let asks = 0;

export class PassesHost {
  readonly #connection: MessageConnection;
  readonly #open = new Map<Question["type"], Open & { readonly ask: number }>();

  constructor(api: VsCodeApi, told: (message: Exclude<ToPassPage, Answer>) => void) {
    this.#connection = connect(api);
    for (const type of ["passes", "failed", "restricted"] as const) {
      this.#connection.onNotification(type, (params: object) => told({ type, ...params } as Exclude<ToPassPage, Answer>));
    }
    for (const type of ["runs", "step", "maker", "problem"] as const) {
      this.#connection.onNotification(type, (params: object) => this.#answer({ type, ...params } as Answer));
    }
    this.#connection.listen();
  }

  tell({ type, ...params }: FromPassPage): void {
    void this.#connection.sendNotification(type, params);
  }

  /** Asks as soon as the last question of the kind is answered. An answer that a later question overtook is dropped. */
  ask(
    question: Question,
    answered: (answer: Exclude<Answer, { readonly type: "problem" }>) => void,
    failed: (report: LtoErrorReport) => void,
  ): void {
    const begin = (): void => {
      const ask = asks++;
      const take = (answer: Answer): void => {
        if (answer.type === "problem") failed(answer.report);
        else answered(answer);
      };
      this.#open.set(question.type, { ask, answered: take, next: undefined });
      this.tell({ ...question, ask });
    };
    const open = this.#open.get(question.type);
    if (open === undefined) begin();
    else open.next = begin;
  }

  /** Whether the last question of a kind is still open. */
  waitsFor(kind: Question["type"]): boolean {
    return this.#open.has(kind);
  }

  #answer(answer: Answer): void {
    const [kind, open] = [...this.#open].find(([, { ask }]) => ask === answer.ask) ?? [];
    if (kind === undefined || open === undefined) return;
    this.#open.delete(kind);
    if (open.next === undefined) open.answered(answer);
    else open.next();
  }
}
